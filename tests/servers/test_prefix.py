"""Below a prefix the callback path is ours, whichever way a server is told of the prefix."""

from collections.abc import Iterator

import pytest

from pushmw.samples import sample
from servers.client import PATH, post
from servers.mounts import MOUNTS, PREFIX, Mount
from servers.process import Host, hosting
from servers.promises import Outcome

BODY = sample("deviceDeleted")


@pytest.fixture(scope="session", params=MOUNTS, ids=lambda mount: mount.name)
def mounted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Mount, Host]]:
    mount: Mount = request.param
    folder = tmp_path_factory.mktemp(mount.of)
    with hosting(mount.server, folder, prefix=PREFIX) as host:
        yield mount, host


def push(mounted: tuple[Mount, Host], tag: str, target: str) -> Outcome:
    """Push once, and see that a handler gets the path without the prefix, or nothing."""
    mount, host = mounted
    with host.connect() as connection:
        connection.send(post(BODY, tag, *mount.fields, target=target))
        outcome = connection.outcome()
    paths = [event["path"] for event in host.report(tag)["events"]]
    assert paths == ([PATH] if outcome == 200 else [])
    return outcome


def test_a_push_below_the_prefix_is_ours(mounted: tuple[Mount, Host], tag: str) -> None:
    assert push(mounted, tag, f"{PREFIX}{PATH}") == mounted[0].kept


def test_a_push_whose_prefix_a_proxy_has_taken_off_is_ours(
    mounted: tuple[Mount, Host], tag: str
) -> None:
    assert push(mounted, tag, PATH) == mounted[0].removed


@pytest.mark.parametrize("prefix", [f"{PREFIX}2", f"{PREFIX}{PREFIX}"], ids=["longer", "twice"])
def test_another_prefix_is_not_ours(mounted: tuple[Mount, Host], tag: str, prefix: str) -> None:
    assert push(mounted, tag, f"{prefix}{PATH}") == 404


def test_there_is_a_way_to_each_server_and_a_reason_where_there_is_only_one() -> None:
    assert all(200 in {mount.kept, mount.removed} for mount in MOUNTS)
    assert all((mount.kept == mount.removed) == (not mount.reason) for mount in MOUNTS)
