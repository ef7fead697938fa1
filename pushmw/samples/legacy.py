"""A body of every kind of the legacy format, but for the member that names the kind."""

from typing import Any, Final

from pushmw.notifications.legacy import COMMAND_STATE
from pushmw.notifications.parts import DeviceInfo


def _device_info(**known: str) -> dict[str, str | None]:
    rare = {"imsi", "radiusIp", "deviceId"}
    names = (name for name in DeviceInfo.__struct_encode_fields__ if name not in rare)
    return dict.fromkeys(names) | known


_device = {"deviceId": "5c0ffee0-1a2b-4c3d-8e4f-000000000001"}
_attached = {**_device, "gatewayId": _device["deviceId"]}
_child = {
    "deviceId": "5c0ffee0-1a2b-4c3d-8e4f-000000000002",
    "gatewayId": _device["deviceId"],
}
_time = "20210405T060708Z"
_address = f"/devices/{_device['deviceId']}"
_model = {
    "appId": "exampleApp01",
    "deviceType": "WaterMeter",
    "manufacturerName": "ExampleMaker",
    "manufacturerId": "examplemaker01",
    "model": "EM-1",
    "protocolType": "CoAP",
}
_software = {
    **_device,
    "appId": "exampleApp01",
    "operationId": "op-1",
    "subOperationId": "op-1-1",
}
_firmware = {**_software, "operationId": "op-2", "subOperationId": "op-2-1"}

BODIES: Final[dict[str, dict[str, Any]]] = {
    "deviceAdded": {
        **_attached,
        "nodeType": "GATEWAY",
        "deviceInfo": _device_info(
            nodeId="990000000000017", status="OFFLINE", statusDetail="NOT_ACTIVE"
        ),
    },
    "bindDevice": {
        **_device,
        "resultCode": "succeeded",
        "deviceInfo": _device_info(
            nodeId="990000000000017",
            name="cellar-meter",
            manufacturerId="examplemaker01",
            manufacturerName="ExampleMaker",
            deviceType="WaterMeter",
            model="EM-1",
            protocolType="CoAP",
            status="ONLINE",
            statusDetail="NONE",
            mute="FALSE",
        ),
    },
    "deviceInfoChanged": {
        **_attached,
        "networkStatus": None,
        "deviceInfo": _device_info(status="ABNORMAL", statusDetail="NONE"),
    },
    "deviceDataChanged": {
        **_child,
        "requestId": None,
        "service": {
            "serviceId": "Thermometer",
            "serviceType": "Thermometer",
            "data": {"celsius": 21.5, "fault": False},
            "eventTime": _time,
        },
    },
    "deviceDatasChanged": {
        "requestId": None,
        **_child,
        "services": [
            {
                "serviceId": "Thermometer",
                "serviceType": "Thermometer",
                "data": {"celsius": 21.5},
                "eventTime": _time,
            },
            {
                "serviceId": "Battery",
                "serviceType": "Battery",
                "data": {"percent": 80},
                "eventTime": _time,
            },
        ],
    },
    "serviceInfoChanged": {
        **_child,
        "serviceId": "Valve",
        "serviceType": "Valve",
        "serviceInfo": {"muteCmds": ["CLOSE"]},
    },
    "deviceDeleted": _child,
    "messageConfirm": {
        "header": {
            "requestId": "req-0001",
            "from": _address,
            "to": "user-7",
            "status": "delivered",
            "timestamp": _time,
        },
        "body": {},
    },
    "commandRsp": {
        "header": {
            "requestId": "req-0002",
            "from": f"{_address}/services/Camera",
            "to": "user-7",
            **_device,
            "serviceType": "Camera",
            "method": "SNAPSHOT-RSP",
        },
        "body": {"result": "ok"},
    },
    "deviceEvent": {
        "header": {
            "eventType": "STORAGE_LOW",
            "from": _address,
            "timestamp": "20210405T060709Z",
            "eventTime": _time,
            **_device,
            "serviceType": "Storage",
        },
        "body": {"freeMegabytes": 12},
    },
    "deviceModelAdded": _model,
    "deviceModelDeleted": _model,
    "deviceCapabilitiesChanged": _model,
    "deviceCapabilitiesAdded": _model,
    "deviceCapabilitiesDeleted": _model,
    "ruleEvent": {
        "author": "user-7",
        "ruleId": "rule-0001",
        "ruleName": "close valve when wet",
        "logic": "and",
        "reasons": [
            {
                "satisfactionTime": "20210405T060707Z",
                "type": "DEVICE_DATA",
                "id": "cond-1",
                "info": {"realValue": "93"},
                "transInfo": None,
            }
        ],
        "triggerTime": _time,
        "actionsResults": [
            {
                "type": "DEVICE_CMD",
                "id": "act-1",
                "exception": None,
                "result": {"resultCode": "ACCEPTED"},
                "info": {"requestId": "req-0003"},
                "transInfo": None,
            }
        ],
    },
    "deviceDesiredPropertiesModifyStatusChanged": {
        **_device,
        "serviceId": "Reporting",
        "properties": {"Report Interval": 600},
        "status": "DELIVERED",
    },
    "swUpgradeStateChangeNotify": {**_software, "swUpgradeState": "downloading"},
    "swUpgradeResultNotify": {
        **_software,
        "curVersion": "2.1",
        "targetVersion": "2.1",
        "sourceVersion": "2.0",
        "swUpgradeResult": "SUCCESS",
        "upgradeTime": "95",
        "resultDesc": "done",
        "errorCode": "0",
        "description": "none",
    },
    "fwUpgradeStateChangeNotify": {**_firmware, "step": "2", "stepDesc": "downloaded"},
    "fwUpgradeResultNotify": {
        **_firmware,
        "curVersion": "1.4",
        "targetVersion": "1.4",
        "sourceVersion": "1.3",
        "status": "SUCCESS",
        "statusDesc": "upgraded",
        "upgradeTime": "130",
    },
    COMMAND_STATE: {
        **_device,
        "commandId": "0123456789abcdef0123456789abcdef",
        "result": {"resultCode": "SUCCESSFUL", "resultDetail": {"valve": "closed"}},
    },
}
