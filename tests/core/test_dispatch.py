"""What is ours, and which handlers run in which order: worked out without running anything."""

from typing import Any

import msgspec
import pytest

from pushmw._dispatch.plan import ANY, UNHANDLED, Around, Handler, Hook, Plan, flatten, plans
from pushmw.notifications import DeviceAdded, DeviceDeleted, Notification

KINDS: dict[str, type[Notification]] = {"added": DeviceAdded, "deleted": DeviceDeleted}


def handler(name: str, *kinds: str, where: Any = None, structs: tuple[type, ...] = ()) -> Handler:
    return Handler(print, name, kinds, structs, where)


def names(plan: Plan | None) -> tuple[list[str], list[str]]:
    assert plan is not None
    return [h.name for h in plan.handlers], [h.name for h in plan.rest]


class Registered(msgspec.Struct, eq=False):
    entries: list[Any] = []
    arounds: list[Around] = []
    hooks: list[Hook] = []


# Plans


def test_nothing_is_ours_without_handlers() -> None:
    assert plans([], KINDS) == ({}, None)


def test_a_kind_is_ours_when_it_has_a_handler() -> None:
    table, unrecognised = plans([handler("a", "added")], KINDS)
    assert list(table) == ["added"]
    assert names(table["added"]) == (["a"], [])
    assert unrecognised is None


def test_handlers_of_a_kind_run_in_order_and_those_for_every_kind_after_them() -> None:
    handlers = [
        handler("every", ANY),
        handler("first", "added", "deleted"),
        handler("other", "deleted"),
        handler("every more", ANY),
        handler("last", "added"),
    ]
    table, _ = plans(handlers, KINDS)
    assert names(table["added"]) == (["first", "last", "every", "every more"], [])
    assert names(table["deleted"]) == (["first", "other", "every", "every more"], [])


def test_a_kind_named_beside_every_kind_is_a_specific_one() -> None:
    handlers = [
        handler("every", ANY),
        handler("both", "added", ANY, UNHANDLED),
        handler("a", "added"),
        handler("b", "deleted"),
    ]
    table, unrecognised = plans(handlers, KINDS)
    assert names(table["added"]) == (["both", "a", "every"], [])
    assert names(table["deleted"]) == (["b", "every", "both"], [])
    assert names(unrecognised) == (["both"], [])


def test_a_handler_for_every_kind_makes_every_kind_ours_but_not_the_rest() -> None:
    table, unrecognised = plans([handler("every", ANY)], KINDS)
    assert table.keys() == KINDS.keys()
    assert unrecognised is None


def test_unhandled_makes_everything_ours() -> None:
    table, unrecognised = plans([handler("rest", UNHANDLED), handler("a", "added")], KINDS)
    assert names(table["added"]) == (["a"], [])
    assert names(table["deleted"]) == (["rest"], [])
    assert names(unrecognised) == (["rest"], [])


def test_unhandled_stands_by_where_every_handler_has_a_condition() -> None:
    rest = handler("rest", UNHANDLED)
    table, _ = plans([handler("a", "added", where=bool), rest], KINDS)
    assert names(table["added"]) == (["a"], ["rest"])
    table, _ = plans([handler("a", "added", where=bool), handler("every", ANY), rest], KINDS)
    assert names(table["added"]) == (["a", "every"], [])
    table, _ = plans([handler("a", "added", where=bool), handler("b", ANY, where=bool)], KINDS)
    assert names(table["added"]) == (["a", "b"], [])


def test_a_handler_named_twice_for_a_kind_runs_once() -> None:
    table, _ = plans([handler("a", "added", "added")], KINDS)
    assert names(table["added"]) == (["a"], [])


def test_a_class_registered_for_must_be_the_one_that_comes() -> None:
    plans([handler("a", "added", structs=(DeviceAdded,))], KINDS)
    plans([handler("a", "added", structs=(Notification,))], KINDS)
    with pytest.raises(TypeError, match=r"^a.* registered for DeviceDeleted, but 'added' was defi"):
        plans([handler("a", "added", structs=(DeviceDeleted,))], KINDS)


# Flattening


def around(name: str) -> Around:
    return Around(name.upper, takes_delivery=False, awaited=False)


def test_a_flat_registry_gives_each_handler_its_context_managers_and_hooks() -> None:
    hook = Hook(print, "hook", awaited=False)
    registry = Registered([handler("a", "added"), handler("b", ANY)], [around("x")], [hook])
    flat = flatten(registry)
    assert [h.name for h in flat] == ["a", "b"]
    assert all(h.arounds == (registry.arounds[0],) and h.errors == (hook,) for h in flat)


def test_included_handlers_have_the_outer_context_managers_too_but_not_the_other_way_round() -> (
    None
):
    outer_hook, inner_hook = (Hook(print, name, awaited=False) for name in ("outer", "inner"))
    inner = Registered([handler("in", "added")], [around("inner")], [inner_hook])
    outer = Registered(
        [handler("before", "added"), inner, handler("after", "added")],
        [around("outer")],
        [outer_hook],
    )
    before, inside, after = flatten(outer)
    assert [h.name for h in (before, inside, after)] == ["before", "in", "after"]
    assert inside.arounds == (*outer.arounds, *inner.arounds)
    assert before.arounds == after.arounds == tuple(outer.arounds)
    assert inside.errors == (inner_hook, outer_hook)
    assert before.errors == after.errors == (outer_hook,)


def test_a_registry_in_several_places_counts_once() -> None:
    shared = Registered([handler("a", "added")])
    outer = Registered([shared, Registered([shared])])
    assert [h.name for h in flatten(outer)] == ["a"]


def test_a_registry_inside_itself_is_refused() -> None:
    outer, middle, inner = Registered(), Registered(), Registered()
    outer.entries.append(middle)
    middle.entries.append(inner)
    inner.entries.append(outer)
    for registry in (outer, middle, inner):
        with pytest.raises(ValueError, match=r"^include: a receiver includes itself$"):
            flatten(registry)
