"""``pushmw demo``."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from commandline import Execute, Run, Terminal
from pushmw.cli import demo
from pushmw.samples import KINDS, sample

STORY = "downloading > downloaded > updating > idle > SUCCESS"


def test_every_kind_arrives_and_it_ends_by_itself(execute: Execute) -> None:
    done = execute("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "34 of 34 kinds arrived"


def test_it_shows_what_the_handlers_got(execute: Execute) -> None:
    shown = execute("demo").stdout
    for device in ("meter-1", "meter-2", "meter-3"):
        assert re.search(rf"^{device} .* {STORY}$", shown, re.MULTILINE)
    for kind in KINDS.keys() - {"fwUpgradeStateChangeNotify", "fwUpgradeResultNotify"}:
        assert re.search(rf"^{kind} +{KINDS[kind].__name__}\(", shown, re.MULTILINE)


def test_its_lines_fit_where_no_terminal_says_how_wide_they_are(execute: Execute) -> None:
    assert max(map(len, execute("demo").stdout.splitlines())) <= 100


def test_it_shows_that_the_application_goes_on_and_what_was_counted(run: Run) -> None:
    lines = run("demo").stdout.splitlines()
    shown = dict(re.split(r" {2,}", line) for line in lines if re.search(r"\S {2,}\S", line))
    assert shown["GET /"] == "200 the application's own page"
    assert shown["an unknown kind"] == "answered 200"
    assert shown["a wrong token"] == "answered 401"
    assert shown["a handler that fails"] == "answered 503"
    assert shown["the error hook"] == "deviceDeleted: OSError('the database is down')"
    # 3 devices with 4 states and a result each, and 32 other kinds.
    assert shown["push.counts"] == (
        "47 handled, 1 failed, 1 unhandled, 0 refused, 1 denied, 1 unclassified"
    )


def test_a_terminal_sees_the_upgrade_go_on_and_its_edge_is_kept(
    execute: Execute, terminal: Terminal
) -> None:
    done = execute("demo", stdout=terminal.end, env=terminal.env)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.drawn()).splitlines()
    assert done.returncode == 0
    assert lines[-1] == "34 of 34 kinds arrived"
    assert any(re.search(r"meter-1 \S+ downloading > downloaded *$", line) for line in lines)
    assert max(map(len, lines)) <= 80
    for kind in KINDS.keys() - {"fwUpgradeStateChangeNotify", "fwUpgradeResultNotify"}:
        assert any(line.startswith(f"{kind} ") for line in lines)


def replace_sample(monkeypatch: pytest.MonkeyPatch, kind: str, body: bytes, **values: Any) -> None:
    """Push something else where a kind, with these members, was to be pushed."""

    def other(name: str, /, **given: Any) -> bytes:
        meant = name == kind and values.items() <= given.items()
        return body if meant else sample(name, **given)

    monkeypatch.setattr(demo, "sample", other)


def test_a_kind_that_does_not_arrive_is_named_and_is_exit_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_sample(monkeypatch, "ruleEvent", b'{"notifyType":"ruleEvent"}')
    result = run("demo")
    assert result.exit_code == 1
    assert re.search(r"^ruleEvent +nothing$", result.stdout, re.MULTILINE)
    assert result.stdout.endswith("33 of 34 kinds arrived\nmissing: ruleEvent\n")


def test_an_upgrade_that_stops_is_named_and_is_exit_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "fwUpgradeStateChangeNotify"
    replace_sample(monkeypatch, kind, b"{}", deviceId="meter-2", stepDesc="updating")
    result = run("demo")
    assert result.exit_code == 1
    assert "downloading > downloaded > idle > SUCCESS\n" in result.stdout
    assert result.stdout.endswith("34 of 34 kinds arrived\nupgrade not complete: meter-2\n")


async def broken(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 500, "headers": []})
    await send({"type": "http.response.body", "body": b"broken"})


def test_an_application_that_no_longer_answers_as_before_is_exit_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "application", broken)
    result = run("demo")
    assert result.exit_code == 1
    assert re.search(r"^GET / +500 broken$", result.stdout, re.MULTILINE)
    assert re.search(r"^an unknown kind +answered 500$", result.stdout, re.MULTILINE)


def test_a_server_that_is_gone_is_one_line_and_exit_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def nobody(app: Any) -> Iterator[str]:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"

    monkeypatch.setattr(demo, "serve", nobody)
    result = run("demo")
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: the application does not answer: .*refused\n", result.stderr)


def test_a_state_without_a_word_is_part_of_the_story() -> None:
    told: list[tuple[str, str]] = []
    board = demo.Board(lambda device, story: told.append((device, story)))
    board.add("meter-1", "downloading")
    board.add("meter-1", None)
    assert told[-1] == ("meter-1", "downloading > None")
