"""``pushmw send --token``: pushes that are signed as IoTDA signs them."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from commandline import Execute, Run
from pushmw import Notification, Receiver
from pushmw.cli.serving import serve
from pushmw.guards import Attempt, IoTDASignature, Refusal
from pushmw.samples import KINDS

TOKEN = "pushmwDemoToken01"


@pytest.fixture
def attempts() -> list[Attempt]:
    return []


@pytest.fixture
def events() -> list[Notification]:
    return []


@pytest.fixture
def url(attempts: list[Attempt], events: list[Notification]) -> Iterator[str]:
    """Give the URL of a receiver that takes what is signed, and each of it once."""

    def note(attempt: Attempt) -> Refusal | None:
        attempts.append(attempt)
        return None

    push = Receiver("/pushes", guards=[note, IoTDASignature(TOKEN, window=60)])
    push.on("*")(events.append)
    with serve(push.asgi()) as address:
        yield f"{address}/pushes"


@pytest.fixture(autouse=True)
def _no_token_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUSHMW_TOKEN", raising=False)


def test_what_is_signed_is_let_in(run: Run, url: str, attempts: list[Attempt]) -> None:
    result = run("send", "deviceAdded", "--to", url, "--token", TOKEN)
    assert (result.exit_code, result.stdout.split()[0]) == (0, "200")
    (attempt,) = attempts
    assert len(attempt.headers["timestamp"]) == 13
    assert len(attempt.headers["nonce"]) == 16
    assert len(attempt.headers["signature"]) == 64
    assert attempt.headers["content-type"] == "application/json"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_signed(
    run: Run, url: str, events: list[Notification], kind: str
) -> None:
    assert run("send", kind, "--to", url, "--token", TOKEN).exit_code == 0
    assert [type(event) for event in events] == [KINDS[kind]]


def test_without_a_token_nothing_is_signed(
    run: Run, url: str, attempts: list[Attempt], events: list[Notification]
) -> None:
    result = run("send", "deviceAdded", "--to", url)
    assert (result.exit_code, events) == (1, [])
    assert result.stdout.startswith("403 Forbidden in ")
    assert not attempts[0].headers.keys() & {"timestamp", "nonce", "signature"}


def test_another_token_is_refused(run: Run, url: str) -> None:
    result = run("send", "deviceAdded", "--to", url, "--token", "another")
    assert (result.exit_code, result.stdout.split()[0]) == (1, "403")


def test_each_of_many_is_signed_anew(run: Run, url: str, attempts: list[Attempt]) -> None:
    result = run("send", "deviceAdded", "--to", url, "--token", TOKEN, "--repeat", "5")
    assert result.exit_code == 0
    assert len({attempt.headers["signature"] for attempt in attempts}) == 5


def test_the_token_may_come_from_the_environment(execute: Execute, url: str) -> None:
    """Where the list of processes does not show it."""
    env = os.environ | {"PUSHMW_TOKEN": TOKEN}
    assert execute("send", "deviceAdded", "--to", url, env=env).returncode == 0


@pytest.mark.parametrize("token", ["", "ab", "a" * 33, "with blank", "tökén", "s3cret-token"])
def test_a_token_the_platform_would_not_take_is_one_line_without_it(
    run: Run, url: str, attempts: list[Any], token: str
) -> None:
    result = run("send", "deviceAdded", "--to", url, "--token", token)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: a token has 3 to 32 letters and digits\n"
    assert attempts == []
