# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""What `manage.py check` says of pushmw."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured

from pushmw.django._settings import configured_receiver


def check_receiver(**_: Any) -> list[CheckMessage]:
    """Look for a receiver where the settings name one, or a middleware that needs one."""
    if not (
        hasattr(settings, "PUSHMW_RECEIVER")
        or "pushmw.django.PushMiddleware" in settings.MIDDLEWARE
    ):
        return []
    try:
        push = configured_receiver()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="pushmw.E001")]
    if push.registered:
        return []
    return [
        Warning(
            f"nothing is registered on the receiver {settings.PUSHMW_RECEIVER!r}",
            hint="Put handlers into pushes.py of an installed app, which is imported by itself.",
            id="pushmw.W001",
        )
    ]
