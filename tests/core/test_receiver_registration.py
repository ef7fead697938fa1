"""Registering handlers: what is taken, and how a mistake is told."""

import functools
from contextlib import nullcontext
from typing import Any

import msgspec
import pytest

from pushmw import (
    BindDevice,
    Delivery,
    DeviceAdded,
    DeviceDeleted,
    DeviceInfoChanged,
    Notification,
    Receiver,
    RuleEvent,
    Unclassified,
)
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.samples import sample


def handler(event: Any) -> None: ...


def hook(error: Exception, delivery: Delivery) -> None: ...


class Meter(msgspec.Struct):
    value: int


# What is taken


@pytest.mark.parametrize("kind", [*LEGACY_KINDS, "*"])
def test_every_kind_can_be_registered_for_by_name(kind: str) -> None:
    push: Any = Receiver()
    push.on(kind)(handler)
    assert push.entries[0].kinds == (kind,)


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_every_kind_can_be_registered_for_by_class(kind: str) -> None:
    push: Any = Receiver()
    push.on(LEGACY_KINDS[kind])(handler)
    assert push.registered == {kind: [f"{__name__}:handler"]}


def test_several_kinds_share_a_handler() -> None:
    push = Receiver()
    push.on("deviceAdded", "deviceDeleted", "ruleEvent")(handler)
    push.on(DeviceAdded, DeviceDeleted, RuleEvent, BindDevice)(handler)
    assert list(push.registered) == ["deviceAdded", "bindDevice", "deviceDeleted", "ruleEvent"]


class Methods:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def method(self, event: DeviceDeleted) -> None:
        self.seen.append(event)

    def __call__(self, event: DeviceDeleted) -> None:
        self.seen.append(event)


def keep(seen: list[object], event: DeviceDeleted) -> None:
    seen.append(event)


def test_functions_methods_partials_and_objects_are_taken_and_returned_unchanged() -> None:
    push, methods = Receiver(), Methods()
    seen: list[object] = []
    takers: list[Any] = [
        methods.method,
        methods,
        functools.partial(keep, seen),
        seen.append,
        lambda event, delivery: seen.append((event, delivery)),
    ]
    for taker in takers:
        assert push.on("deviceDeleted")(taker) == taker
    assert push.handle(sample("deviceDeleted")).status == 200
    assert (len(methods.seen), len(seen)) == (2, 3)


def test_the_other_decorators_return_the_function_too() -> None:
    push = Receiver()
    assert push.unhandled(handler) is handler
    assert push.error(hook) is hook
    assert push.around(nullcontext) is nullcontext


def test_a_name_given_is_the_handlers_name() -> None:
    push = Receiver()
    push.on("deviceAdded", name="first")(handler)
    push.on("deviceAdded")(handler)
    assert push.registered == {"deviceAdded": ["first", f"{__name__}:handler"]}


def test_one_function_counts_once() -> None:
    push, seen = Receiver(), Methods()
    push.on("deviceDeleted")(seen.method)
    push.on(DeviceDeleted)(seen.method)
    push.handle(sample("deviceDeleted"))
    assert len(seen.seen) == 1


def test_what_is_registered_is_listed_in_the_order_it_runs() -> None:
    push = Receiver()
    push.on("*", name="every")(handler)
    push.unhandled(handler)
    push.on("deviceAdded", name="own")(handler)
    listed = push.registered
    assert listed["deviceAdded"] == ["own", "every"]
    assert listed["deviceDeleted"] == ["every"]
    assert listed["unhandled"] == [f"{__name__}:handler"]


# Mistakes


def error_of(register: Any) -> tuple[type[Exception], str]:
    with pytest.raises((TypeError, ValueError)) as caught:
        register()
    return caught.type, str(caught.value)


@pytest.mark.parametrize(
    ("kind", "close"),
    [
        ("deviceDataChange", "'deviceDataChanged'"),
        ("DeviceAdded", "'deviceAdded'"),
        ("fwUpgradeStateChange", "'fwUpgradeStateChangeNotify'"),
        ("commandState", "'commandStateChanged'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest_ones(kind: str, close: str) -> None:
    push: Any = Receiver()
    error, text = error_of(lambda: push.on(kind))
    assert error is ValueError
    assert f"on: no kind is called {kind!r}; did you mean" in text
    assert close in text
    assert "push.define(name, StructClass)" in text


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    push: Any = Receiver()
    _, text = error_of(lambda: push.on("42"))
    assert "no kind is called '42'; see `pushmw kinds`." in text


def test_the_star_stands_alone() -> None:
    push: Any = Receiver()
    error, text = error_of(lambda: push.on("*", "deviceAdded"))
    assert error is ValueError
    assert "did you mean '*'" not in text


@pytest.mark.parametrize(
    ("what", "error", "text"),
    [
        pytest.param((), TypeError, 'name a kind, as in @push.on("deviceAdded")', id="nothing"),
        pytest.param((handler,), TypeError, "; call it: @push.on(...)", id="not called"),
        pytest.param((7,), TypeError, "on: takes names or classes of kinds, not (7,)", id="number"),
        pytest.param(
            ("deviceAdded", DeviceDeleted), TypeError, "on: takes names or classes", id="mixed"
        ),
        pytest.param(
            (DeviceAdded, DeviceDeleted, RuleEvent, BindDevice, DeviceInfoChanged),
            TypeError,
            "on: at most 4 classes; use their names for more",
            id="five classes",
        ),
        pytest.param(
            (Meter,),
            ValueError,
            "on: Meter is the class of no kind; make it one with push.define(name, Meter)",
            id="class of no kind",
        ),
        pytest.param((Notification,), ValueError, "Notification is the class of no", id="base"),
    ],
)
def test_what_names_no_kind_is_refused(what: Any, error: type[Exception], text: str) -> None:
    push: Any = Receiver()
    raised, said = error_of(lambda: push.on(*what))
    assert raised is error
    assert text in said


def test_a_condition_must_be_callable() -> None:
    push: Any = Receiver()
    error, text = error_of(lambda: push.on("deviceAdded", where="Battery"))
    assert error is TypeError
    assert text.startswith("on: where must be a plain function of the event, as in where=lambda")
    assert text.endswith("not 'Battery'")


def for_added(event: DeviceAdded) -> None: ...


def no_event() -> None: ...


def only_error(error: Exception) -> None: ...


@pytest.mark.parametrize(
    ("register", "text"),
    [
        pytest.param(
            lambda push: push.on("deviceDeleted")(for_added),
            "for_added takes DeviceAdded, but is registered for pushes that arrive as "
            "DeviceDeleted; annotate it with DeviceDeleted or register it for the kind",
            id="the class of another kind",
        ),
        pytest.param(
            lambda push: push.on(DeviceAdded, DeviceDeleted)(for_added),
            "arrive as DeviceAdded | DeviceDeleted",
            id="one of two classes",
        ),
        pytest.param(
            lambda push: push.on("deviceAdded", "deviceDeleted")(for_added),
            "arrive as DeviceAdded | DeviceDeleted",
            id="one of two names",
        ),
        pytest.param(
            lambda push: push.on("*")(for_added),
            "arrive as Notification",
            id="one class for every kind",
        ),
        pytest.param(
            lambda push: push.unhandled(for_added), "arrive as Notification", id="unhandled"
        ),
        pytest.param(
            lambda push: push.on("deviceAdded")("x"),
            "on: takes a function, not 'x'",
            id="no function",
        ),
        pytest.param(
            lambda push: push.on("deviceAdded")(no_event),
            "no_event() -> None cannot be called: pushmw passes the event and the delivery",
            id="no parameter",
        ),
        pytest.param(
            lambda push: push.unhandled(no_event), "no_event() -> None cannot", id="unhandled, none"
        ),
        pytest.param(
            lambda push: push.error(only_error),
            "error: " + __name__ + ":only_error must take the error and the delivery",
            id="error hook without a delivery",
        ),
        pytest.param(
            lambda push: push.error(no_event), "no_event() -> None", id="error hook, none"
        ),
        pytest.param(lambda push: push.around(hook), "pushmw passes the delivery", id="around"),
        pytest.param(lambda push: push.around(7), "not 7", id="around, no function"),
        pytest.param(
            lambda push: push.error(7), "error: takes a function, not 7", id="error, no function"
        ),
    ],
)
def test_a_function_that_does_not_fit_is_refused_where_it_is_registered(
    register: Any, text: str
) -> None:
    push = Receiver()
    error, said = error_of(lambda: register(push))
    assert error is TypeError
    assert text in said
    assert (push.entries, push.hooks, push.arounds) == ([], [], [])


def rest(event: Notification | Unclassified, delivery: Delivery) -> None: ...


def test_the_rest_may_be_annotated_with_both_classes() -> None:
    push = Receiver()
    push.unhandled(rest)
    assert push.registered["unhandled"] == [f"{__name__}:rest"]


@pytest.mark.parametrize(
    ("what", "register"),
    [
        ("register handlers", lambda push: push.on("deviceAdded")(handler)),
        ("register handlers", lambda push: push.unhandled(handler)),
        ("register error hooks", lambda push: push.error(hook)),
        ("register context managers", lambda push: push.around(nullcontext)),
        ("define kinds", lambda push: push.define("meter", Meter)),
        ("include receivers", lambda push: push.include(Receiver())),
    ],
    ids=["on", "unhandled", "error", "around", "define", "include"],
)
def test_nothing_can_be_registered_after_the_first_push(what: str, register: Any) -> None:
    push, included = Receiver(), Receiver()
    push.include(included)
    push.handle(b"{}")
    for late in (push, included):
        with pytest.raises(RuntimeError) as caught:
            register(late)
        assert str(caught.value).startswith(f"cannot {what} any more: the first push has come")
