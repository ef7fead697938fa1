"""A small shop on Flask that has learned to receive pushes.

Run it in this folder, with pushmw and its extras installed (pip install '..[all]'):

    flask --app flask_shop run

Push at it from a second terminal, then look at http://127.0.0.1:5000/devices and /journal:

    pushmw send deviceAdded --to http://127.0.0.1:5000/v1.0.0/messageReceiver
    pushmw send deviceDataChanged --to http://127.0.0.1:5000/v1.0.0/messageReceiver
    pushmw send deviceDeleted --to http://127.0.0.1:5000/v1.0.0/messageReceiver
    pushmw send fwUpgradeStateChangeNotify --to http://127.0.0.1:5000/v1.0.0/messageReceiver
    pushmw send ruleEvent --to http://127.0.0.1:5000/v1.0.0/messageReceiver
"""

from typing import Any

from flask import Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from receivers import devices, journal, push

import pushmw.flask
from pushmw import DeviceEvent

app = Flask(__name__)
app.config["SHOP"] = "Meters and more"
orders: list[dict[str, Any]] = []


@app.get("/")
def home() -> ResponseReturnValue:
    return f"{current_app.config['SHOP']}: {len(orders)} orders, {len(devices)} devices\n"


@app.post("/orders")
def order() -> ResponseReturnValue:
    orders.append(request.get_json())
    return jsonify(orders[-1]), 201


@app.get("/devices")
def list_devices() -> ResponseReturnValue:
    return jsonify(devices)


@app.get("/journal")
def show_journal() -> ResponseReturnValue:
    return "".join(f"{line}\n" for line in journal)


# What was added for the pushes. This handler needs Flask: init_app gives it an application context.


@push.on("deviceEvent")
def told(event: DeviceEvent) -> None:
    journal.append(f"{current_app.config['SHOP']} was told: {event.header.event_type}")


pushmw.flask.init_app(app, push)
