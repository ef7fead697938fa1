"""What cannot be meant is refused where it is mounted, and then nothing is registered."""

from collections.abc import Iterator
from typing import Any

import pytest

from pushmw import DeviceDeleted, Receiver
from pushmw.compat import PushMessageReceiver
from worlds import BODY


class Meters(PushMessageReceiver):
    def handleDeviceDeleted(self) -> None: ...


def refused(receiver: Any, match: str) -> None:
    push = Receiver()
    with pytest.raises(TypeError, match=match):
        push.mount(receiver)
    assert push.registered == {}


def made(**methods: Any) -> Any:
    """Make an object of a subclass with further methods."""
    return type("Made", (Meters,), methods)()


def test_a_class_is_refused_with_what_to_write() -> None:
    refused(Meters, r"takes an object, not a class: push\.mount\(Meters\(\)\)")


def test_what_is_no_receiver_is_refused() -> None:
    refused(Receiver(), "Receiver is no subclass of PushMessageReceiver")


def test_the_base_class_itself_is_refused() -> None:
    refused(PushMessageReceiver(), "PushMessageReceiver overrides no method")


def test_a_class_that_overrides_nothing_is_refused() -> None:
    class Misnamed(PushMessageReceiver):
        def handle_device_added(self) -> None: ...

    refused(Misnamed(), "Misnamed overrides no method of PushMessageReceiver")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("handleDeviceAded", "handleDeviceAdded"),
        ("handleSWUpgradeStateChanged", "handleSwUpgradeStateChanged"),
        ("handleFwUpgradeStateChange", "handleFwUpgradeStateChanged"),
        ("handleNBCommandStatusChanged", "handleNBCommandStateChanged"),
        ("handleDeviceDesiredPropertiesModifyStatusChanged", "handleDeviceDesiredStatusChanged"),
        ("handleBodies", "handleBody"),
    ],
)
def test_a_misspelt_method_is_refused_with_the_closest_name(name: str, meant: str) -> None:
    match = rf":Made\.{name} is no method of the SDKs; did you mean '{meant}'\?"
    refused(made(**{name: lambda self: None}), match)


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        (lambda self, body, delivery: None, "(body, delivery)"),
        (lambda self, body, delivery=None: None, "(body, delivery=None)"),
        (lambda self, *arguments: None, "(*arguments)"),
        (lambda self, body, *, delivery: None, "(body, *, delivery)"),
    ],
    ids=["two", "a second with a default", "any number", "by name"],
)
def test_a_method_that_can_be_called_neither_way_is_refused(method: Any, shown: str) -> None:
    for name in ("handleRuleEvent", "handleBody"):
        with pytest.raises(TypeError) as raised:
            Receiver().mount(made(**{name: method}))
        assert f".{name}{shown} is neither (self) nor (self, body)" in str(raised.value)


def test_a_method_that_runs_nothing_is_refused() -> None:
    def lazy(self: Any) -> Iterator[None]:
        yield

    refused(made(handleRuleEvent=lazy), "has a yield in it")


def test_a_name_with_something_else_behind_it_is_refused() -> None:
    refused(made(handleRuleEvent=None), "takes a function, not None")


def test_a_method_for_another_kind_is_refused_and_so_are_all_the_others() -> None:
    def other(self: Any, body: DeviceDeleted) -> None: ...

    refused(made(handleRuleEvent=other), "takes DeviceDeleted, but is registered for .* RuleEvent")


def test_mounting_after_the_first_push_is_refused() -> None:
    push = Receiver()
    push.mount(Meters())
    push.handle(BODY)
    with pytest.raises(RuntimeError, match="the first push has come"):
        push.mount(Meters())
