import pytest

from pushmw._http.paths import Paths


def paths(*wanted: str) -> Paths:
    made = Paths()
    made.set(wanted)
    return made


@pytest.mark.parametrize(
    ("root", "path"),
    [
        pytest.param("", "/push", id="no root"),
        pytest.param("/api", "/api/push", id="root in front of the path"),
        pytest.param("/api", "/push", id="root taken off already"),
        pytest.param("/push", "/push/push", id="root that looks like the path"),
        pytest.param("/push", "/push", id="the same, taken off already"),
        pytest.param("/pu", "/push", id="root that is only a beginning"),
    ],
)
def test_a_path_matches_with_or_without_the_root_in_front(root: str, path: str) -> None:
    assert path in paths("/push").mounted(root)


@pytest.mark.parametrize(
    ("root", "path"),
    [
        ("", "/api/push"),
        ("", "/push/"),
        ("", "//push"),
        ("", "/PUSH"),
        ("", "/push;x"),
        ("", ""),
        ("/api", "/other/push"),
        ("/api", "/api//push"),
        ("/api/", "/api/push"),
        ("/api", "/apipush"),
    ],
)
def test_nothing_else_matches(root: str, path: str) -> None:
    assert path not in paths("/push").mounted(root)


def test_under_a_root_that_the_path_begins_with_only_the_whole_counts() -> None:
    matching = paths("/api/push").mounted("/api")
    assert "/api/api/push" in matching
    assert "/api/push" not in matching, "that is /push of the mounted application"


def test_wsgi_spells_other_letters_as_bytes() -> None:
    assert set(paths("/ä", "/b").wsgi) == {"/\xc3\xa4", "/b"}


def test_the_tables_are_changed_in_place() -> None:
    made = paths("/old")
    wsgi, under = made.wsgi, made.under
    made.mounted("/api")
    made.set(["/new"])
    assert made.wsgi is wsgi
    assert set(wsgi) == {"/new"}
    assert made.under is under
    assert set(made.mounted("/api")) == {"/api/new", "/new"} == set(under["/api"])
    assert "/new" in made
    assert "/old" not in made


def test_a_router_with_endless_roots_fills_no_memory() -> None:
    made = paths("/push")
    for number in range(1000):
        made.mounted(f"/{number}")
    assert len(made.under) <= 64


def test_a_long_root_is_matched_and_not_remembered() -> None:
    made = paths("/push")
    root = "/" + "x" * 1000
    assert f"{root}/push" in made.mounted(root)
    assert made.under == {}
    made.mounted("/api")
    assert list(made.under) == ["/api"]
