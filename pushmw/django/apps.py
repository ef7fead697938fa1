# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""pushmw as an entry of ``INSTALLED_APPS``: `manage.py check` looks at the setting."""

from typing import Any

from django.apps import AppConfig
from django.core import checks

from pushmw.django._checks import check_receiver
from pushmw.django._settings import import_pushes


class PushConfig(AppConfig):  # type: ignore[misc]  # Django ships no types
    """Registers the check, and imports ``pushes.py`` of every installed app."""

    name = "pushmw.django"
    label = "pushmw"
    verbose_name = "pushmw"

    def ready(self) -> None:
        """Do both, once all models are there."""
        register: Any = checks.register
        register(check_receiver, "pushmw")
        import_pushes()
