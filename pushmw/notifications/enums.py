"""The documented values of enumerated members.

The platform's enumerations are open: any other text may come, so members hold plain text. These
constants merely compare equal to it: ``event.status == DeviceStatus.ONLINE``.
"""

from enum import StrEnum


class UpgradeState(StrEnum):
    """How far an upgrade got; the order is that of the firmware ``step`` digits 0 to 3."""

    IDLE = "idle"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    UPDATING = "updating"


class UpgradeOutcome(StrEnum):
    """How an upgrade ended."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class CommandState(StrEnum):
    """State of a command; the platform sends SUCCESSFUL where its documents say SUCCESS."""

    SENT = "SENT"
    DELIVERED = "DELIVERED"
    SUCCESSFUL = "SUCCESSFUL"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    FAIL = "FAIL"
    TIMEOUT = "TIMEOUT"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"
    PENDING = "PENDING"


class NodeType(StrEnum):
    """What a device is in the network; a directly connected terminal says GATEWAY."""

    ENDPOINT = "ENDPOINT"
    GATEWAY = "GATEWAY"
    UNKNOWN = "UNKNOWN"


class DeviceStatus(StrEnum):
    """Connection state; INBOX is the older and INACTIVE the newer name for not yet seen."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    ABNORMAL = "ABNORMAL"
    INACTIVE = "INACTIVE"
    INBOX = "INBOX"


class StatusDetail(StrEnum):
    """Why a device has its status; for display only."""

    NONE = "NONE"
    CONFIGURATION_PENDING = "CONFIGURATION_PENDING"
    UE_REACHABILITY = "UE_REACHABILITY"
    COMMUNICATION_ERROR = "COMMUNICATION_ERROR"
    CONFIGURATION_ERROR = "CONFIGURATION_ERROR"
    BRIDGE_OFFLINE = "BRIDGE_OFFLINE"
    FIRMWARE_UPDATING = "FIRMWARE_UPDATING"
    DUTY_CYCLE = "DUTY_CYCLE"
    NOT_ACTIVE = "NOT_ACTIVE"
    LOSS_OF_CONNECTIVITY = "LOSS_OF_CONNECTIVITY"
    TIME_OUT = "TIME_OUT"


class Truth(StrEnum):
    """A yes or no that the platform writes as text."""

    TRUE = "TRUE"
    FALSE = "FALSE"


class BindResult(StrEnum):
    """Whether a device logged in and was bound in time."""

    SUCCEEDED = "succeeded"
    EXPIRED = "expired"


class ConfirmStatus(StrEnum):
    """How far a message to an MQTT device got."""

    SENT = "sent"
    DELIVERED = "delivered"
    EXECUTED = "executed"


class DesiredStatus(StrEnum):
    """Whether desired properties reached the device."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
