"""A push that is understood: every kind arrives, as its own class."""

import pytest

from documented import KINDS
from pushes import PUSH, assert_ok
from pushmw import Notification, Receiver
from pushmw.samples import samples
from sites.base import COMMANDS, Start, Style


@pytest.mark.parametrize(("kind", "body"), samples().items(), ids=samples())
def test_a_push_of_each_kind_arrives_typed(
    start: Start, style: Style, kind: str, body: bytes
) -> None:
    push = Receiver()
    got: list[Notification] = []
    style.on(push, kind)(got.append)
    reply = start(push).post(body)
    assert_ok(reply)
    assert [type(event) for event in got] == [KINDS[kind]]
    assert push.counts.handled == 1


def test_both_paths_of_the_sdks_are_ours(serve: Start, style: Style) -> None:
    push = Receiver()
    got: list[Notification] = []
    style.on(push, "*")(got.append)
    site = serve(push)
    assert_ok(site.post(PUSH))
    assert_ok(site.post(PUSH, path=COMMANDS))
    assert len(got) == 2
