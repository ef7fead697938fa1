"""The receiver of the vendor's style in a Flask application.

Run it in this folder, with pushmw and its extras installed (pip install '../..[all]'):

    flask --app flask_app run

Push at it from a second terminal, and see in the first what arrives:

    pushmw send deviceAdded --to http://127.0.0.1:5000/v1.0.0/messageReceiver
    pushmw send commandStateChanged --to http://127.0.0.1:5000/v1.0.0/messageReceiver/cmd
"""

from flask import Flask
from receiver import Meters

import pushmw.flask
from pushmw import Receiver

push = Receiver()
push.mount(Meters())

app = Flask(__name__)
pushmw.flask.init_app(app, push)


@app.get("/")
def home() -> str:
    return "the application's own page\n"
