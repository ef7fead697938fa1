# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""What the project's settings say of pushmw."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules, import_string

from pushmw.receiver import Receiver


def import_pushes() -> None:
    """Import ``pushes.py`` of every installed app that has one, for the handlers in it."""
    autodiscover_modules("pushes")


def configured_receiver() -> Receiver:
    """Give the receiver that PUSHMW_RECEIVER names, with the handlers of installed apps.

    Raises:
        ImproperlyConfigured: the setting is missing, or does not lead to a receiver.
    """
    path = getattr(settings, "PUSHMW_RECEIVER", None)
    if not isinstance(path, str):
        raise ImproperlyConfigured(
            "PUSHMW_RECEIVER must be the dotted path of a pushmw.Receiver, such as "
            f"'shop.receivers.push', not {path!r}"
        )
    try:
        push = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"PUSHMW_RECEIVER: cannot import {path!r}: {error}") from error
    if not isinstance(push, Receiver):
        raise ImproperlyConfigured(
            f"PUSHMW_RECEIVER: {path!r} is a {type(push).__name__}, not a pushmw.Receiver"
        )
    import_pushes()
    return push
