"""``pushmw send``: one valid push, or many, at a running application."""

import re
import secrets
import time
from collections.abc import Iterator
from statistics import median
from typing import Any, BinaryIO, Final, TypeAlias

import click
import httpx
import msgspec
from rich.console import RenderableType
from rich.progress import MofNCompleteColumn, Progress

from pushmw.cli.errors import Failure
from pushmw.cli.output import console, line, show, table
from pushmw.guards import is_token, sign
from pushmw.samples import sample

_PATIENCE: Final = 15.0  # seconds the platform waits for an answer
_MANY: Final = 10  # pushes that are worth a progress bar
_SHOWN: Final = 2000  # characters of an answer's body
_PORTS: Final = range(1, 65536)
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_NOBODY: Final = ", but nobody handled it"
_UNREACHABLE: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

Headers: TypeAlias = list[tuple[str, str]]


class Outcome(msgspec.Struct, frozen=True):
    """What came back for one push.

    Attributes:
        status: such as ``200 OK``, and whether nobody handled it, or ``no answer``.
        ms: how long it took.
        text: the answer's body, or why there is no answer.
    """

    status: str
    ms: float
    text: str

    @property
    def accepted(self) -> bool:
        """Whether the platform would take it for success: exactly 200."""
        return self.status.startswith("200 ")


# \b is click's mark for lines to be left alone.
_HELP: Final = """\
Send a valid push of a kind and show the answer.

It goes to URL over HTTP, as the platform would send it: a sample of KIND,
or with --body whatever a file holds. The exit status
is 0 if every answer was 200, the only one the platform takes for success.

\b
pushmw send deviceDataChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver
pushmw send fwUpgradeStateChangeNotify --to URL --set deviceId=meter-1 --set step=3
pushmw send device.property:report --to URL --set notify_data.header.device_id=meter-1
pushmw send --body captured.json --to URL --header "Authorization: Bearer made-up-token"
"""


@click.command("send", help=_HELP)
@click.argument("kind", required=False)
@click.option("--to", "url", metavar="URL", required=True, help="Where the application listens.")
@click.option(
    "--set",
    "settings",
    metavar="MEMBER=VALUE",
    multiple=True,
    help="Set a member; VALUE is JSON, or else text. A dot leads into an object.",
)
@click.option(
    "--body",
    "file",
    metavar="FILE",
    type=click.File("rb"),
    help="Send what this file holds, byte by byte; - is stdin.",
)
@click.option(
    "--header",
    "headers",
    metavar="NAME:VALUE",
    multiple=True,
    help="Send a header, such as one that a guard asks for.",
)
@click.option(
    "--repeat", metavar="N", type=click.IntRange(min=1), default=1, help="Send it N times."
)
@click.option(
    "--token",
    envvar="PUSHMW_TOKEN",
    show_envvar=True,
    help="Sign it as IoTDA does, with this token.",
)
def command(
    *,
    kind: str | None,
    url: str,
    settings: tuple[str, ...],
    file: BinaryIO | None,
    headers: tuple[str, ...],
    repeat: int,
    token: str | None,
) -> None:
    """Send a push."""
    target = _target(url)
    body = _body(kind, settings, file)
    given = [_header(header) for header in headers]
    if token is not None and not is_token(token):
        raise Failure("a token has 3 to 32 letters and digits")
    began = time.perf_counter()
    outcomes = list(_outcomes(target, body, given, repeat, token))
    if repeat == 1:
        _show_one(outcomes[0])
    else:
        show(*_summary(outcomes, time.perf_counter() - began))
    if not all(outcome.accepted for outcome in outcomes):
        raise SystemExit(1)


def _target(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
        host = target.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Failure(f"not a URL: {url!r}: {error}") from None
    if target.scheme not in {"http", "https"}:
        raise Failure(f"not an http:// or https:// URL: {url!r}")
    if not host:
        raise Failure(f"there is no host in the URL: {url!r}")
    if target.port is not None and target.port not in _PORTS:
        raise Failure(f"there is no port {target.port}: {url!r}")
    return target


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (colon and _NAME.fullmatch(name) and _VALUE.fullmatch(value)):
        raise Failure(f"--header wants NAME:VALUE, not {text!r}")
    return name, value.strip()


def _body(kind: str | None, settings: tuple[str, ...], file: BinaryIO | None) -> bytes:
    if (kind is None) == (file is None):
        raise Failure("name a KIND to send a sample of, or a --body FILE, and not both")
    if file is not None:
        if settings:
            raise Failure("--set changes a sample, and --body is sent as it is")
        return file.read()
    values: dict[str, Any] = {}
    for setting in settings:
        member, equals, text = setting.partition("=")
        if not (member and equals):
            raise Failure(f"--set wants MEMBER=VALUE, not {setting!r}")
        values[member] = _value(text)
    try:
        return sample(f"{kind}", **values)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{error}") from None


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    # That of msgspec is a ValueError from 0.21 on; text that is no UTF-8 raises one of its own.
    except (msgspec.DecodeError, ValueError, RecursionError):
        return text


def _outcomes(
    target: httpx.URL, body: bytes, given: Headers, repeat: int, token: str | None
) -> Iterator[Outcome]:
    usual = {"content-type": "application/json"}
    for name, _ in given:
        usual.pop(name.lower(), None)
    try:
        client = httpx.Client(timeout=_PATIENCE, headers=[*usual.items(), *given])
    except (httpx.InvalidURL, ImportError, ValueError) as error:
        raise Failure(f"the environment names a proxy that cannot be used: {error}") from None
    err = console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    quiet = repeat < _MANY or not err.is_terminal
    with client, Progress(*columns, console=err, transient=True, disable=quiet) as progress:
        for _ in progress.track(range(repeat), description="Sending"):
            yield _push(client, target, body, _signed(token) if token else {})


def _signed(token: str) -> dict[str, str]:
    timestamp, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(8)
    signature = sign(token, timestamp, nonce)
    return {"timestamp": timestamp, "nonce": nonce, "signature": signature}


def _push(client: httpx.Client, target: httpx.URL, body: bytes, headers: dict[str, str]) -> Outcome:
    began = time.perf_counter()
    try:
        response = client.post(target, content=body, headers=headers)
    except (*_UNREACHABLE, UnicodeError) as error:
        raise Failure(f"cannot reach {target.netloc.decode()}: {error}") from None
    except httpx.RequestError as error:
        status, text = "no answer", f"{error}"
    else:
        nobodys = response.headers.get("pushmw-outcome") == "unhandled"
        status = f"{response.status_code} {response.reason_phrase}{_NOBODY if nobodys else ''}"
        text = response.text
    return Outcome(status, (time.perf_counter() - began) * 1000, _printable(text))


def _printable(text: str) -> str:
    """Escape what a terminal would obey."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in cut).strip()


def _show_one(outcome: Outcome) -> None:
    status = click.style(outcome.status, fg="green" if outcome.accepted else "red", bold=True)
    click.echo(f"{status} in {outcome.ms:.1f} ms\n{outcome.text}".rstrip())


def _summary(outcomes: list[Outcome], seconds: float) -> list[RenderableType]:
    by_status: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_status.setdefault(outcome.status, []).append(outcome)
    rows = table("Answer", "Times", "Median", "Slowest", "First body")
    for status, found in by_status.items():
        times = [outcome.ms for outcome in found]
        first = line(" ".join(found[0].text.split()))
        rows.add_row(
            status, f"{len(found)}", f"{median(times):.1f} ms", f"{max(times):.1f} ms", first
        )
    return [rows, f"\n{len(outcomes)} pushes in {seconds:.1f} s"]
