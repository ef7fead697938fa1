"""The receiver of the vendor's style in a FastAPI application.

Run it in this folder, with pushmw and its extras installed (pip install '../..[all]'):

    uvicorn fastapi_app:app

Push at it from a second terminal, and see in the first what arrives:

    pushmw send deviceAdded --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send commandStateChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver/cmd
"""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from receiver import Meters

from pushmw import Receiver

push = Receiver()
push.mount(Meters())

app = FastAPI()
app.add_middleware(push.asgi)


@app.get("/", response_class=PlainTextResponse)
async def home() -> str:
    return "the application's own page\n"
