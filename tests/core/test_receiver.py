"""The receiver as a whole: kinds of the user's own, included receivers, options, the default."""

import copy
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec
import pytest

from pushmw import DeviceAdded, DeviceDeleted, NBCommandStatusChanged, Notification, Receiver
from pushmw._dispatch.glue import Glue
from pushmw.samples import sample

# Kinds of the user's own


class Frozen(msgspec.Struct, frozen=True):
    """What a meter says."""

    value: int = 0


class Changeable(msgspec.Struct):
    value: int = 0


class Renamed(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    value: int = msgspec.field(name="Amount", default=0)
    unit_name: str = ""


class Tagged(msgspec.Struct, tag="other", tag_field="sort"):
    value: int = 0


class Own(Notification, frozen=True, kw_only=True):
    value: int = 0


class Named(msgspec.Struct):
    device_id: str = ""
    value: int = 0


def told(name: str) -> dict[str, Any]:
    """Give the members that tell a kind and are members of its events."""
    return {"event": name.partition(":")[2]} if ":" in name else {}


def pickled(event: Any) -> Any:
    return pickle.loads(pickle.dumps(event))


@pytest.mark.parametrize(
    ("struct", "member"),
    [
        pytest.param(Frozen, "value", id="frozen"),
        pytest.param(Changeable, "value", id="not frozen"),
        pytest.param(Renamed, "Amount", id="with names of its own"),
        pytest.param(Tagged, "value", id="with a tag of its own"),
        pytest.param(Own, "value", id="a notification already"),
        pytest.param(Named, "value", id="with the names of the base"),
    ],
)
def test_a_struct_of_the_users_becomes_a_kind(struct: Any, member: str) -> None:
    push = Receiver()
    seen: list[Any] = []
    made = push.define("meter", struct)
    name: Any = "meter"
    for what in (name, struct, made):
        push.on(what)(lambda event: seen.append(event))  # noqa: PLW0108 - another each time
    body = msgspec.json.encode({"notifyType": "meter", member: 7})
    assert push.handle(body).status == 200
    assert len(seen) == 3
    assert all(isinstance(event, struct) and isinstance(event, Notification) for event in seen)
    assert {(event.value, event.kind, type(event)) for event in seen} == {(7, "meter", made)}
    assert (made.__name__, made.__doc__) == (struct.__name__, struct.__doc__)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, pickled], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("name", ["meter", "my.meter:read", "deviceAdded", "commandStateChanged"])
def test_an_event_of_a_kind_of_the_users_own_can_be_copied_and_pickled(
    name: str, again: Any
) -> None:
    first, second = Receiver(), Receiver()
    made: Any = first.define(name, Frozen)
    other: Any = second.define(name, Renamed)
    event = made(**told(name), value=7)
    same = again(event)
    assert type(same) is made is not other
    assert same == event
    assert (same.kind, same.value) == (name, 7)
    assert type(again(other(**told(name), value=8))) is other


def test_a_definition_replaces_a_built_in_kind_for_this_receiver_only() -> None:
    push, other = Receiver(), Receiver()
    push.define("deviceAdded", Frozen)
    seen: list[Any] = []
    for receiver in (push, other):
        receiver.on("deviceAdded")(seen.append)
        receiver.handle(sample("deviceAdded", deviceId="a"))
    assert [type(event).__name__ for event in seen] == ["Frozen", "DeviceAdded"]


class More(DeviceAdded, frozen=True, kw_only=True):
    tenant: str = ""


def test_a_definition_may_extend_a_built_in_class() -> None:
    push = Receiver()
    push.define("deviceAdded", More)
    seen: list[Any] = []

    @push.on(DeviceAdded)
    def handler(event: DeviceAdded) -> None:
        seen.append(event)

    push.handle(b'{"notifyType":"deviceAdded","deviceId":"a","tenant":"b"}')
    assert (seen[0].device_id, seen[0].tenant) == ("a", "b")


def test_the_command_state_can_be_defined_anew() -> None:
    push = Receiver()
    push.define("commandStateChanged", Named)
    seen: list[Any] = []
    push.on("commandStateChanged")(seen.append)
    assert push.handle(b'{"commandId":"c","result":1,"device_id":"a"}').status == 200
    assert (seen[0].kind, seen[0].device_id) == ("commandStateChanged", "a")


def test_of_two_definitions_of_a_kind_the_last_one_counts() -> None:
    push = Receiver()
    push.define("meter", Changeable)
    push.define("meter", Frozen)
    assert issubclass(push.kinds()["meter"], Frozen)


def test_a_kind_with_handlers_is_not_defined_anew() -> None:
    push = Receiver()
    push.on("deviceAdded")(print)
    with pytest.raises(RuntimeError, match="define: 'deviceAdded' has handlers already; define it"):
        push.define("deviceAdded", Frozen)


def test_a_built_in_class_is_refused_for_a_kind_defined_as_something_else() -> None:
    push = Receiver()
    push.define("deviceAdded", Frozen)
    with pytest.raises(TypeError, match=r"DeviceAdded, but 'deviceAdded' was defined as .*Frozen"):
        push.on(DeviceAdded)(lambda event: None)


@pytest.mark.parametrize(
    "struct", [7, dict, Frozen(), DeviceAdded.__name__], ids=["number", "class", "object", "name"]
)
def test_what_is_no_struct_is_not_defined(struct: Any) -> None:
    with pytest.raises(TypeError, match=r"^define: .* is not a msgspec.Struct class$"):
        Receiver().define("meter", struct)


class AsArray(msgspec.Struct, array_like=True):
    value: int


class Unresolved(msgspec.Struct):
    value: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("struct", [AsArray, Unresolved], ids=["array", "unknown annotation"])
def test_a_struct_msgspec_cannot_read_is_not_defined(struct: Any) -> None:
    with pytest.raises(TypeError, match=struct.__name__):
        Receiver().define("meter", struct)


@pytest.mark.parametrize("name", ["*", "unhandled", "", 7], ids=repr)
def test_a_name_with_another_meaning_is_not_defined(name: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="define: "):
        Receiver().define(name, Frozen)


# Receivers that include others


def runs(push: Receiver, kind: str = "deviceDeleted") -> list[str]:
    return push.registered.get(kind, [])


def named(push: Receiver, name: str, what: Any = "deviceDeleted") -> None:
    push.on(what, name=name)(lambda event: None)


def test_included_handlers_run_where_the_call_stands() -> None:
    outer, inner, innermost = Receiver(), Receiver(), Receiver()
    named(outer, "every", "*")
    named(outer, "first")
    outer.include(inner)
    named(outer, "last")
    inner.include(innermost)
    named(inner, "second, registered later")
    named(innermost, "deep inside")
    assert runs(outer) == ["first", "deep inside", "second, registered later", "last", "every"]
    assert runs(inner) == ["deep inside", "second, registered later"]


def test_a_kind_defined_in_an_included_receiver_is_known_outside() -> None:
    outer, inner = Receiver(), Receiver()
    inner.define("meter", Frozen)
    named(inner, "inner", "meter")
    outer.include(inner)
    named(outer, "outer", "meter")
    assert runs(outer, "meter") == ["inner", "outer"]


def test_a_kind_defined_outside_counts_more_than_inside() -> None:
    outer, inner = Receiver(), Receiver()
    inner.define("meter", Frozen)
    outer.define("meter", Changeable)
    outer.include(inner)
    assert issubclass(outer.kinds()["meter"], Changeable)


def test_a_handler_inside_for_a_class_that_is_defined_anew_outside_is_refused() -> None:
    outer, inner = Receiver(), Receiver()
    inner.on(DeviceAdded, name="inner")(lambda event: None)
    outer.define("deviceAdded", Frozen)
    with pytest.raises(TypeError, match=r"inner.* registered for DeviceAdded, but 'deviceAdded' "):
        outer.include(inner)
    assert outer.entries == []


def test_the_same_is_refused_where_the_handlers_came_later() -> None:
    outer, inner = Receiver(), Receiver()
    outer.define("deviceAdded", Frozen)
    outer.include(inner)
    inner.on(DeviceAdded, name="inner")(lambda event: None)
    with pytest.raises(TypeError, match=r"inner.* registered for DeviceAdded, but 'deviceAdded' "):
        _ = outer.registered


def test_a_receiver_does_not_include_itself() -> None:
    outer, inner, innermost = Receiver(), Receiver(), Receiver()
    outer.include(inner)
    inner.include(innermost)
    for receiver in (outer, inner, innermost):
        with pytest.raises(ValueError, match="include: a receiver includes itself"):
            innermost.include(receiver)
    assert outer.registered == {}


def test_a_receiver_may_be_included_by_several() -> None:
    one, other, shared = Receiver(), Receiver(), Receiver()
    named(shared, "shared")
    one.include(shared)
    other.include(shared)
    assert runs(one) == runs(other) == ["shared"]


@pytest.mark.parametrize(
    ("options", "names"),
    [({"path": "/a"}, "path"), ({"strict": False, "max_body": 7}, "max_body, strict")],
    ids=["path", "options"],
)
def test_an_included_receiver_has_no_options_of_its_own(options: Any, names: str) -> None:
    inner = Receiver()
    inner.configure(**options)
    with pytest.raises(ValueError, match="include: ") as caught:
        Receiver().include(inner)
    assert f"options of its own ({names}); set them on the receiver" in str(caught.value)


def noting(notes: list[str], name: str) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def around() -> Iterator[None]:
        notes.append(f"enter {name}")
        yield
        notes.append(f"leave {name}")

    return around


def test_context_managers_hold_for_the_handlers_of_their_receiver_only() -> None:
    outer, inner = Receiver(), Receiver()
    notes: list[str] = []
    inner.around(noting(notes, "inner"))
    outer.include(inner)
    inner.on("deviceDeleted")(lambda event: notes.append("inside"))
    outer.on("deviceDeleted")(lambda event: notes.append("outside"))
    outer.around(noting(notes, "first"))
    outer.around(noting(notes, "second"))
    outer.handle(sample("deviceDeleted"))
    assert notes == [
        *("enter first", "enter second", "enter inner", "inside"),
        *("leave inner", "leave second", "leave first"),
        *("enter first", "enter second", "outside", "leave second", "leave first"),
    ]


def test_error_hooks_run_from_the_inside_out() -> None:
    outer, inner = Receiver(), Receiver()
    notes: list[str] = []
    outer.include(inner)
    outer.error(lambda error, delivery: notes.append(f"outer {delivery.handler}"))
    inner.error(lambda error, delivery: notes.append(f"inner {delivery.handler}"))
    inner.on("deviceDeleted", name="within")(lambda event: int("x"))
    outer.on("deviceDeleted", name="without")(lambda event: int("x"))
    assert outer.handle(sample("deviceDeleted")).status == 503
    assert notes == ["inner within", "outer within", "outer without"]


# Compiled once


def asked_for_kinds(threads: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Push from so many threads at once; tell how often it was asked what kinds there are."""
    push = Receiver()
    asked, statuses = list[Any](), list[int]()
    start = threading.Barrier(threads)
    kinds = push.kinds

    def slowly() -> Any:
        threading.Event().wait(0.1)
        asked.append(kinds())
        return asked[-1]

    def push_it() -> None:
        start.wait()
        statuses.append(push.handle(sample("deviceDeleted")).status)

    monkeypatch.setattr(push, "kinds", slowly)
    pushing = [threading.Thread(target=push_it) for _ in range(threads)]
    for thread in pushing:
        thread.start()
    for thread in pushing:
        thread.join()
    assert statuses == [200] * threads
    return len(asked)


def test_the_table_is_compiled_once_by_the_first_of_many_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert asked_for_kinds(8, monkeypatch) == asked_for_kinds(1, monkeypatch) > 0


def test_the_glue_of_a_framework_is_replaced_and_does_not_stack() -> None:
    push = Receiver()
    notes: list[str] = []
    push.on("deviceDeleted")(lambda event: notes.append("handler"))
    push.around(noting(notes, "around"))
    for name in ("old", "new"):
        push.set_glue(Glue(noting(notes, name)))
        push.handle(sample("deviceDeleted"))
    assert notes[5:] == ["enter new", "enter around", "handler", "leave around", "leave new"]


def test_a_receiver_without_handlers_answers_and_counts() -> None:
    push = Receiver()
    assert push.handle(sample("deviceDeleted")).status == 200
    assert push.registered == {}
    assert push.counts.unhandled == 1


ONE_FILE = """
from pushmw import DeviceDeleted, on, push
from pushmw.samples import sample

@on("deviceDeleted")
def gone(event: DeviceDeleted) -> None:
    print(event.device_id)

assert on == push.on
for device in ("a", "b"):
    assert push.handle(sample("deviceDeleted", deviceId=device)).status == 200
"""
NO_GUARDS = (
    "this receiver has no guards: whoever knows the path can push; give it some with "
    "Receiver(guards=[...]), or say guards=[] if something in front sees to it\n"
)


@pytest.mark.parametrize(
    ("said", "told"), [("", NO_GUARDS), ("push.configure(guards=[])", "")], ids=["", "said"]
)
def test_the_ready_made_receiver_takes_pushes(said: str, told: str) -> None:
    """Once it tells who has set up no logging that anybody can push, unless that was meant."""
    program = [sys.executable, "-P", "-W", "error", "-c", ONE_FILE.replace("@on", f"{said}\n@on")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("a\nb\n", told, 0)


def test_a_class_of_two_kinds_is_registered_by_their_names() -> None:
    push: Any = Receiver()
    one = push.define("one", Frozen)
    push.define("two", Frozen)
    with pytest.raises(ValueError, match="several kinds; register by their names: 'one', 'two'"):
        push.on(Frozen)
    push.on("one", "two", name="both")(lambda event: None)
    push.on(one, name="first")(lambda event: None)
    assert push.registered == {"one": ["both", "first"], "two": ["both"]}
    assert {DeviceDeleted, NBCommandStatusChanged} <= set(push.kinds().values())
