"""A body of every kind of IoTDA, but for the members that name the kind."""

from typing import Any, Final

_PRODUCT = "5c0ffee01a2b4c3d8e4f0001"
_NODE = "990000000000017"
_DEVICE = f"{_PRODUCT}_{_NODE}"
_SPACE = "5c0ffee01a2b4c3d8e4f00000000a001"
_TIME = "20210405T060708Z"


def _pushed(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "event_time": "20210405T060709Z",
        "event_time_ms": "2021-04-05T06:07:09.250Z",
        "request_id": f"5c0ffee0-1a2b-4c3d-8e4f-0000000000{number:02}",
        "notify_data": data,
    }


def _of_device(number: int, body: dict[str, Any]) -> dict[str, Any]:
    return _pushed(number, {"header": _header, "body": body})


_tags = [{"tag_key": "place", "tag_value": "cellar"}]
_header = {
    "app_id": _SPACE,
    "device_id": _DEVICE,
    "node_id": _NODE,
    "product_id": _PRODUCT,
    "gateway_id": _DEVICE,
    "tags": _tags,
}
_device = {
    "app_id": _SPACE,
    "app_name": "meters",
    "device_id": _DEVICE,
    "node_id": _NODE,
    "gateway_id": _DEVICE,
    "device_name": "cellar-meter",
    "node_type": "GATEWAY",
    "description": "",
    "fw_version": "1.3",
    "sw_version": "2.0",
    "device_sdk_version": "C_v1.1.0",
    "auth_info": {"auth_type": "SECRET", "secure_access": True, "timeout": 300},
    "product_id": _PRODUCT,
    "product_name": "WaterMeter",
    "status": "INACTIVE",
    "create_time": _TIME,
    "tags": _tags,
    "extension_info": {"stairs": 12},
}
_product = {
    "app_id": _SPACE,
    "app_name": "meters",
    "product_id": _PRODUCT,
    "name": "WaterMeter",
    "device_type": "WaterMeter",
    "protocol_type": "MQTT",
    "data_format": "json",
    "manufacturer_name": "ExampleMaker",
    "industry": "",
    "description": "",
    "create_time": _TIME,
}
_valve = {
    "service_id": "Valve",
    "service_type": "Valve",
    "description": "lets water through",
    "option": "Optional",
    "properties": [
        {
            "property_name": "opening",
            "data_type": "decimal",
            "required": True,
            "enum_list": None,
            "min": "0",
            "max": "100",
            "max_length": 0,
            "step": 0.5,
            "unit": "percent",
            "method": "RW",
            "description": "how far it is open",
            "default_value": 0,
        }
    ],
    "commands": [
        {
            "command_name": "turn",
            "paras": [
                {
                    "para_name": "to",
                    "data_type": "string",
                    "required": True,
                    "enum_list": ["OPEN", "CLOSED"],
                    "max_length": 6,
                }
            ],
            "responses": [
                {
                    "response_name": "turned",
                    "paras": [{"para_name": "done", "data_type": "boolean", "required": True}],
                }
            ],
        }
    ],
    "events": [
        {
            "event_type": "stuck",
            "paras": [{"para_name": "tries", "data_type": "int", "min": "1", "max": "9"}],
        }
    ],
}

BODIES: Final[dict[str, dict[str, Any]]] = {
    "device:create": _pushed(1, {"body": _device}),
    "device:update": _pushed(2, {"body": {**_device, "status": "ONLINE", "fw_version": "1.4"}}),
    "device:delete": _pushed(3, {"header": _header}),
    "device.status:update": _of_device(
        4,
        {
            "status": "OFFLINE",
            "last_online_time": _TIME,
            "status_update_time": "2021-04-05T06:07:08.500Z",
        },
    ),
    "device.property:report": _of_device(
        5,
        {
            "services": [
                {
                    "service_id": "Thermometer",
                    "properties": {"celsius": 21.5, "fault": False},
                    "event_time": _TIME,
                },
                {
                    "service_id": "Battery",
                    "properties": {"percent": 80},
                    "event_time": "2021-04-05T06:07:08.750Z",
                },
            ]
        },
    ),
    "device.message:report": _of_device(
        6,
        {
            "topic": f"$oc/devices/{_DEVICE}/sys/messages/up",
            "content": {"freeMegabytes": 12},
        },
    ),
    "device.message.status:update": _of_device(
        7,
        {
            "topic": f"$oc/devices/{_DEVICE}/sys/messages/down",
            "message_id": "message-0001",
            "name": "restart",
            "status": "FAILED",
            "timestamp": _TIME,
            "error_info": {"error_code": "IOTDA.014016", "error_msg": "the device is offline"},
        },
    ),
    "device.command.status:update": _of_device(
        8,
        {
            "command_id": "command-0001",
            "created_time": "20210405T060705Z",
            "sent_time": "20210405T060706Z",
            "delivered_time": "20210405T060707Z",
            "response_time": _TIME,
            "status": "SUCCESSFUL",
            "result": {"valve": "closed"},
        },
    ),
    "batchtask:update": _pushed(
        9,
        {
            "body": {
                "app_id": _SPACE,
                "task_id": "task-0001",
                "task_type": "firmwareUpgrade",
                "status": "Processing",
                "status_desc": "1 of 3 devices upgraded",
            }
        },
    ),
    "product:create": _pushed(10, {"body": {**_product, "service_capabilities": [_valve]}}),
    "product:update": _pushed(11, {"body": {**_product, "service_capabilities": []}}),
    "product:delete": _pushed(
        12, {"body": {"app_id": _SPACE, "product_id": _PRODUCT, "name": "WaterMeter"}}
    ),
}
