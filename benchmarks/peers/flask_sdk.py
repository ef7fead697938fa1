"""The shape of the vendor's Python SDK: one Flask route, an `if` a kind.

Handlers are methods without arguments, which read the request themselves.
"""

from flask import Flask, request

from benchmarks.drivers import PATH


class MessageReceiver:
    """To be subclassed by the application."""

    def handle_bind_device(self):
        pass

    def handle_device_added(self):
        pass

    def handle_device_info_changed(self):
        pass

    def handle_device_data_changed(self):
        pass

    def handle_device_datas_changed(self):
        pass

    def handle_service_info_changed(self):
        pass

    def handle_device_deleted(self):
        pass

    def handle_message_confirm(self):
        pass

    def handle_command_rsp(self):
        pass

    def handle_device_event(self):
        pass

    def handle_device_model_added(self):
        pass

    def handle_device_model_deleted(self):
        pass

    def handle_rule_event(self):
        pass

    def handle_desired_status(self):
        pass

    def handle_sw_upgrade_state(self):
        pass

    def handle_sw_upgrade_result(self):
        pass

    def handle_fw_upgrade_state(self):
        pass

    def handle_fw_upgrade_result(self):
        pass


def build(handle):  # noqa: C901 - holds the point of it
    class Mine(MessageReceiver):
        def handle_fw_upgrade_state(self):
            handle(request.json)

    app = Flask(__name__)
    receiver = Mine()

    @app.route(PATH, methods=["POST"])
    def message_receiver():  # noqa: C901, PLR0912 - the point of it
        if request.json["notifyType"] == "bindDevice":
            receiver.handle_bind_device()
        if request.json["notifyType"] == "deviceAdded":
            receiver.handle_device_added()
        if request.json["notifyType"] == "deviceInfoChanged":
            receiver.handle_device_info_changed()
        if request.json["notifyType"] == "deviceDataChanged":
            receiver.handle_device_data_changed()
        if request.json["notifyType"] == "deviceDatasChanged":
            receiver.handle_device_datas_changed()
        if request.json["notifyType"] == "serviceInfoChanged":
            receiver.handle_service_info_changed()
        if request.json["notifyType"] == "deviceDeleted":
            receiver.handle_device_deleted()
        if request.json["notifyType"] == "messageConfirm":
            receiver.handle_message_confirm()
        if request.json["notifyType"] == "commandRsp":
            receiver.handle_command_rsp()
        if request.json["notifyType"] == "deviceEvent":
            receiver.handle_device_event()
        if request.json["notifyType"] == "deviceModelAdded":
            receiver.handle_device_model_added()
        if request.json["notifyType"] == "deviceModelDeleted":
            receiver.handle_device_model_deleted()
        if request.json["notifyType"] == "ruleEvent":
            receiver.handle_rule_event()
        if request.json["notifyType"] == "deviceDesiredPropertiesModifyStatusChanged":
            receiver.handle_desired_status()
        if request.json["notifyType"] == "swUpgradeStateChangeNotify":
            receiver.handle_sw_upgrade_state()
        if request.json["notifyType"] == "swUpgradeResultNotify":
            receiver.handle_sw_upgrade_result()
        if request.json["notifyType"] == "fwUpgradeStateChangeNotify":
            receiver.handle_fw_upgrade_state()
        if request.json["notifyType"] == "fwUpgradeResultNotify":
            receiver.handle_fw_upgrade_result()
        return "ok"

    return app
