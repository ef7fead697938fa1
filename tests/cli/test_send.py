"""``pushmw send``."""

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commandline import Application, Execute, Run, Terminal
from pushmw import Delivery, Receiver
from pushmw._register.options import SDK_PATHS
from pushmw.cli.group import pushmw
from pushmw.cli.serving import serve
from pushmw.guards import Bearer
from pushmw.samples import KINDS, sample

NEITHER = "name a KIND to send a sample of, or a --body FILE, and not both"


@pytest.fixture
def closed_port() -> Iterator[str]:
    """Give a port that is taken and does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def rude_server() -> Iterator[str]:
    """Give a server that hangs up instead of answering."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        client.recv(65536)

        thread = Thread(target=hang_up, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def one_line(result: Result) -> str:
    """Give the only line a usage error may have."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip()


def test_a_push_arrives_and_the_answer_is_shown(execute: Execute, application: Application) -> None:
    done = execute("send", "deviceDataChanged", "--to", application.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"200 OK in \d+\.\d ms\nok\n", done.stdout)
    (delivery,) = application.deliveries
    assert delivery.kind == "deviceDataChanged"
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.body == sample("deviceDataChanged")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_sent(kind: str, run: Run, application: Application) -> None:
    assert run("send", kind, "--to", application.url).exit_code == 0
    assert [delivery.kind for delivery in application.deliveries] == [kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("abc", "abc", id="text"),
        pytest.param("12", 12, id="integer"),
        pytest.param("1.5", 1.5, id="number"),
        pytest.param("true", True, id="true"),
        pytest.param("null", None, id="null"),
        pytest.param('{"a":[1]}', {"a": [1]}, id="object"),
        pytest.param('"12"', "12", id="quoted"),
        pytest.param("", "", id="empty"),
        pytest.param("a=b", "a=b", id="equals sign"),
        pytest.param("[1", "[1", id="broken JSON"),
        pytest.param("NaN", "NaN", id="not in JSON"),
        pytest.param("5c0ffee0-1a2b", "5c0ffee0-1a2b", id="begins with a digit"),
        pytest.param("1e999", "1e999", id="number out of range"),
        pytest.param("[" * 50_000, "[" * 50_000, id="nested too deep to read"),
    ],
)
def test_a_value_is_json_where_it_can_be_and_text_elsewhere(
    text: str, value: Any, run: Run, application: Application
) -> None:
    arguments = ("deviceDeleted", "--to", application.url, "--set", f"gatewayId={text}")
    assert run("send", *arguments).exit_code == 0
    assert application.deliveries[0].json()["gatewayId"] == value


def test_several_members_can_be_set_and_a_dot_leads_inside(
    run: Run, application: Application
) -> None:
    settings = ("--set", "deviceId=meter-1", "--set", "service.data.celsius=-4")
    run("send", "deviceDataChanged", "--to", application.url, *settings)
    body = application.deliveries[0].json()
    assert body["deviceId"] == "meter-1"
    assert body["service"]["data"] == {"celsius": -4, "fault": False}


def test_a_dot_leads_into_the_data_of_iotda(run: Run, application: Application) -> None:
    members = ("notify_data.header.device_id=meter-1", "notify_data.body.services.service_id=Lamp")
    settings = [each for member in members for each in ("--set", member)]
    run("send", "device.property:report", "--to", application.url, *settings)
    data = application.deliveries[0].json()["notify_data"]
    assert data["header"]["device_id"] == "meter-1"
    assert [service["service_id"] for service in data["body"]["services"]] == ["Lamp", "Lamp"]


def test_a_file_is_sent_byte_by_byte(
    execute: Execute, application: Application, tmp_path: Path
) -> None:
    body = b'{ "notifyType" :"ruleEvent", "ruleId": "1"}\n'
    (tmp_path / "captured.json").write_bytes(body)
    done = execute("send", "--body", str(tmp_path / "captured.json"), "--to", application.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert [delivery.body for delivery in application.deliveries] == [body]


def test_stdin_is_sent_too(application: Application) -> None:
    arguments = ["send", "--body", "-", "--to", application.url]
    result = CliRunner().invoke(pushmw, arguments, input=sample("ruleEvent"))
    assert result.exit_code == 0
    assert [delivery.body for delivery in application.deliveries] == [sample("ruleEvent")]


def test_headers_are_sent_and_take_the_place_of_the_usual_ones() -> None:
    push = Receiver(guards=[Bearer("made-up-token")], keep_headers=["x-tenant"])
    got: list[Delivery] = []
    push.on("*")(lambda event, delivery: got.append(delivery))
    with serve(push.asgi()) as address:
        headers = {
            "Authorization": "Bearer made-up-token",
            "X-Tenant": " a:b ",
            "Content-Type": "text/json",
        }
        options = [f"--header={name}:{value}" for name, value in headers.items()]
        result = CliRunner().invoke(
            pushmw, ["send", "ruleEvent", "--to", address + SDK_PATHS[0], *options]
        )
    assert result.exit_code == 0, result.output
    (delivery,) = got
    assert delivery.headers["x-tenant"] == "a:b"
    assert delivery.headers["content-type"] == "text/json"


@pytest.mark.parametrize("status", [201, 302, 400, 503])
def test_any_answer_but_200_is_exit_status_1(
    status: int, run: Run, application: Application
) -> None:
    url = application.page("/page", (status, b"some\nwords"))
    result = run("send", "deviceAdded", "--to", url)
    assert result.exit_code == 1
    assert re.fullmatch(rf"{status} [\w ]+ in \d+\.\d ms\nsome\nwords\n", result.stdout)


def test_a_push_that_nobody_handled_is_told_from_others(run: Run) -> None:
    push = Receiver(guards=[])
    push.on("deviceAdded")(lambda event: None)
    with serve(push.asgi()) as address:
        shown = [
            run("send", kind, "--to", address + SDK_PATHS[0], *more)
            for kind in ("deviceAdded", "ruleEvent")
            for more in ((), ("--repeat", "2"))
        ]
    assert [result.exit_code for result in shown] == [0] * 4
    said = [re.search("200 OK(, but nobody handled it)?", result.stdout) for result in shown]
    assert [found and found[1] for found in said] == [
        *(None, None),
        *(", but nobody handled it", ", but nobody handled it"),
    ]


def test_an_answer_without_a_body_is_one_line(run: Run, application: Application) -> None:
    result = run("send", "deviceAdded", "--to", application.page("/", (200, b"")))
    assert result.stdout.count("\n") == 1


def test_an_answer_cannot_command_the_terminal(run: Run, application: Application) -> None:
    url = application.page("/", (200, b"\x1b]0;title\x07red\tblue\r\x9b\xc2\x9b"))
    shown = run("send", "deviceAdded", "--to", url).stdout
    assert r"\x1b]0;title\x07red" in shown
    assert "\tblue\\r\N{REPLACEMENT CHARACTER}\\x9b\n" in shown


def test_a_long_answer_is_cut(run: Run, application: Application) -> None:
    url = application.page("/", (200, b"x" * 100_000))
    assert run("send", "deviceAdded", "--to", url).stdout.endswith("x...\n")


def test_an_answer_the_terminal_has_no_codes_for_is_escaped(
    execute: Execute, application: Application
) -> None:
    url = application.page("/", (200, "žluť".encode()))
    western = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = execute("send", "deviceAdded", "--to", url, env=western)
    assert done.returncode == 0
    assert r"\u017elu\u0165" in done.stdout


def test_repeated_pushes_are_summed_up(execute: Execute, application: Application) -> None:
    done = execute("send", "deviceDeleted", "--to", application.url, "--repeat", "30")
    assert (done.returncode, done.stderr) == (0, "")
    heading, row, _, total = done.stdout.splitlines()
    assert re.split(r" {2,}", heading) == ["Answer", "Times", "Median", "Slowest", "First body"]
    assert re.fullmatch(r"200 OK  30 +\d+\.\d ms +\d+\.\d ms +ok", row)
    assert re.fullmatch(r"30 pushes in \d+\.\d s", total)
    assert len(application.deliveries) == 30


def test_a_summary_has_a_line_a_status_and_one_bad_answer_is_exit_status_1(
    run: Run, application: Application
) -> None:
    bad = (503, b"not\nnow")
    url = application.page("/", (200, b"ok"), bad, (200, b"again"))
    result = run("send", "deviceDeleted", "--to", url, "--repeat", "12")
    assert result.exit_code == 1
    _, good, refused, *_ = result.stdout.splitlines()
    assert re.fullmatch(r"200 OK +11 .* ok", good)
    assert re.fullmatch(r"503 Service Unavailable +1 .* not now", refused)


def test_a_progress_bar_is_drawn_where_stderr_is_a_terminal(
    execute: Execute, application: Application, terminal: Terminal
) -> None:
    arguments = ("send", "deviceDeleted", "--to", application.url, "--repeat", "20")
    done = execute(*arguments, stderr=terminal.end, env=terminal.env)
    assert "Sending" in terminal.drawn()
    assert done.returncode == 0
    assert "20 pushes" in done.stdout
    assert "Sending" not in done.stdout


def test_a_few_pushes_are_not_worth_a_progress_bar(
    execute: Execute, application: Application, terminal: Terminal
) -> None:
    arguments = ("send", "deviceDeleted", "--to", application.url, "--repeat", "3")
    done = execute(*arguments, stderr=terminal.end, env=terminal.env)
    assert terminal.drawn() == ""
    assert "3 pushes" in done.stdout


def test_a_server_that_hangs_up_has_given_no_answer(run: Run, rude_server: str) -> None:
    result = run("send", "deviceAdded", "--to", rude_server)
    assert result.exit_code == 1
    assert re.fullmatch(r"no answer in \d+\.\d ms\nServer disconnected.*\n", result.stdout)


def test_an_unreachable_host_is_one_line(execute: Execute, closed_port: str) -> None:
    done = execute("send", "deviceAdded", "--to", f"http://{closed_port}/", "--repeat", "50")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"Error: cannot reach {closed_port}: .*refused\n", done.stderr)


def test_a_password_in_the_url_is_not_repeated(run: Run, closed_port: str) -> None:
    said = one_line(run("send", "deviceAdded", "--to", f"http://ann:secret@{closed_port}/"))
    assert "secret" not in said


def test_https_at_a_port_that_speaks_http_is_one_line(run: Run, application: Application) -> None:
    url = application.url.replace("http:", "https:")
    assert "cannot reach 127.0.0.1:" in one_line(run("send", "deviceAdded", "--to", url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("nowhere", "not an http:// or https:// URL", id="no scheme"),
        pytest.param("", "not an http:// or https:// URL", id="empty"),
        pytest.param("ftp://host/", "not an http:// or https:// URL", id="other scheme"),
        pytest.param("localhost:8000/x", "not an http:// or https:// URL", id="host as scheme"),
        pytest.param("http://", "there is no host", id="no host"),
        pytest.param("http:///path", "there is no host", id="path only"),
        pytest.param("http://host:port/", "Invalid port", id="port in letters"),
        pytest.param("http://127.0.0.1:70000/", "there is no port 70000", id="port too large"),
        pytest.param("http://127.0.0.1:0/", "there is no port 0", id="port 0"),
        pytest.param("http://[::1/", "not a URL", id="open bracket"),
        pytest.param("http://999.1.1.1/", "Invalid IPv4 address", id="not an address"),
        pytest.param("http://xn--/", "not a URL", id="broken IDNA"),
        pytest.param("http://host/\udcff", "not a URL", id="not UTF-8"),
        pytest.param("http://host/\n", "not a URL", id="line break"),
        pytest.param("http://a..b/", "cannot reach a..b", id="empty label"),
    ],
)
def test_a_bad_url_is_one_line(url: str, reason: str, run: Run) -> None:
    assert reason in one_line(run("send", "deviceAdded", "--to", url))


@pytest.mark.parametrize("proxy", ["http://host:port", "socks9://host", "::"])
def test_a_bad_proxy_in_the_environment_is_one_line(
    proxy: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    said = one_line(run("send", "deviceAdded", "--to", "http://127.0.0.1/"))
    assert "names a proxy that cannot be used" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ("deviceAdd",), "unknown kind: 'deviceAdd'; did you mean deviceAdded", id="kind"
        ),
        pytest.param(
            ("deviceAdded", "--set", "device_id=1"),
            "unknown member of deviceAdded: 'device_id'; did you mean deviceId",
            id="member",
        ),
        pytest.param(
            ("deviceAdded", "--set", "deviceInfo.nodeid=1"),
            "did you mean deviceInfo.nodeId",
            id="nested member",
        ),
        pytest.param(
            ("deviceAdded", "--set", "deviceId"),
            "--set wants MEMBER=VALUE, not 'deviceId'",
            id="no equals sign",
        ),
        pytest.param(
            ("deviceAdded", "--set", "=1"), "--set wants MEMBER=VALUE, not '=1'", id="no member"
        ),
        pytest.param(("deviceAdded", "--set", "deviceId=\udcff"), "'utf-8' codec", id="not UTF-8"),
        pytest.param((), NEITHER, id="no kind"),
        pytest.param(("deviceAdded", "--body", __file__), NEITHER, id="a kind and a body"),
        pytest.param(
            ("--body", __file__, "--set", "deviceId=1"),
            "--set changes a sample, and --body is sent as it is",
            id="a member of a body",
        ),
        pytest.param(
            ("deviceAdded", "--header", "x-tenant"),
            "--header wants NAME:VALUE, not 'x-tenant'",
            id="no colon",
        ),
        pytest.param(
            ("deviceAdded", "--header", "a b: c"),
            "--header wants NAME:VALUE, not 'a b: c'",
            id="no name",
        ),
        pytest.param(
            ("deviceAdded", "--header", "a: b\nc"),
            "--header wants NAME:VALUE, not 'a: b\\nc'",
            id="two lines",
        ),
    ],
)
def test_what_cannot_be_written_is_one_line(
    arguments: tuple[str, ...], said: str, run: Run, application: Application
) -> None:
    assert said in one_line(run("send", *arguments, "--to", application.url))
    assert application.deliveries == []


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("deviceAdded",), id="no URL"),
        pytest.param(("--body", "no-such-file", "--to", "http://h/"), id="no such file"),
        pytest.param(("deviceAdded", "--to", "http://h/", "--repeat", "0"), id="repeat 0 times"),
        pytest.param(("deviceAdded", "--to", "http://h/", "--repeat", "x"), id="repeat x times"),
    ],
)
def test_other_misuse_is_a_usage_error(arguments: tuple[str, ...], run: Run) -> None:
    result = run("send", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: pushmw send ")


def test_the_sample_is_what_kinds_shows(run: Run, application: Application) -> None:
    run("send", "ruleEvent", "--to", application.url)
    shown = run("kinds", "ruleEvent").stdout
    assert json.loads(shown[shown.index("\n{") :]) == application.deliveries[0].json()
