"""slack_bolt with a listener for each of as many kinds: the same job for another platform.

It gets an event of Slack's shape and of the same size. Signatures are not checked and a fixed
token stands for the workspace, so that nothing is asked of the network.
"""

import json
import logging

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from benchmarks.drivers import PATH
from pushmw.notifications import LEGACY_KINDS


def body(usual: bytes) -> bytes:
    push = {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event": {"type": "fwUpgradeStateChangeNotify", "user": "U1", "text": ""},
    }
    bare = len(json.dumps(push, separators=(",", ":")))
    push["event"]["text"] = "q" * (len(usual) - bare)
    return json.dumps(push, separators=(",", ":")).encode()


def build(handle):
    app = App(
        signing_secret="made up",
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        token_verification_enabled=False,
        # Otherwise listeners run on a thread after the answer.
        process_before_response=True,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="made up", bot_user_id="B1", bot_id="B1"
        ),
        logger=logging.getLogger("benchmarks.bolt"),
    )

    def listen(kind):
        @app.event(kind)
        def listener(event):
            if kind == "fwUpgradeStateChangeNotify":
                handle(event)

    for kind in LEGACY_KINDS:
        listen(kind)
    return SlackRequestHandler(app, path=PATH)
