"""Who is not let in is told so before a byte of the body is sent."""

import pytest

from pushmw.samples import sample
from servers.client import PATIENCE, post
from servers.process import Host
from servers.promises import AT_ONCE, WAITS, Check
from servers.site import BODY_DEADLINE, GUARDED, TOKEN

BODY = sample("deviceDeleted")
RIGHT = f"Authorization: Bearer {TOKEN}"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param((), id="no credentials"),
        pytest.param(("Authorization: Bearer none",), id="wrong credentials"),
        pytest.param((f"Authorization: Bearer {TOKEN}\xe9",), id="not ASCII"),
    ],
)
def test_a_refusal_comes_before_a_byte_of_the_body_is_sent(
    host: Host, fields: tuple[str, ...]
) -> None:
    """Where the server neither waits for the body nor reads it before it answers."""
    early = host.server.expects(Check.REFUSED_ENCODING)
    with host.connect() as connection:
        connection.send(post(b"", *fields, length=len(BODY), target=GUARDED))
        seen = connection.outcome(1.5 * BODY_DEADLINE if early == WAITS else PATIENCE)
        assert seen == (401 if early == AT_ONCE else early)
        if early == WAITS:
            connection.send(BODY)
            assert connection.answer().status == 401


def test_a_refusal_asks_for_credentials(host: Host) -> None:
    answer = host.ask(post(BODY, target=GUARDED))
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="pushes"')
    assert answer.headers["content-type"] == "application/problem+json"


def test_whoever_is_let_in_is_handled(host: Host) -> None:
    for _ in range(2):
        answer = host.ask(post(BODY, RIGHT, target=GUARDED))
        assert (answer.status, answer.body) == (200, b"ok")
