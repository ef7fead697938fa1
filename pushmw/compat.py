"""The names of the vendor's SDKs, for receivers that were written for one of them.

::

    from pushmw.compat import PushMessageReceiver, request


    class Meters(PushMessageReceiver):
        def handleDeviceAdded(self):  # as in the Python SDK
            print(request.json["deviceId"])

        def handleDeviceDeleted(self, body):  # as in the PHP and Java SDKs
            print(body.device_id)


    push.mount(Meters())

Methods may be async.
"""

from typing import Final

from pushmw import notifications as events
from pushmw._register.mounting import HANDLERS, PushMessageReceiver
from pushmw._register.options import SDK_PATHS
from pushmw._register.sdk_request import Request, request

__all__ = [
    "DEMO_PATHS",
    "HANDLERS",
    "SDK_PATHS",
    "NotifyBindDeviceDTO",
    "NotifyCommandRspDTO",
    "NotifyDeviceAddedDTO",
    "NotifyDeviceDataChangedDTO",
    "NotifyDeviceDatasChangedDTO",
    "NotifyDeviceDeletedDTO",
    "NotifyDeviceDesiredStatusChangedDTO",
    "NotifyDeviceEventDTO",
    "NotifyDeviceInfoChangedDTO",
    "NotifyDeviceModelAddedDTO",
    "NotifyDeviceModelDeletedDTO",
    "NotifyFwUpgradeResultDTO",
    "NotifyFwUpgradeStateChangedDTO",
    "NotifyMessageConfirmDTO",
    "NotifyNBCommandStatusChangedDTO",
    "NotifyRuleEventDTO",
    "NotifyServiceInfoChangedDTO",
    "NotifySwUpgradeResultDTO",
    "NotifySwUpgradeStateChangedDTO",
    "PushMessageReceiver",
    "Request",
    "request",
]

# The paths of the demo that came before the SDKs, one for each subscription. "RulEevent" is its
# spelling; "bindDevice" is what applications made from it have added.
DEMO_PATHS: Final = tuple(
    f"/na/iocm/devNotify/v1.1.0/{name}"
    for name in (
        "addDevice",
        "bindDevice",
        "updateDeviceInfo",
        "updateDeviceData",
        "updateDeviceDatas",
        "deletedDevice",
        "updateServiceInfo",
        "commandConfirmData",
        "commandRspData",
        "DeviceEvent",
        "RulEevent",
        "modifyDeviceDesired",
        "upgradeSW",
        "upgradeFW",
        "reportCmdExecResult",
    )
)

NotifyDeviceAddedDTO = events.DeviceAdded
NotifyBindDeviceDTO = events.BindDevice
NotifyDeviceInfoChangedDTO = events.DeviceInfoChanged
NotifyDeviceDataChangedDTO = events.DeviceDataChanged
NotifyDeviceDatasChangedDTO = events.DeviceDatasChanged
NotifyServiceInfoChangedDTO = events.ServiceInfoChanged
NotifyDeviceDeletedDTO = events.DeviceDeleted
NotifyMessageConfirmDTO = events.MessageConfirm
NotifyCommandRspDTO = events.CommandRsp
NotifyDeviceEventDTO = events.DeviceEvent
NotifyDeviceModelAddedDTO = events.DeviceModelAdded | events.DeviceCapabilitiesAdded
NotifyDeviceModelDeletedDTO = events.DeviceModelDeleted | events.DeviceCapabilitiesDeleted
NotifyRuleEventDTO = events.RuleEvent
NotifyDeviceDesiredStatusChangedDTO = events.DeviceDesiredStatusChanged
NotifySwUpgradeStateChangedDTO = events.SwUpgradeStateChanged
NotifySwUpgradeResultDTO = events.SwUpgradeResult
NotifyFwUpgradeStateChangedDTO = events.FwUpgradeStateChanged
NotifyFwUpgradeResultDTO = events.FwUpgradeResult
NotifyNBCommandStatusChangedDTO = events.NBCommandStatusChanged
