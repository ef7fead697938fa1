"""Guards: who is refused gets in nowhere, and costs no body; nothing else is touched."""

import logging
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from attacks import DEFENCES, LOCAL, TOKEN, Attack, Defence, signed
from pushes import OTHER, PUSH, SECRET, assert_ok, assert_problem, ours
from pushmw import Counts, Receiver
from pushmw.guards import AllowAddresses, Attempt, Bearer, IoTDASignature, Refusal
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Site, Start, Style
from wire import Reply, head


class Pairs(list[tuple[str, str]]):
    """Headers of which one may come several times, for those who ask for a mapping too."""

    def items(self) -> list[tuple[str, str]]:
        return self


def closed(attempt: Attempt) -> Refusal | None:
    return Refusal("a rule of the house")


def broken(attempt: Attempt) -> Refusal | None:
    raise RuntimeError(SECRET[:5])


def guarded(*guards: Any, **options: Any) -> tuple[Receiver, list[Any]]:
    push, got = Receiver(guards=guards, **options), list[Any]()
    push.unhandled(got.append)
    return push, got


def assert_denied(reply: Reply, status: int) -> None:
    assert_problem(reply, status, "This push is not let in.")
    challenge = reply.header("www-authenticate") or ""
    assert (challenge.endswith('realm="pushes"') or 'charset="UTF-8"' in challenge) == (
        status == 401
    )
    assert not [text for text in (TOKEN, "signature", "timestamp") if text in reply.body.decode()]


@pytest.mark.parametrize(
    ("defence", "attack"),
    [
        pytest.param(defence, attack, id=f"{name}-{what}")
        for name, defence in DEFENCES.items()
        for what, attack in defence.attacks.items()
        if attack.peer == LOCAL
    ],
)
def test_every_attack_is_refused(start: Start, defence: Defence, attack: Attack) -> None:
    push, got = guarded(defence.guard())
    site, now = start(push), time.time()
    headers: Any = Pairs(attack.make(now))
    if attack.after:
        opening: Any = Pairs(attack.after(now))
        assert_ok(site.post(PUSH, opening))
    reply = site.post(PUSH, headers)
    assert_denied(reply, defence.status)
    assert site.inner.seen == []
    before = 1 if attack.after else 0
    assert len(got) == before
    assert push.counts == Counts(handled=before, denied=1)


@pytest.mark.parametrize(
    "defence",
    [pytest.param(each, id=name) for name, each in DEFENCES.items() if each.good.peer == LOCAL],
)
def test_what_is_as_it_should_be_is_handled(start: Start, defence: Defence) -> None:
    push, got = guarded(defence.guard())
    headers = dict(defence.good.make(time.time()))
    assert_ok(start(push).post(PUSH, headers))
    assert len(got) == 1
    assert push.counts == Counts(handled=1)


def test_a_guard_may_ask_for_a_header_in_any_case_and_for_all(start: Start) -> None:
    def guard(attempt: Attempt) -> Refusal | None:
        fields = attempt.headers
        found = {
            fields["x-token"],
            fields.get("X-Token"),
            dict(fields)["x-token"],
            fields["X-TOKEN"],
        }
        return None if found == {"t"} and "x-tok" not in fields else Refusal("another token")

    push, got = guarded(guard)
    site = start(push)
    assert_ok(site.post(PUSH, {"X-Token": "t"}))
    assert_denied(site.post(PUSH, {"X-Token": "T", "x-tok": "t"}), 403)
    assert len(got) == 1


def test_the_peer_is_who_is_at_the_other_end_of_the_socket(start: Start) -> None:
    push, _ = guarded(AllowAddresses(["127.0.0.0/8"]))
    assert_ok(start(push).post(PUSH, {"x-forwarded-for": "198.51.100.1"}))


def test_several_guards_hold_together(start: Start, style: Style) -> None:
    push = Receiver(guards=[AllowAddresses([LOCAL]), Bearer("t"), IoTDASignature(TOKEN, window=60)])
    got: list[Any] = []
    style.on(push, "*")(got.append)
    site = start(push)
    bearer, signature = {"authorization": "Bearer t"}, signed(time.time())
    assert_denied(site.post(PUSH, signature), 401)
    assert_denied(site.post(PUSH, bearer), 403)
    assert got == []
    # A signature that was refused for another reason is not used up.
    assert_ok(site.post(PUSH, bearer | signature))
    assert_denied(site.post(PUSH, bearer | signature), 403)
    assert len(got) == 1


def test_a_guard_that_fails_lets_nobody_in_and_its_error_out(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    push, got = guarded(broken)
    site = start(push)
    reply = site.post(PUSH)
    assert_denied(reply, 403)
    assert SECRET[:5].encode() not in reply.body
    assert got == []
    (record,) = ours(caplog)
    assert record.levelno == logging.ERROR
    assert SECRET[:5] not in caplog.text


@pytest.mark.parametrize("guard", [closed, Bearer("t"), broken], ids=["403", "401", "broken"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="usual"),
        pytest.param({"content-encoding": "gzip"}, id="an encoded body"),
    ],
)
def test_guards_come_before_the_header_rules(
    start: Start, site: Site, guard: Any, headers: dict[str, str]
) -> None:
    push, got = guarded(guard, max_body=10)
    if Can.EARLY in site.can:
        with start(push).connect() as connection:
            connection.send(head("POST", CALLBACK, {"content-length": "99", **headers}))
            reply = connection.reply()
    else:
        reply = start(push).post(PUSH, headers)
    assert_denied(reply, 401 if isinstance(guard, Bearer) else 403)
    assert got == []
    assert push.counts == Counts(denied=1)


@pytest.mark.needs(Can.EARLY)
@pytest.mark.parametrize("guard", [closed, Bearer("t"), broken], ids=["403", "401", "broken"])
@pytest.mark.parametrize("size", ["9", "50000000"])
def test_a_refusal_comes_before_a_byte_of_the_body_is_sent(
    serve: Start, guard: Any, size: str
) -> None:
    push, got = guarded(guard)
    site = serve(push)
    with site.connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": size}))
        assert_denied(connection.reply(), 401 if isinstance(guard, Bearer) else 403)
    assert got == []
    assert site.inner.seen == []


@pytest.mark.needs(Can.EARLY | Can.LOOP)
def test_a_body_that_is_not_let_in_is_not_invited(serve: Start) -> None:
    """uvicorn sends `100 Continue` with the first `receive()`."""
    push, _ = guarded(closed)
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": "9", "expect": "100-continue"}))
        assert_denied(connection.reply(), 403)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "POST"])
def test_other_methods_are_asked_nothing(serve: Start, method: str) -> None:
    push, _ = guarded(closed)
    site = serve(push)
    reply = site.request(method, f"{CALLBACK}?a=b")
    assert (reply.status, len(site.inner.seen)) == (404, 1)
    assert push.counts == Counts()


def test_other_paths_are_asked_nothing(serve: Start) -> None:
    push, _ = guarded(closed)
    site = serve(push)
    assert site.request("GET", "/hello").body == b"hello"
    assert site.request("POST", "/echo", PUSH).body == PUSH
    assert site.request("POST", f"{CALLBACK}s", PUSH).status == 404
    assert push.counts == Counts()


def test_guards_stand_before_pushes_that_nobody_handles_too(serve: Start) -> None:
    push = Receiver(guards=[Bearer("t")])
    site = serve(push)
    for path in (CALLBACK, COMMANDS):
        assert_denied(site.post(OTHER, path=path), 401)
    assert site.inner.seen == []
    assert site.post(OTHER, {"authorization": "Bearer t"}).status == 200
    assert len(site.inner.seen) == 1
    assert push.counts == Counts(denied=2, unhandled=1)


def test_many_refusals_are_one_line(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    push, _ = guarded(Bearer("t"))
    site = start(push)
    for _ in range(20):
        assert_denied(site.post(PUSH, {"authorization": f"Bearer {SECRET}"}), 401)
    (record,) = ours(caplog)
    assert record.levelno == logging.WARNING
    assert record.__dict__["pushmw_guard"] == "pushmw.guards:Bearer"
    assert push.counts == Counts(denied=20)


# -- the secret path, which like any secret here no log may have

SECRET_PATH = f"/pushes/{SECRET}"


def fails(event: Any) -> None:
    raise ValueError


class Case(NamedTuple):
    """A push to the secret path, and what it is answered."""

    status: int
    body: bytes = PUSH
    guard: Any = None
    headers: Mapping[str, str] = {}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(403, guard=closed), id="refused by a guard"),
        pytest.param(Case(403, guard=broken), id="refused by a broken guard"),
        pytest.param(Case(401, guard=Bearer("t")), id="without credentials"),
        pytest.param(Case(400, b""), id="empty"),
        pytest.param(Case(415, headers={"content-encoding": "gzip"}), id="encoded"),
        pytest.param(Case(400, b"[" * 1000), id="nested too deep"),
        pytest.param(Case(200, b"not JSON"), id="not understood"),
        pytest.param(Case(200, OTHER), id="handled by nobody"),
        pytest.param(Case(503), id="handled by one that fails"),
    ],
)
def test_a_secret_path_is_in_no_log(
    start: Start, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    """Django would log what it answers with 4xx or 5xx, and with it the path."""
    guards = [case.guard] if case.guard else None
    push = Receiver(SECRET_PATH, guards=guards, fallthrough=False)
    push.on("deviceDataChanged")(fails)
    assert start(push).post(case.body, case.headers, SECRET_PATH).status == case.status
    assert ours(caplog)
    assert SECRET not in caplog.text
