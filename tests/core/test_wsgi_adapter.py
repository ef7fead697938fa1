"""The WSGI adapter against servers made of fakes."""

import io
from collections.abc import Iterable
from typing import Any
from wsgiref.validate import validator

import pytest

from fakes import Answered, Input, call, environ
from pushes import OTHER, PUSH
from pushmw import Counts, Receiver
from sites.base import CALLBACK

pytestmark = pytest.mark.usefixtures("headers_new_or_known")

BAD_LENGTHS = ["-1", "+5", "1_0", "5, 5", "5,5", "0x5", "5.0", "²", "five", "9" * 19]


def receiver(**options: Any) -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes one kind only, and the list of what it took."""
    push = Receiver(**options)
    got: list[Any] = []
    push.on("deviceDataChanged")(got.append)
    return push, got


def ignored(*_: Any) -> Any:
    """Stand for the server's ``start_response``."""


def assert_status(answer: Answered, status: int) -> None:
    """See that the answer's form is right, whatever it says."""
    assert answer.status.startswith(f"{status} ")
    assert answer.header("content-length") == str(len(answer.body))
    assert answer.header("content-type") == (
        "text/plain; charset=utf-8" if status == 200 else "application/problem+json"
    )
    assert "connection" not in dict(answer.headers)


# -- what is not ours


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"REQUEST_METHOD": "GET"}, id="another method"),
        pytest.param({"REQUEST_METHOD": "post"}, id="a method in lower case"),
        pytest.param({"REQUEST_METHOD": None}, id="no method"),
        pytest.param({"PATH_INFO": "/"}, id="another path"),
        pytest.param({"PATH_INFO": ""}, id="an empty path"),
        pytest.param({"PATH_INFO": None}, id="no path"),
        pytest.param({"PATH_INFO": "/" + CALLBACK}, id="two slashes"),
        pytest.param({"PATH_INFO": "/api" + CALLBACK}, id="a prefix in the path"),
        pytest.param({"SCRIPT_NAME": CALLBACK, "PATH_INFO": ""}, id="the path as the prefix"),
        pytest.param({"PATH_INFO": CALLBACK + "\0"}, id="a NUL"),
    ],
)
def test_another_request_passes_as_the_identical_objects(members: dict[str, Any]) -> None:
    push, got = receiver()
    seen: list[Any] = []
    iterable = [b"inner"]

    def app(inside: Any, start_response: Any) -> Iterable[bytes]:
        seen.extend((inside, start_response))
        return iterable

    asked = environ(PUSH, **members)
    before = dict(asked)
    start_response: Any = object()
    assert push.wsgi(app)(asked, start_response) is iterable
    assert seen[0] is asked
    assert seen[1] is start_response
    assert asked == before
    assert asked["wsgi.input"].tell() == 0
    assert got == []


def test_what_the_application_returns_goes_to_the_server_which_closes_it() -> None:
    push, _ = receiver()

    class Closing(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    for path in ("/hello", CALLBACK):
        iterable = Closing([b"inner"])

        def app(inside: Any, start_response: Any, given: Any = iterable) -> Iterable[bytes]:
            start_response("200 OK", [])
            return given  # type: ignore[no-any-return]

        answer = push.wsgi(app)(environ(OTHER, PATH_INFO=path), ignored)
        assert answer is iterable
        assert not iterable.closed


@pytest.mark.parametrize("path", ["/hello", CALLBACK])
@pytest.mark.parametrize("error", [RuntimeError(), KeyError("PATH_INFO")], ids=repr)
def test_an_exception_of_the_application_passes_unchanged(path: str, error: Exception) -> None:
    push, _ = receiver()
    asked: list[Any] = []

    def app(inside: Any, start_response: Any) -> Iterable[bytes]:
        asked.append(inside)
        raise error

    with pytest.raises(type(error)) as caught:
        call(push.wsgi(app), environ(OTHER, PATH_INFO=path))
    assert caught.value is error
    assert len(asked) == 1


def test_under_a_prefix_the_rest_of_the_path_counts() -> None:
    push = Receiver()
    paths: list[str] = []
    push.on("*")(lambda event, delivery: paths.append(delivery.path))
    assert_status(call(push.wsgi(), environ(PUSH, SCRIPT_NAME="/api")), 200)
    assert paths == [CALLBACK]


def test_without_an_application_all_but_pushes_is_404() -> None:
    push, got = receiver()
    app = push.wsgi()
    assert_status(call(app, environ(PUSH)), 200)
    assert_status(call(app, environ(OTHER)), 200)
    assert_status(call(app, environ(PUSH, PATH_INFO="/")), 404)
    assert_status(call(app, environ(REQUEST_METHOD="GET")), 404)
    assert len(got) == 1


# -- reading


@pytest.mark.parametrize(
    "sizes", [[len(PUSH)], [1] * len(PUSH), [100, 0]], ids=["whole", "single", "stops"]
)
def test_a_body_is_read_in_sized_reads_until_it_is_there(sizes: list[int]) -> None:
    push, got = receiver()
    parts = []
    rest = PUSH
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    source = Input(*parts)
    asked = environ(source, CONTENT_LENGTH=str(len(PUSH)))
    complete = not rest
    assert_status(call(push.wsgi(), asked), 200 if complete else 400)
    assert len(got) == complete
    read = 0
    for size, part in zip(source.sizes, parts, strict=False):
        assert 0 < size <= len(PUSH) - read
        read += len(part)


def test_nothing_beyond_the_length_is_read() -> None:
    """What follows is the next request."""
    push, got = receiver()
    source = io.BytesIO(PUSH + b"POST / HTTP/1.1")
    asked = environ(source, CONTENT_LENGTH=str(len(PUSH)), **{"wsgi.input_terminated": False})
    assert_status(call(push.wsgi(), asked), 200)
    assert source.tell() == len(PUSH)
    assert len(got) == 1


@pytest.mark.parametrize("more", [{}, {"wsgi.input_terminated": True}], ids=["not", "terminated"])
def test_a_body_shorter_than_its_length_is_refused(more: dict[str, Any]) -> None:
    push, got = receiver()
    asked = environ(io.BytesIO(PUSH), CONTENT_LENGTH=str(len(PUSH) + 1), **more)
    assert_status(call(push.wsgi(), asked), 400)
    assert got == []
    assert push.counts == Counts(refused=1)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="the flag is absent"),
        pytest.param({"wsgi.input_terminated": False}, id="the flag is false"),
        pytest.param({"CONTENT_LENGTH": ""}, id="the length is empty"),
        pytest.param({"HTTP_TRANSFER_ENCODING": "chunked"}, id="chunked"),
    ],
)
def test_a_body_without_an_end_is_not_even_looked_at(members: dict[str, Any]) -> None:
    push, got = receiver()
    source = Input(PUSH)
    assert_status(call(push.wsgi(), environ(source, **members)), 411)
    assert source.sizes == []
    assert got == []


def test_a_body_with_an_end_of_its_own_is_read_to_it() -> None:
    push, got = receiver(max_body=len(PUSH))
    source = Input(PUSH[:40], PUSH[40:])
    chunked: dict[str, Any] = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
    }
    assert_status(call(push.wsgi(), environ(source, **chunked)), 200)
    assert len(got) == 1
    assert source.sizes == [len(PUSH) + 1, len(PUSH) - 39, 1]


def test_an_endless_body_is_read_up_to_the_limit_only() -> None:
    push, got = receiver(max_body=100_000)
    source = Input(b"x" * 10_000_000)
    asked = environ(source, **{"wsgi.input_terminated": True})
    assert_status(call(push.wsgi(), asked), 413)
    assert sum(source.sizes) == 100_001
    assert max(source.sizes) <= 64 * 1024
    assert got == []


@pytest.mark.parametrize("difference", [-1, 0, 1])
def test_a_length_beside_a_transfer_encoding_has_to_be_true(difference: int) -> None:
    """waitress fills it in; elsewhere it is a sign of broken framing."""
    push, got = receiver()
    members: dict[str, Any] = {
        "CONTENT_LENGTH": str(len(PUSH) + difference),
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
    }
    assert_status(call(push.wsgi(), environ(Input(PUSH), **members)), 400 if difference else 200)
    assert len(got) == (not difference)


@pytest.mark.parametrize("error", [OSError("gone"), ValueError("bad chunk")])
@pytest.mark.parametrize("after", [(), (PUSH[:40],)], ids=["at once", "later"])
@pytest.mark.parametrize("ends", [False, True], ids=["length", "terminated"])
def test_an_error_while_reading_is_an_incomplete_body(
    error: Exception, after: tuple[bytes, ...], ends: bool
) -> None:
    push, got = receiver()
    members = {"wsgi.input_terminated": True} if ends else {"CONTENT_LENGTH": str(len(PUSH))}
    assert_status(call(push.wsgi(), environ(Input(*after, error, error), **members)), 400)
    assert got == []


# -- refusing


@pytest.mark.parametrize("length", BAD_LENGTHS)
def test_a_length_that_is_no_plain_number_is_refused_without_reading(length: str) -> None:
    push, got = receiver()
    source = Input(PUSH)
    iterable = push.wsgi()(environ(source, CONTENT_LENGTH=length), ignored)
    assert b"Content-Length" in b"".join(iterable)
    assert source.sizes == []
    assert got == []


FORBIDDEN = [
    pytest.param({"CONTENT_LENGTH": "nonsense"}, 400, id="length"),
    pytest.param({"CONTENT_LENGTH": "0"}, 400, id="empty"),
    pytest.param({"CONTENT_LENGTH": "1001"}, 413, id="too large"),
    pytest.param({"HTTP_CONTENT_ENCODING": "gzip"}, 415, id="encoding"),
]


@pytest.mark.parametrize(("members", "status"), FORBIDDEN)
def test_what_the_headers_forbid_is_answered_before_anything_is_read(
    members: dict[str, Any], status: int
) -> None:
    push, got = receiver(max_body=1000)
    source = Input(PUSH)
    asked = environ(source, **{"CONTENT_LENGTH": str(len(PUSH)), **members})
    statuses: list[str] = []

    def start_response(line: str, *_: Any) -> Any:
        statuses.append(line)

    assert b"".join(push.wsgi()(asked, start_response))
    assert statuses[0].startswith(str(status))
    assert source.sizes == []
    assert got == []
    assert push.counts == Counts(refused=1)


def refuse(source: Any, **members: Any) -> Answered:
    """Have a request refused because of its encoding, and the answer closed."""
    push, _ = receiver(max_body=10)
    return call(push.wsgi(), environ(source, HTTP_CONTENT_ENCODING="gzip", **members))


def test_after_a_refusal_what_was_sent_is_read_so_that_the_client_sees_the_answer() -> None:
    source = Input(b"x" * 1000, b"x" * 2000, b"the next request")
    assert_status(refuse(source, CONTENT_LENGTH="3000"), 415)
    assert source.sizes == [3000, 2000]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"CONTENT_LENGTH": str(256 * 1024 + 1)}, id="too much"),
        pytest.param({"CONTENT_LENGTH": "10", "HTTP_EXPECT": "100-continue"}, id="held back"),
        pytest.param({"CONTENT_LENGTH": "10", "SERVER_PROTOCOL": "HTTP/2"}, id="http2"),
        pytest.param({"CONTENT_LENGTH": "-1"}, id="nonsense"),
        pytest.param({}, id="no length"),
    ],
)
def test_after_a_refusal_nothing_is_read_if_there_may_be_no_end(members: dict[str, Any]) -> None:
    source = Input(b"x" * 1000)
    assert_status(refuse(source, **members), 415)
    assert source.sizes == []


@pytest.mark.parametrize("error", [OSError(), ValueError()])
def test_a_client_that_went_away_after_a_refusal_is_nobodys_error(error: Exception) -> None:
    assert_status(refuse(Input(b"x", error), CONTENT_LENGTH="10"), 415)


# -- handlers


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("awaited", [False, True], ids=["sync", "async"])
def test_what_ends_the_process_is_not_swallowed(
    caplog: pytest.LogCaptureFixture, error: type[BaseException], awaited: bool
) -> None:
    push = Receiver(guards=[])

    def handler(event: Any) -> None:
        raise error

    async def ahandler(event: Any) -> None:
        raise error

    if awaited:
        push.on("*")(ahandler)
    else:
        push.on("*")(handler)
    for _ in range(2):  # the loop still runs
        with pytest.raises(error):
            call(push.wsgi(), environ(PUSH))
    assert caplog.text == ""


# -- the protocol


def strict_app(inside: Any, start_response: Any) -> Iterable[bytes]:
    body = inside["wsgi.input"].read(int(inside["CONTENT_LENGTH"] or 0))
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("X-Length", str(len(body)))])
    return [b"inner"]


@pytest.mark.parametrize(
    ("body", "members", "status"),
    [
        pytest.param(PUSH, {}, 200, id="handled"),
        pytest.param(OTHER, {}, 200, id="falls through"),
        pytest.param(b"rubbish", {}, 200, id="not understood"),
        pytest.param(PUSH, {"PATH_INFO": "/"}, 404, id="not ours"),
        pytest.param(b"", {}, 400, id="refused"),
        pytest.param(PUSH, {"CONTENT_LENGTH": "1001"}, 413, id="refused unread"),
        pytest.param(b"[" * 1000, {}, 400, id="too deep"),
    ],
)
def test_both_sides_keep_to_the_protocol(body: bytes, members: dict[str, Any], status: int) -> None:
    push, _ = receiver(max_body=1000)
    app: Any = validator(push.wsgi(validator(strict_app)))
    assert call(app, environ(body, **members)).status.startswith(f"{status} ")


def test_both_sides_keep_to_the_protocol_when_a_handler_fails() -> None:
    push = Receiver()
    push.on("*")(lambda event: 1 / 0)
    app: Any = validator(push.wsgi(validator(strict_app)))
    assert_status(call(app, environ(PUSH)), 503)


def test_headers_that_are_edited_outside_are_whole_the_next_time() -> None:
    push, _ = receiver()

    def edit(status: str, headers: list[Any], *_: Any) -> Any:
        headers.clear()

    push.wsgi()(environ(PUSH), edit)
    assert_status(call(push.wsgi(), environ(PUSH)), 200)
