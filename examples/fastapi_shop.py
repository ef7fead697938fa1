"""A small shop on FastAPI that has learned to receive pushes.

Run it in this folder, with pushmw and its extras installed (pip install '..[all]'):

    uvicorn fastapi_shop:app

Push at it from a second terminal, then look at http://127.0.0.1:8000/devices and /journal:

    pushmw send deviceAdded --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send deviceDatasChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send fwUpgradeResultNotify --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send commandStateChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver/cmd
"""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel
from receivers import devices, journal, push


class Order(BaseModel):
    """What a customer wants."""

    item: str
    amount: int = 1


app = FastAPI(title="Meters and more")
orders: list[Order] = []


@app.get("/")
async def home() -> dict[str, int]:
    return {"orders": len(orders), "devices": len(devices)}


@app.post("/orders", status_code=201)
async def order(wanted: Order) -> Order:
    orders.append(wanted)
    return wanted


@app.get("/devices")
async def list_devices() -> dict[str, dict[str, Any]]:
    return devices


@app.get("/journal", response_class=PlainTextResponse)
async def show_journal() -> str:
    return "".join(f"{line}\n" for line in journal)


# The one line that was added for the pushes.
app.add_middleware(push.asgi)
