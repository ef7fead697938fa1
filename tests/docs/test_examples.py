"""Every example is started as its header says, pushed at over HTTP, and goes on with its work."""

import ast
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from flask import Flask

import processes
from manual import ROOT
from needs import needed
from processes import Server
from pushmw import Receiver
from pushmw._register.options import SDK_PATHS
from pushmw.compat import HANDLERS
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import sample

# The extra `all`, and the server of some examples.
needed("click", "django", "fastapi", "rich", "uvicorn", "waitress")

METER, CHILD = (f"5c0ffee0-1a2b-4c3d-8e4f-00000000000{number}" for number in (1, 2))


class Example(NamedTuple):
    """An example and the server of its header to run it on."""

    header: str
    server: str


class Shop(NamedTuple):
    """An example at work."""

    commands: list[str]
    server: Server
    client: httpx.Client

    def push(self, body: bytes, path: str = SDK_PATHS[0]) -> tuple[int, str]:
        answer = self.client.post(path, content=body)
        return answer.status_code, answer.text


Start = Callable[[Example], Shop]


@contextmanager
def opened(example: Example, folder: Path) -> Iterator[Shop]:
    """Do what the header of an example says, in a copy of it."""
    header = folder / example.header
    shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("*.sqlite3"))
    text = ast.get_docstring(ast.parse(header.read_text()), clean=False) or ""
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    by_program = {processes.program(line): line for line in lines}
    assert by_program.keys() <= {*processes.SERVERS, *processes.TOOLS}, "a command not tested"
    if "python" in by_program:
        processes.run(by_program["python"], header.parent)
    with (
        processes.serve(by_program[example.server], header.parent) as server,
        httpx.Client(base_url=server.address, trust_env=False) as client,
    ):
        yield Shop([line for line in lines if line.startswith("pushmw ")], server, client)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start an example, or give it to a further test."""
    with ExitStack() as stack:
        shops: dict[Example, Shop] = {}

        def start(example: Example) -> Shop:
            if example not in shops:
                folder = tmp_path_factory.mktemp("examples") / "examples"
                shops[example] = stack.enter_context(opened(example, folder))
            return shops[example]

        yield start


FLASK = Example("flask_shop.py", "flask")
FASTAPI = Example("fastapi_shop.py", "uvicorn")
DJANGO = [
    Example("django_shop/manage.py", "waitress-serve"),
    Example("django_shop/manage.py", "uvicorn"),
]
VENDOR = [
    Example("vendor_sdk/flask_app.py", "flask"),
    Example("vendor_sdk/django_app.py", "waitress-serve"),
    Example("vendor_sdk/django_app.py", "uvicorn"),
    Example("vendor_sdk/fastapi_app.py", "uvicorn"),
]


def name(example: Example) -> str:
    return f"{example.header.removesuffix('.py')}-{example.server}"


@pytest.mark.parametrize("example", [FLASK, FASTAPI, *DJANGO, *VENDOR], ids=name)
def test_every_command_of_the_header_works(start: Start, example: Example) -> None:
    shop = start(example)
    assert shop.commands
    for command in shop.commands:
        assert processes.run(command, Path(), shop.server.address).startswith("200 OK in ")


@pytest.mark.parametrize("example", [FLASK, FASTAPI], ids=name)
def test_every_kind_arrives_and_the_shop_goes_on(start: Start, example: Example) -> None:
    shop = start(example)
    for kind in LEGACY_KINDS:
        assert shop.push(sample(kind)) == (200, "ok")
    assert shop.push(sample("commandStateChanged"), SDK_PATHS[1]) == (200, "ok")
    assert shop.push(b"push success.") == (200, "ok")

    journal = shop.client.get("/journal").text
    assert [kind for kind in LEGACY_KINDS if f" {kind} of " not in journal] == []
    assert "not understood, 13 bytes" in journal
    assert shop.client.get("/devices").json() == {
        METER: {"type": "GATEWAY", "firmware": "1.4 SUCCESS"}
    }
    order = shop.client.post("/orders", json={"item": "meter", "amount": 2})
    assert (order.status_code, order.json()) == (201, {"item": "meter", "amount": 2})
    home = shop.client.get("/")
    assert (home.status_code, "1" in home.text) == (200, True)


def test_a_handler_of_the_flask_shop_has_its_application(start: Start) -> None:
    shop = start(FLASK)
    assert shop.push(sample("deviceEvent")) == (200, "ok")
    assert "Meters and more was told: STORAGE_LOW" in shop.client.get("/journal").text


@pytest.mark.parametrize("example", DJANGO, ids=name)
def test_every_push_of_the_django_shop_becomes_a_row(start: Start, example: Example) -> None:
    shop = start(example)
    data = sample("deviceDataChanged")
    for body in (sample("deviceAdded"), data, data, sample("fwUpgradeStateChangeNotify")):
        assert shop.push(body) == (200, "ok")
    meters = shop.client.get("/meters/").json()
    assert meters[METER]["upgrade"] == "downloaded"
    assert meters[CHILD]["readings"] == [{"celsius": 21.5, "fault": False}]

    assert shop.push(sample("fwUpgradeResultNotify")) == (200, "ok")
    meters = shop.client.get("/meters/").json()
    assert meters[METER] == {"firmware": "1.4", "upgrade": "SUCCESS", "readings": []}
    assert shop.client.get("/").text == "Meters and more: 2 meters\n"


@pytest.mark.parametrize("example", DJANGO, ids=name)
def test_what_the_django_shop_does_not_handle_is_no_failure(start: Start, example: Example) -> None:
    shop = start(example)
    assert shop.push(sample("ruleEvent"))[0] == 200
    assert shop.client.get("/nowhere/").status_code == 404


@pytest.mark.parametrize("example", VENDOR, ids=name)
def test_every_kind_reaches_the_receiver_of_the_vendors_style(
    start: Start, example: Example
) -> None:
    shop = start(example)
    for kind in LEGACY_KINDS:
        assert shop.push(sample(kind)) == (200, "ok")
    assert shop.push(sample("commandStateChanged"), SDK_PATHS[1]) == (200, "ok")
    assert shop.push(b"push success.") == (200, "ok")
    assert shop.client.get("/").text == "the application's own page\n"

    # The one kind that no SDK has a handler for comes as text only.
    expected = {f"{kind}:" for kind in LEGACY_KINDS if kind != "deviceCapabilitiesChanged"}
    expected |= {f"a push of {len(sample(kind))} characters" for kind in LEGACY_KINDS}
    expected.add("a push of 13 characters")
    shop.server.wait_for(lambda output: all(text in output for text in expected))


def test_only_the_import_of_that_receiver_is_another_than_with_the_sdk(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its methods do the same with Flask's own request, which the SDK has them read."""
    text = (ROOT / "examples" / "vendor_sdk" / "receiver.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    ours = "from pushmw.compat import PushMessageReceiver, request"
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == [ours]
    methods = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert sorted(methods) == sorted([*HANDLERS, "handleBody"])

    here: dict[str, Any] = {}
    exec(text, here)
    push = Receiver()
    push.mount(here["Meters"]())
    there: dict[str, Any] = {"PushMessageReceiver": object}
    exec(text.replace(ours, "from flask import request"), there)
    meters, app = there["Meters"](), Flask(__name__)
    for name, kinds in HANDLERS.items():
        for kind in kinds:
            body = sample(kind)
            assert push.handle(body).status == 200
            received = capsys.readouterr().out
            with app.test_request_context(data=body, content_type="application/json"):
                meters.handleBody(body.decode())
                getattr(meters, name)()
            assert capsys.readouterr().out == received
