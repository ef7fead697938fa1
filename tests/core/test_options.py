from typing import Any

import pytest

from pushmw import Receiver
from pushmw._dispatch.delivery import KEPT_HEADERS, SECRET_HEADERS
from pushmw._register.options import DEFAULTS, SDK_PATHS


def test_the_defaults_are_those_of_the_documentation() -> None:
    options = Receiver().options
    assert options.path == SDK_PATHS == ("/v1.0.0/messageReceiver", "/v1.0.0/messageReceiver/cmd")
    assert options.max_body == 2 * 1024 * 1024
    assert (options.body_deadline, options.handler_deadline) == (5, 12)
    assert options.threads == 32
    assert options.fallthrough
    assert not options.strict
    assert options.keep_headers == KEPT_HEADERS


def test_the_defaults_pass_their_own_checks() -> None:
    values = {name: getattr(DEFAULTS, name) for name in DEFAULTS.__struct_fields__}
    assert DEFAULTS.updated(**values) == DEFAULTS


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        pytest.param("/a", ("/a",), id="one"),
        pytest.param("/a*b/", ("/a*b/",), id="a star that is no pattern"),
        pytest.param(["/a", "/b/"], ("/a", "/b/"), id="several"),
        pytest.param((p for p in ("/a", "/ü")), ("/a", "/ü"), id="any iterable"),
    ],
)
def test_a_path_may_be_one_or_several(path: Any, paths: tuple[str, ...]) -> None:
    assert Receiver(path).options.path == paths


def test_a_path_may_be_configured_by_its_name() -> None:
    push = Receiver("/a")
    push.configure(path="/b")
    assert push.options.path == ("/b",)
    assert set(push.paths.wsgi) == {"/b"}


def test_options_that_are_not_given_keep_their_values() -> None:
    push = Receiver("/a", strict=True)
    push.configure(max_body=1)
    assert (push.options.path, push.options.strict, push.options.max_body) == (("/a",), True, 1)


def test_seconds_may_be_whole() -> None:
    options = Receiver(body_deadline=1, handler_deadline=14).options
    assert isinstance(options.body_deadline, float)
    assert options.handler_deadline == 14


def test_kept_headers_are_added_to_the_usual_ones_in_lower_case() -> None:
    kept = Receiver(keep_headers=["X-Tenant", "x-tenant", "USER-AGENT"]).options.keep_headers
    assert kept == (*KEPT_HEADERS, "x-tenant")


@pytest.mark.parametrize("header", sorted(SECRET_HEADERS))
def test_a_header_that_opens_doors_is_not_kept(header: str) -> None:
    with pytest.raises(ValueError, match=f"keep_headers must not hold '{header}'"):
        Receiver(keep_headers=[header.title()])


WRONG: list[tuple[str, Any, type[Exception], str]] = [
    ("path", 7, TypeError, "path must be one or several paths, not 7"),
    ("path", "", ValueError, "path must be one or several paths that begin with '/'"),
    ("path", "push", ValueError, "path must be one or several paths that begin with '/'"),
    ("path", [b"/push"], ValueError, "path must be one or several paths that begin with '/'"),
    ("path", "/push?a=b", ValueError, "path must be without a query or fragment"),
    ("path", "/push#a", ValueError, "path must be without a query or fragment"),
    (
        "path",
        "/secret/<id>/a",
        ValueError,
        "path is matched as it stands, so a pattern such as '<id>' never matches",
    ),
    (
        "path",
        "/secret/{id}",
        ValueError,
        "path is matched as it stands, so a pattern such as '{id}' never matches",
    ),
    (
        "path",
        "/secret/*",
        ValueError,
        "path is matched as it stands, so a pattern such as '*' never matches",
    ),
    (
        "path",
        "/a%20b",
        ValueError,
        "path is matched decoded, so '%20' never matches: write the character",
    ),
    ("path", "/a/../b", ValueError, "path must be without '/..', which clients take out"),
    ("path", "/a/.", ValueError, "path must be without '/.', which clients take out"),
    ("path", "/push\n", ValueError, "path must be without '\\n', which no path has"),
    ("path", "/push ", ValueError, "path must be without ' ', which no path has"),
    (
        "path",
        "/\ud800",
        ValueError,
        "path must be text that UTF-8 can hold, which '\\ud800' is not",
    ),
    ("path", [], ValueError, "path must name at least one path"),
    ("max_body", "1", TypeError, "max_body must be a whole number, not '1'"),
    ("max_body", 1.5, TypeError, "max_body must be a whole number, not 1.5"),
    ("max_body", True, TypeError, "max_body must be a whole number, not True"),
    ("max_body", 0, ValueError, "max_body must be at least 1, not 0"),
    ("threads", None, TypeError, "threads must be a whole number, not None"),
    ("threads", -1, ValueError, "threads must be at least 1, not -1"),
    ("body_deadline", "5", TypeError, "body_deadline must be a number of seconds, not '5'"),
    ("body_deadline", True, TypeError, "body_deadline must be a number of seconds, not True"),
    ("body_deadline", 0, ValueError, "body_deadline must be more than 0 seconds, not 0"),
    ("body_deadline", float("nan"), ValueError, "body_deadline must be more than 0 seconds"),
    ("body_deadline", 13, ValueError, "body_deadline must not exceed handler_deadline"),
    ("handler_deadline", -1, ValueError, "handler_deadline must be more than 0 seconds, not -1"),
    ("handler_deadline", 4, ValueError, "body_deadline must not exceed handler_deadline"),
    ("handler_deadline", 15, ValueError, "under the 15 s the platform waits, not 5.0 and 15.0"),
    ("handler_deadline", float("inf"), ValueError, "under the 15 s the platform waits"),
    ("fallthrough", 1, TypeError, "fallthrough must be True or False, not 1"),
    ("strict", "no", TypeError, "strict must be True or False, not 'no'"),
    ("keep_headers", "x-a", TypeError, "keep_headers must be several header names, not 'x-a'"),
    ("retries", 3, TypeError, "unknown option 'retries'; there are path, guards, max_body,"),
]


@pytest.mark.parametrize(
    ("name", "value", "error", "text"), WRONG, ids=[f"{row[0]}-{row[1]!r}" for row in WRONG]
)
def test_a_wrong_option_is_refused_where_it_is_written(
    name: str, value: Any, error: type[Exception], text: str
) -> None:
    push: Any = Receiver()
    with pytest.raises(error) as caught:
        push.configure(**{name: value})
    assert text in str(caught.value)
    with pytest.raises(error):
        Receiver(**{name: value})
    assert push.options == DEFAULTS


@pytest.mark.parametrize("value", [7, None, [7], [b"x-a"]], ids=repr)
def test_header_names_that_are_none_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="keep_headers must be several header names"):
        Receiver(keep_headers=value)
