"""Guards alone: what they let in, and that nothing else gets in."""

import base64
import hashlib
from typing import Any

import pytest

from attacks import BEARER, CREDENTIALS, DEFENCES, PASSWORD, TOKEN, USER, Attack, Defence, signed
from pushmw._http.rules import joined
from pushmw.guards import (
    Attempt,
    BasicAuth,
    Bearer,
    Guard,
    IoTDASignature,
    Refusal,
    credentials,
    sign,
)

NOW = 1_700_000_000.0
NEW = "anotherToken2"


def attempt(headers: Any = (), peer: Any = "127.0.0.1", now: float = NOW) -> Attempt:
    return Attempt(headers=dict(headers), path="/pushes/secret", peer=peer, now=now)


def ask(guard: Guard, attack: Attack) -> Refusal | None:
    if attack.after is not None:
        assert guard(attempt(attack.after(NOW))) is None
    return guard(attempt(joined(attack.make(NOW)), attack.peer))


def status(refusal: Refusal) -> int:
    return 403 if refusal.challenge is None else 401


each_defence = pytest.mark.parametrize("defence", DEFENCES.values(), ids=DEFENCES)
each_attack = pytest.mark.parametrize(
    ("defence", "attack"),
    [
        pytest.param(defence, attack, id=f"{name}-{what}")
        for name, defence in DEFENCES.items()
        for what, attack in defence.attacks.items()
    ],
)


@each_defence
def test_a_request_as_it_should_be_is_let_in(defence: Defence) -> None:
    assert ask(defence.guard(), defence.good) is None


@each_attack
def test_every_attack_is_refused(defence: Defence, attack: Attack) -> None:
    refusal = ask(defence.guard(), attack)
    assert isinstance(refusal, Refusal)
    assert status(refusal) == defence.status


@each_attack
def test_after_an_attack_a_request_as_it_should_be_is_let_in(
    defence: Defence, attack: Attack
) -> None:
    guard = defence.guard()
    assert guard(attempt(joined(attack.make(NOW)), attack.peer)) is not None or attack.after
    later = Attack(lambda now: defence.good.make(now + 1), defence.good.peer)
    assert ask(guard, later) is None


@each_attack
def test_a_refusal_says_nothing_of_what_came_or_should_have_come(
    defence: Defence, attack: Attack
) -> None:
    refusal = ask(defence.guard(), attack)
    assert refusal is not None
    secrets = {TOKEN, PASSWORD, BEARER, CREDENTIALS, *signed(NOW).values()}
    came = {value for _, value in attack.make(NOW) if len(value) > 3}
    assert not [text for text in secrets | came if text in refusal.why]


WRONG_TYPES = [None, 7, 7.0, True, b"bytes", ["list"], {"a": "b"}, object()]


@each_defence
@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: type(value).__name__)
def test_a_header_that_is_no_text_is_refused(defence: Defence, value: Any) -> None:
    """Nothing that speaks HTTP makes one; `Receiver.handle` is called by anybody."""
    for name, _ in defence.good.make(NOW):
        fields = {**joined(defence.good.make(NOW)), name: value}
        assert defence.guard()(attempt(fields, defence.good.peer)) is not None


@pytest.mark.parametrize("peer", WRONG_TYPES, ids=lambda value: type(value).__name__)
def test_a_peer_that_is_no_text_is_refused(peer: Any) -> None:
    guard = DEFENCES['AllowAddresses(["192.0.2.7", "192.0.2.128/25"])'].guard()
    assert guard(attempt(peer=peer)) is not None


@each_defence
def test_no_guard_shows_its_secrets(defence: Defence) -> None:
    shown = repr(defence.guard())
    assert not [text for text in (TOKEN, PASSWORD, BEARER, CREDENTIALS) if text in shown]


# -- the signature


def test_the_vector_of_the_platforms_description() -> None:
    """Of our own making: the vendor has published none."""
    fields = {
        "timestamp": "1700000000000",
        "nonce": "7f3c9a1e5b2d",
        "signature": "3f1b7fad1e4bd244889ddf8b4b7a3baa4987bd4c80797802e233f66d7b521add",
    }
    assert sign("pushmwDemoToken01", fields["timestamp"], fields["nonce"]) == fields["signature"]
    assert IoTDASignature("pushmwDemoToken01")(attempt(fields)) is None
    assert IoTDASignature("pushmwDemoToken01", window=1)(attempt(fields)) is None


@pytest.mark.parametrize("nonce", ["0", "zzzz", "17", "Z", TOKEN, "!", "~" * 128])
def test_the_three_are_sorted_wherever_the_token_comes_to_stand(nonce: str) -> None:
    assert IoTDASignature(TOKEN)(attempt(signed(NOW, nonce=nonce))) is None


def test_several_tokens_hold_while_one_takes_the_place_of_another() -> None:
    guard = IoTDASignature(TOKEN, NEW)
    assert guard(attempt(signed(NOW))) is None
    assert guard(attempt(signed(NOW, NEW))) is None
    assert guard(attempt(signed(NOW, "aThirdToken"))) is not None
    assert IoTDASignature(NEW)(attempt(signed(NOW))) is not None


def test_without_a_window_any_timestamp_and_any_repetition_will_do() -> None:
    guard = IoTDASignature(TOKEN)
    for timestamp in ("0", "yesterday", "1700000000000", "1700000000000"):
        assert guard(attempt(signed(NOW, timestamp=timestamp))) is None


@pytest.mark.parametrize("offset", [-10, -9.999, -0.001, 0, 0.001, 9.999, 10])
@pytest.mark.parametrize("unit", ["milliseconds", "seconds"])
def test_within_the_window_clocks_may_differ_both_ways(offset: float, unit: str) -> None:
    guard = IoTDASignature(TOKEN, window=10)
    when = round((NOW + offset) * 1000)
    timestamp = str(when if unit == "milliseconds" else round(when / 1000))
    assert guard(attempt(signed(NOW, timestamp=timestamp))) is None


@pytest.mark.parametrize("offset", [-3600, -10.001, 10.001, 3600])
def test_outside_of_it_they_may_not(offset: float) -> None:
    guard = IoTDASignature(TOKEN, window=10)
    timestamp = str(round((NOW + offset) * 1000))
    assert guard(attempt(signed(NOW, timestamp=timestamp))) is not None


def test_what_was_refused_for_its_time_may_come_when_its_time_has_come() -> None:
    guard = IoTDASignature(TOKEN, window=10)
    fields = signed(NOW + 60)
    assert guard(attempt(fields)) is not None
    assert guard(attempt(fields, now=NOW + 60)) is None


def test_what_is_not_signed_takes_no_place_in_the_memory() -> None:
    guard = IoTDASignature(TOKEN, window=10, nonces=1)
    for number in range(100):
        assert guard(attempt(signed(NOW, "anotherToken", nonce=f"{number}"))) is not None
    assert guard(attempt(signed(NOW))) is None


def test_more_than_are_remembered_may_come_as_long_as_they_get_later() -> None:
    guard = IoTDASignature(TOKEN, window=300, nonces=2)
    for second in range(10):
        fields = signed(NOW + second)
        assert guard(attempt(fields, now=NOW + second)) is None
        assert guard(attempt(fields, now=NOW + second)) is not None
    for second in range(10):
        assert guard(attempt(signed(NOW + second), now=NOW + 9)) is not None


@pytest.mark.parametrize("tokens", [("",), ("ab",), ("a" * 33,), ("a-b-c",), ("tökén",), ("abc ",)])
def test_a_token_the_platform_would_not_take_is_refused_and_not_shown(
    tokens: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match="IoTDASignature: a token must") as caught:
        IoTDASignature("goodToken", *tokens)
    assert not tokens[0] or tokens[0] not in str(caught.value)


@pytest.mark.parametrize("tokens", [(), (None,), (b"bytes",), (["abc"],), (7,)])
def test_a_token_that_is_no_text_is_refused(tokens: Any) -> None:
    with pytest.raises(TypeError, match=r"^IoTDASignature: a token (is needed|must be text)"):
        IoTDASignature(*tokens)


@pytest.mark.parametrize("window", [0, -1, True, "300", float("inf"), float("nan")])
def test_a_window_has_to_be_some_seconds(window: Any) -> None:
    with pytest.raises(ValueError, match="IoTDASignature: window must be a number of seconds"):
        IoTDASignature(TOKEN, window=window)


@pytest.mark.parametrize("nonces", [0, -1, True, 1.5, "7", None])
def test_a_memory_has_to_be_some_size(nonces: Any) -> None:
    with pytest.raises(ValueError, match="IoTDASignature: nonces must be a whole number from 1"):
        IoTDASignature(TOKEN, window=1, nonces=nonces)


# -- passwords


@pytest.mark.parametrize("scheme", ["Basic ", "basic ", "BASIC ", "Basic    "])
def test_the_name_of_the_scheme_may_be_written_in_any_way(scheme: str) -> None:
    guard = BasicAuth(USER, PASSWORD)
    assert guard(attempt({"authorization": scheme + CREDENTIALS})) is None
    bearer = scheme.replace("asic", "earer").replace("ASIC", "EARER")
    assert Bearer(BEARER)(attempt({"authorization": bearer + BEARER})) is None


@pytest.mark.parametrize("value", [" Basic {}", "Basic {} ", "Basic\t{}", "\tBasic {}"])
def test_blanks_anywhere_else_are_refused(value: str) -> None:
    """Round a header servers take them off."""
    assert BasicAuth(USER, PASSWORD)(attempt({"authorization": value.format(CREDENTIALS)}))
    value = value.replace("Basic", "Bearer")
    assert Bearer(BEARER)(attempt({"authorization": value.format(BEARER)}))


def test_a_password_may_have_colons_blanks_and_any_letters() -> None:
    for password in ("a:b", ":", " ", "ключ", "\N{NO-BREAK SPACE}", "🔑"):
        fields = {"authorization": f"Basic {base64.b64encode(f'u:{password}'.encode()).decode()}"}
        assert BasicAuth("u", password)(attempt(fields)) is None
        assert BasicAuth("u", f"{password}x")(attempt(fields)) is not None


def test_several_bearer_tokens_hold_while_one_takes_the_place_of_another() -> None:
    guard = Bearer("old", "new")
    for token, lets_in in (("old", True), ("new", True), ("older", False)):
        assert (guard(attempt({"authorization": f"Bearer {token}"})) is None) == lets_in


def test_without_blake2_there_is_still_sha_256(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pythons built for FIPS raise where it is called, or have no such name."""
    assert credentials._hash() is hashlib.blake2s

    def forbidden(data: bytes = b"") -> None:
        raise ValueError("not available in FIPS mode")

    monkeypatch.setattr(hashlib, "blake2s", forbidden)
    assert credentials._hash() is hashlib.sha256
    monkeypatch.delattr(hashlib, "blake2s")
    assert credentials._hash() is hashlib.sha256
    monkeypatch.setattr(credentials, "_hashed", hashlib.sha256)
    for name in ("BasicAuth", "Bearer"):
        defence = next(each for title, each in DEFENCES.items() if title.startswith(name))
        assert ask(defence.guard(), defence.good) is None


def test_a_challenge_names_the_scheme() -> None:
    refusals = [BasicAuth(USER, PASSWORD)(attempt()), Bearer(BEARER)(attempt())]
    assert [refusal and refusal.challenge for refusal in refusals] == [
        'Basic realm="pushes", charset="UTF-8"',
        'Bearer realm="pushes"',
    ]


@pytest.mark.parametrize(
    ("user", "password", "error", "text"),
    [
        ("", "p", ValueError, "must not be empty"),
        ("u", "", ValueError, "must not be empty"),
        (None, "p", TypeError, "must be text, not NoneType"),
        ("u", b"p", TypeError, "must be text, not bytes"),
        ("u:v", "p", ValueError, "a user must have no colon"),
        ("u\n", "p", ValueError, "no control characters"),
        ("u", "p\x7f", ValueError, "no control characters"),
        ("u", "p\udcff", ValueError, "no control characters"),
    ],
)
def test_a_user_or_password_that_cannot_be_sent_is_refused_and_not_shown(
    user: Any, password: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=f"^BasicAuth: .*{text}"):
        BasicAuth(user, password)


@pytest.mark.parametrize(
    ("tokens", "error"),
    [
        ((), TypeError),
        ((None,), TypeError),
        (("good", ""), ValueError),
        (("a b",), ValueError),
        (("a,b",), ValueError),
        (("tökén",), ValueError),
        (("=a",), ValueError),
    ],
)
def test_a_bearer_token_that_cannot_be_sent_is_refused(tokens: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^Bearer: a token (is needed|must)"):
        Bearer(*tokens)


# -- attempts and refusals


def test_an_attempt_shows_neither_headers_nor_path() -> None:
    made = attempt({"authorization": "Basic secret"})
    assert repr(made) == "Attempt(peer='127.0.0.1', now=1700000000.0)"
    assert made.__rich_repr__() == [("peer", "127.0.0.1"), ("now", NOW)]


@pytest.mark.parametrize("challenge", ["Basic\r\nx: y", "é", "a\tb"])
def test_a_challenge_that_would_be_another_header_is_refused(challenge: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        Refusal("because", challenge)
