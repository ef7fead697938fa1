"""The receiver as a whole: included receivers, options, the default."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec
import pytest

from pushmw import DeviceAdded, DeviceDeleted, NBCommandStatusChanged, Receiver
from pushmw._dispatch.glue import Glue
from pushmw.samples import sample


class Frozen(msgspec.Struct, frozen=True):
    value: int = 0


class Changeable(msgspec.Struct):
    value: int = 0


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
