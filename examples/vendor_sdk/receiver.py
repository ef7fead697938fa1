"""A receiver as one writes it for the vendor's Python SDK, with every handler there is.

Only the import is another. With the SDK it was:

    from com.huawei.iotplatform.client.invokeapi.PushMessageReceiver import PushMessageReceiver
    from flask import request
"""

from pushmw.compat import PushMessageReceiver, request


class Meters(PushMessageReceiver):
    def handleDeviceAdded(self):
        print("deviceAdded:", request.json["deviceId"])

    def handleBindDevice(self):
        print("bindDevice:", request.json["deviceId"], request.json["resultCode"])

    def handleDeviceInfoChanged(self):
        print("deviceInfoChanged:", request.json["deviceId"], request.json["deviceInfo"]["status"])

    def handleDeviceDataChanged(self):
        service = request.json["service"]
        print("deviceDataChanged:", service["serviceId"], service["data"])

    def handleDeviceDatasChanged(self):
        services = request.json["services"]
        print("deviceDatasChanged:", *(service["serviceId"] for service in services))

    def handleServiceInfoChanged(self):
        print("serviceInfoChanged:", request.json["serviceId"])

    def handleDeviceDeleted(self):
        print("deviceDeleted:", request.json["deviceId"])

    def handleMessageConfirm(self):
        print("messageConfirm:", request.json["header"]["status"])

    def handleCommandRsp(self):
        print("commandRsp:", request.json["body"])

    def handleDeviceEvent(self):
        print("deviceEvent:", request.json["header"]["eventType"])

    # Some platforms say deviceCapabilitiesAdded and deviceCapabilitiesDeleted.
    def handleDeviceModelAdded(self):
        print(request.json["notifyType"] + ":", request.json["deviceType"])

    def handleDeviceModelDeleted(self):
        print(request.json["notifyType"] + ":", request.json["deviceType"])

    def handleRuleEvent(self):
        print("ruleEvent:", request.json["ruleName"])

    def handleDeviceDesiredStatusChanged(self):
        print("deviceDesiredPropertiesModifyStatusChanged:", request.json["status"])

    def handleSwUpgradeStateChanged(self):
        print("swUpgradeStateChangeNotify:", request.json["swUpgradeState"])

    def handleSwUpgradeResult(self):
        print("swUpgradeResultNotify:", request.json["swUpgradeResult"])

    def handleFwUpgradeStateChanged(self):
        print("fwUpgradeStateChangeNotify:", request.json["stepDesc"])

    def handleFwUpgradeResult(self):
        print("fwUpgradeResultNotify:", request.json["status"])

    def handleNBCommandStateChanged(self):
        print("commandStateChanged:", request.json["result"]["resultCode"])

    # The PHP and Java SDKs have this one too: the text of every push, before its handler.
    def handleBody(self, body):
        print("a push of", len(body), "characters")
