"""A Flask route that decodes with msgspec, as a careful user would write it."""

import msgspec
from flask import Flask, abort, request

from benchmarks.drivers import PATH
from benchmarks.peers.kinds import TAGGED
from pushmw import FwUpgradeStateChanged


def build(handle):
    app = Flask(__name__)
    decoder = msgspec.json.Decoder(TAGGED)
    handlers = {FwUpgradeStateChanged: handle}

    @app.post(PATH)
    def receive():
        try:
            event = decoder.decode(request.get_data(cache=False))
        except msgspec.MsgspecError:
            abort(400)
        handler = handlers.get(type(event))
        if handler is not None:
            handler(event)
        return "ok"

    return app
