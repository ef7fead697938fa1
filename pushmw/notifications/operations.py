"""The legacy pushes on what the application started itself: upgrades and commands."""

import re
from typing import Final

from msgspec import UNSET, UnsetType

from pushmw.notifications.base import Notification
from pushmw.notifications.enums import UpgradeState
from pushmw.notifications.families import UpgradeNotification, UpgradeResultNotification
from pushmw.notifications.parts import CommandResult

COMMAND_STATE: Final = "commandStateChanged"

# Bounded because int() raises on thousands of digits.
_digits = re.compile(r"[0-9]{1,9}")
_states: dict[int | None, str] = {step: state.value for step, state in enumerate(UpgradeState)}


class SwUpgradeStateChanged(
    UpgradeNotification, frozen=True, kw_only=True, tag="swUpgradeStateChangeNotify"
):
    """Sent when a software upgrade got further.

    Attributes:
        sw_upgrade_state: How far it got, see `UpgradeState`.

    Source: Huawei IoT platform northbound API reference, push notification
    ``swUpgradeStateChangeNotify``.
    """

    sw_upgrade_state: str | None = None

    @property
    def state(self) -> str | None:
        """How far it got, in the words of `UpgradeState`; the same for firmware."""
        return _word(self.sw_upgrade_state)


class SwUpgradeResult(
    UpgradeResultNotification, frozen=True, kw_only=True, tag="swUpgradeResultNotify"
):
    """Sent when a software upgrade ended.

    Attributes:
        sw_upgrade_result: Outcome, see `UpgradeOutcome`.
        result_desc: Outcome in words.
        error_code: Error code the device reported.
        description: Cause in words.

    Source: Huawei IoT platform northbound API reference, push notification
    ``swUpgradeResultNotify``.
    """

    sw_upgrade_result: str | None = None
    result_desc: str | None = None
    error_code: str | None = None
    description: str | None = None


class FwUpgradeStateChanged(
    UpgradeNotification, frozen=True, kw_only=True, tag="fwUpgradeStateChangeNotify"
):
    """Sent when a firmware upgrade got further.

    Attributes:
        step: How far it got, as digits or number: 0 idle, 1 downloading, 2 downloaded, 3 updating.
        step_desc: The same in words, see `UpgradeState`.

    Source: Huawei IoT platform northbound API reference, push notification
    ``fwUpgradeStateChangeNotify``.
    """

    step: str | int | None = None
    step_desc: str | None = None

    @property
    def step_number(self) -> int | None:
        """The step as a number; None if it is missing or no number."""
        step = self.step
        if not isinstance(step, str):
            return step
        return int(step) if _digits.fullmatch(step) else None

    @property
    def state(self) -> str | None:
        """How far it got, in the words of `UpgradeState`: from step_desc, else from step."""
        return _word(self.step_desc) or _states.get(self.step_number)


class FwUpgradeResult(
    UpgradeResultNotification, frozen=True, kw_only=True, tag="fwUpgradeResultNotify"
):
    """Sent when a firmware upgrade ended; not the members a software upgrade has.

    Attributes:
        status: Outcome, see `UpgradeOutcome`.
        status_desc: Outcome in words.

    Source: Huawei IoT platform northbound API reference, push notification
    ``fwUpgradeResultNotify``.
    """

    status: str | None = None
    status_desc: str | None = None


class NBCommandStatusChanged(Notification, frozen=True, kw_only=True, rename="camel"):
    """Sent when a command to a device got further; the one kind without a ``notifyType``.

    Attributes:
        device_id: Id the platform gave the device when it was registered.
        command_id: Id the platform gave the command when it was created.
        result: State of the command and what the device answered.
        notify_type: Never set: a push that has one is of another kind and refused.

    Source: Huawei IoT platform northbound API reference, push of the command state.
    """

    device_id: str  # pyright: ignore[reportIncompatibleMethodOverride]
    command_id: str
    result: CommandResult
    notify_type: UnsetType = UNSET

    @property
    def kind(self) -> str:
        """The name pushmw gives this kind, as the platform has none."""
        return COMMAND_STATE


def _word(text: str | None) -> str | None:
    return text.strip().lower() or None if text else None
