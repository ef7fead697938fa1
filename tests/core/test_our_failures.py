"""What fails in this process is never the sender's: 503, told, and nothing is called strange."""

import logging
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from fakes import Input, Server, call, environ, length, run, scope
from pushes import ours
from pushmw import Receiver
from pushmw._http import answers
from worlds import WAYS, Panic

OURS = [MemoryError, RecursionError]
BODY = b'{"notifyType":"picky","deviceId":"a"}'


raised: list[BaseException] = []


class Picky(msgspec.Struct, frozen=True):
    """One whose own code raises what a test says, as msgspec itself may at its end."""

    def __post_init__(self) -> None:
        raise raised.pop()


def picky() -> tuple[Receiver, list[Any]]:
    push, got = Receiver(guards=[]), list[Any]()
    push.define("picky", Picky)
    push.unhandled(got.append)
    return push, got


@pytest.mark.parametrize("before", [[], [ValueError()]], ids=["at once", "at a second look"])
@pytest.mark.parametrize("make", [*OURS, Panic], ids=lambda make: make.__name__)
@pytest.mark.parametrize("way", WAYS)
def test_what_ends_decoding_for_a_reason_of_our_own_is_503(
    make: Any, way: str, before: list[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    push, got = picky()
    raised[:] = [make(), *before]
    assert WAYS[way](push, BODY) == 503
    assert got == []
    assert (push.counts.failed, push.counts.unclassified) == (1, 0)
    (record,) = [r for r in ours(caplog) if r.levelno >= logging.WARNING]
    assert record.getMessage() == f"a push could not be read: {make.__name__}"
    assert record.exc_info is not None


@pytest.mark.parametrize("make", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("way", WAYS)
def test_what_ends_the_process_ends_it_while_decoding_too(make: Any, way: str) -> None:
    push, _ = picky()
    raised[:] = [make()]
    with pytest.raises(make):
        WAYS[way](push, BODY)


@pytest.mark.parametrize("make", [*OURS, Panic], ids=lambda make: make.__name__)
def test_parse_raises_what_is_no_verdict_on_the_body(make: Any) -> None:
    push, _ = picky()
    raised[:] = [make()]
    with pytest.raises(make):
        push.parse(BODY)


@pytest.mark.parametrize("make", OURS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("members", [{}, {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}])
def test_wsgi_no_memory_to_read_a_body_is_503(
    make: Any, members: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    push, got = picky()
    asked = environ(Input(make()), **{"CONTENT_LENGTH": "9", **members})
    answered = call(push.wsgi(), asked)
    assert (answered.status[:3], answered.body) == ("503", answers.OUR_FAILURE.body)
    assert got == []
    assert (push.counts.failed, push.counts.refused) == (1, 0)
    assert f"a push could not be read: {make.__name__}" in caplog.messages


@pytest.mark.parametrize("make", OURS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("headers", [(), (length(BODY),)], ids=["no length", "length"])
def test_asgi_no_memory_to_read_a_body_is_503(
    make: Any, headers: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    push, got = picky()
    server = Server()

    async def receive() -> Any:
        raise make()

    run(push.asgi()(scope(*headers), receive, server.send))
    assert (server.status, server.body) == (503, answers.OUR_FAILURE.body)
    assert server.headers[b"connection"] == b"close"  # what is left of the body is no request
    assert got == []
    assert (push.counts.failed, push.counts.refused) == (1, 0)
    assert f"a push could not be read: {make.__name__}" in caplog.messages


def test_a_process_without_memory_says_so() -> None:
    """With a limit that leaves no room for what a large body becomes."""
    program = """
import resource, sys
from pushmw import Receiver
push, ran = Receiver(guards=[]), []
push.on("deviceDeleted")(ran.append)
lists = b"[" + b",".join([b"[" * 50 + b"]" * 50] * 20_000) + b"]"
body = b'{"notifyType":"deviceDataChanged","deviceId":"a","service":{"data":{"a":' + lists + b"}}}"
push.on("deviceDataChanged")(ran.append)
assert push.handle(b'{"notifyType":"deviceDeleted","deviceId":"a"}').status == 200
with open("/proc/self/status") as status:
    size = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (size + 40 * 2**20,) * 2)
answer = push.handle(body)
print(answer.status, len(ran), push.counts.failed, push.counts.unclassified)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.stdout.split() == ["503", "1", "1", "0"], done.stderr
