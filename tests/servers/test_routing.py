"""What is not ours is the wrapped application's, untouched."""

import json

import pytest

from pushmw.samples import sample
from servers.client import PATH, chunked, head, post, post_chunked
from servers.process import Host
from servers.promises import Check
from servers.site import ALONE

BODY = sample("deviceDeleted")
ELSEWHERE = {
    "two slashes": f"/{PATH}",
    "a slash at the end": f"{PATH}/",
    "a parameter": f"{PATH};x",
    "a NUL": f"{PATH}%00",
    "a byte that is no UTF-8": f"{PATH}%ff",
    "other case": PATH.upper(),
    "dots": f"/x/..{PATH}",
    "more": f"{PATH}s",
}


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
@pytest.mark.parametrize("size", [100, 60_000])
def test_a_push_that_is_not_ours_reaches_the_application_whole_and_its_404_becomes_200(
    host: Host, tag: str, size: int, is_chunked: bool
) -> None:
    body = b'{"notifyType":"yetUnknown"}'.ljust(size)
    request = post_chunked(chunked(body, 4096), tag) if is_chunked else post(body, tag)
    with host.connect() as connection:
        answer = connection.ask(request)
        assert answer.status == 200
        assert json.loads(answer.body) == {"nothing at": PATH, "method": "POST", "bytes": size}
        assert connection.goes_on()


def test_the_log_has_nothing_of_a_body_that_was_not_understood(host: Host, tag: str) -> None:
    secret = tag.removeprefix("X-Test: ")
    body = sample("deviceDeleted", deviceId=secret).replace(b'"deviceId":', b'"deviceID":')
    assert host.ask(post(body, tag)).status == 200
    assert host.ask(post(b"no JSON but " + secret.encode(), tag)).status == 200
    assert "not understood" in host.output()
    assert secret not in host.output()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_on_the_callback_path_are_the_applications(
    host: Host, tag: str, method: str
) -> None:
    with host.connect() as connection:
        connection.send(head(method, PATH, tag))
        assert connection.outcome(bodiless=method == "HEAD") == 404
        assert connection.goes_on()
    assert not host.report(tag)["events"]


@pytest.mark.parametrize("case", ELSEWHERE)
def test_paths_that_only_look_alike_are_the_applications(host: Host, tag: str, case: str) -> None:
    is_slash = case == "two slashes"
    expected = host.server.expects(Check.DOUBLE_SLASH) if is_slash else 404
    with host.connect() as connection:
        connection.send(post(BODY, tag, target=ELSEWHERE[case]))
        assert connection.outcome() == expected
        assert connection.goes_on()
    assert len(host.report(tag)["events"]) == (expected == 200)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(PATH.replace("R", "%52"), id="encoded"),
        pytest.param(f"{PATH}?token=x&path=/other", id="with a query"),
    ],
)
def test_other_spellings_of_the_callback_path_are_ours(host: Host, tag: str, target: str) -> None:
    assert host.ask(post(BODY, tag, target=target)).body == b"ok"
    assert [event["path"] for event in host.report(tag)["events"]] == [PATH]


def test_a_whole_url_in_the_request_line_names_its_path(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.ABSOLUTE_TARGET)
    with host.connect() as connection:
        connection.send(post(BODY, tag, target=f"http://127.0.0.1{PATH}"))
        assert connection.outcome() == expected
    assert len(host.report(tag)["events"]) == (expected == 200)


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_other_paths_take_bodies_of_any_size(host: Host, is_chunked: bool) -> None:
    body = bytes(range(256)) * 4096
    with host.connect() as connection:
        if is_chunked:
            connection.send(post_chunked(chunked(body, 10_000), target="/echo"))
        else:
            connection.send(post(body, target="/echo"))
        assert connection.answer().body == body
        assert connection.goes_on()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_an_application_behind_the_rest_is_404(host: Host, method: str) -> None:
    with host.connect() as connection:
        connection.send(head(method, f"{ALONE}here"))
        assert connection.outcome(bodiless=method == "HEAD") == 404
        assert connection.goes_on()


def test_a_404_of_another_path_stays_one(host: Host) -> None:
    assert host.ask(post(BODY, target="/elsewhere")).status == 404


def test_a_websocket_on_the_callback_path_is_the_applications(host: Host, tag: str) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    with host.connect() as connection:
        connection.send(
            head("GET", PATH, tag, *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        )
        assert connection.outcome() == host.server.expects(Check.WEBSOCKET)
    assert host.settled(tag)["begun"] == (
        ["websocket"] if host.server.protocol == "asgi" else ["GET"]
    )
