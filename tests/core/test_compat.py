"""The vendor's names: which there are, and what is registered under them."""

import asyncio
import functools
from typing import Any

import pytest

from pushmw import (
    Counts,
    DeviceAdded,
    DeviceCapabilitiesAdded,
    DeviceDeleted,
    DeviceModelAdded,
    Notification,
    Receiver,
    Unclassified,
    compat,
)
from pushmw.compat import (
    DEMO_PATHS,
    HANDLERS,
    SDK_PATHS,
    NotifyDeviceModelAddedDTO,
    PushMessageReceiver,
    request,
)
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import sample
from worlds import BODY, Deliver, in_both_worlds

CHANGED = "deviceCapabilitiesChanged"  # the one kind that the SDKs do not know under any name


def mounted(receiver: PushMessageReceiver) -> Receiver:
    push = Receiver()
    push.mount(receiver)
    return push


# -- names


def test_there_are_the_nineteen_handlers_of_the_sdks_and_each_takes_what_it_is_called_for() -> None:
    assert len(HANDLERS) == 19
    taken = [kind for kinds in HANDLERS.values() for kind in kinds]
    assert sorted(taken) == sorted(LEGACY_KINDS.keys() - {CHANGED})


def test_the_base_class_has_a_method_for_each_and_one_for_the_body() -> None:
    methods = {name for name in vars(PushMessageReceiver) if name.startswith("handle")}
    assert methods == {"handleBody", *HANDLERS}


@pytest.mark.parametrize("handler", HANDLERS)
def test_the_dto_of_each_handler_is_the_class_of_its_event(handler: str) -> None:
    name = handler.removeprefix("handle").replace("NBCommandState", "NBCommandStatus")
    alias = getattr(compat, f"Notify{name}DTO")
    classes = [LEGACY_KINDS[kind] for kind in HANDLERS[handler]]
    assert alias == functools.reduce(lambda one, other: one | other, classes)  # type: ignore[arg-type, return-value]
    assert f"Notify{name}DTO" in compat.__all__


def test_every_name_is_there_and_listed_once() -> None:
    assert len(compat.__all__) == len(set(compat.__all__))
    assert all(hasattr(compat, name) for name in compat.__all__)


def test_the_paths_of_the_demo_go_beside_those_of_the_sdks() -> None:
    push = Receiver([*SDK_PATHS, *DEMO_PATHS])
    assert len(set(DEMO_PATHS)) == 15
    assert "/na/iocm/devNotify/v1.1.0/RulEevent" in push.paths
    assert "/v1.0.0/messageReceiver/cmd" in push.paths


# -- what is registered


class Meters(PushMessageReceiver):
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def handleDeviceAdded(self) -> None:
        self.seen.append(request.json["notifyType"])

    async def handleDeviceDeleted(self, body: DeviceDeleted) -> None:
        await asyncio.sleep(0)
        self.seen.append(body)

    def handle_errors(self) -> None:
        raise AssertionError("not a handler of the SDKs")

    handlers = handleUp = "looks like one and is no method"


def test_only_what_is_overridden_is_registered() -> None:
    name = f"{__name__}:Meters"
    assert mounted(Meters()).registered == {
        "deviceAdded": [f"{name}.handleDeviceAdded"],
        "deviceDeleted": [f"{name}.handleDeviceDeleted"],
    }


@in_both_worlds
def test_what_is_not_overridden_is_not_ours(deliver: Deliver) -> None:
    push = mounted(Meters())
    assert deliver(push, sample("ruleEvent")).passes
    assert push.counts == Counts(unhandled=1)


class Gas(Meters):
    def handleRuleEvent(self) -> None:
        self.seen.append("gas")


def test_what_a_class_in_between_overrides_counts_under_the_name_of_the_last() -> None:
    registered = mounted(Gas()).registered
    assert registered["deviceAdded"] == [f"{__name__}:Gas.handleDeviceAdded"]
    assert registered["ruleEvent"] == [f"{__name__}:Gas.handleRuleEvent"]


def test_a_method_may_be_put_on_the_object() -> None:
    meters: Any = Meters()
    meters.handleBindDevice = lambda body: meters.seen.append(body.kind)
    push = mounted(meters)
    assert push.handle(sample("bindDevice")).status == 200
    assert meters.seen == ["bindDevice"]


def test_a_method_may_call_the_one_of_the_base_class() -> None:
    class Polite(PushMessageReceiver):
        def handleDeviceDeleted(self, body: Notification) -> None:
            assert super().handleDeviceDeleted(body) is None
            assert super().handleDeviceAdded() is None

    assert mounted(Polite()).handle(BODY).status == 200


def test_mounted_methods_run_where_they_were_mounted() -> None:
    push, meters = Receiver(), Meters()
    push.on("deviceDeleted")(lambda event: meters.seen.append("before"))
    push.mount(meters)
    push.on("deviceDeleted")(lambda event: meters.seen.append("after"))
    push.handle(BODY)
    before, event, after = meters.seen
    assert (before, type(event), after) == ("before", DeviceDeleted, "after")


def test_several_objects_may_be_mounted_and_keep_their_own_state() -> None:
    push, one, other = Receiver(), Meters(), Meters()
    push.mount(one)
    push.mount(other)
    push.handle(sample("deviceAdded"))
    assert one.seen == other.seen == ["deviceAdded"]


@pytest.mark.parametrize("kind", ["deviceModelAdded", "deviceCapabilitiesAdded"])
def test_both_names_of_a_new_product_model_reach_the_handler(kind: str) -> None:
    class Models(PushMessageReceiver):
        def handleDeviceModelAdded(self, body: NotifyDeviceModelAddedDTO) -> None:
            seen.append((type(body), request.json["notifyType"]))

    seen: list[tuple[type, str]] = []
    mounted(Models()).handle(sample(kind))
    assert seen == [(LEGACY_KINDS[kind], kind)]
    assert issubclass(seen[0][0], DeviceModelAdded | DeviceCapabilitiesAdded)


def test_the_annotation_of_a_method_holds_when_its_kind_is_defined_anew() -> None:
    class Special(DeviceAdded, frozen=True, kw_only=True, tag="deviceAdded"):
        colour: str = "red"

    class Receives(PushMessageReceiver):
        def handleDeviceAdded(self, body: Special) -> None:
            seen.append(body.colour)

    seen: list[str] = []
    inner = Receiver()
    with pytest.raises(TypeError, match=r"takes Special, but is registered for .* DeviceAdded"):
        inner.mount(Receives())
    assert inner.registered == {}
    push = Receiver()
    push.define("deviceAdded", Special)
    push.mount(Receives())
    push.handle(sample("deviceAdded"))
    assert seen == ["red"]


def test_an_included_receiver_is_looked_at_again_with_the_kinds_of_the_outer_one() -> None:
    class Fewer(Notification, frozen=True):
        pass

    class Receives(PushMessageReceiver):
        def handleDeviceAdded(self, body: DeviceAdded) -> None: ...

    inner = mounted(Receives())
    push = Receiver()
    push.define("deviceAdded", Fewer)
    with pytest.raises(TypeError, match=r"handleDeviceAdded takes DeviceAdded, .* as Fewer"):
        push.include(inner)


# -- handleBody


class Bodies(PushMessageReceiver):
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def handleBody(self, body: str) -> None:
        self.seen.append(body)

    def handleDeviceDeleted(self, body: DeviceDeleted) -> None:
        self.seen.append(body.kind)


@in_both_worlds
def test_the_text_of_every_push_comes_once_and_before_its_method(deliver: Deliver) -> None:
    bodies = Bodies()
    push = mounted(bodies)
    for body in (BODY, sample("ruleEvent"), b"push success.", b'{"notifyType":"\xc3\xa4"}'):
        assert deliver(push, body).status == 200
    assert bodies.seen == [
        BODY.decode(),
        "deviceDeleted",
        sample("ruleEvent").decode(),
        "push success.",
        '{"notifyType":"ä"}',
    ]
    assert push.counts == Counts(handled=4, unclassified=2)


def test_a_text_that_is_not_utf8_comes_as_far_as_it_is() -> None:
    bodies = Bodies()
    mounted(bodies).handle(b"push \xff.")
    assert bodies.seen == ["push �."]


def test_kinds_defined_later_have_a_text_too() -> None:
    class Test(Notification, frozen=True):
        pass

    bodies = Bodies()
    push = mounted(bodies)
    push.define("testNotify", Test)
    push.on(Test)(lambda event: bodies.seen.append("other"))
    push.handle(b'{"notifyType":"testNotify"}')
    assert bodies.seen == ["other", '{"notifyType":"testNotify"}']


def test_it_comes_before_the_method_even_if_others_are_registered_for_every_kind() -> None:
    bodies, push = Bodies(), Receiver()
    push.on("*")(lambda event: bodies.seen.append("every"))
    push.mount(bodies)
    push.handle(BODY)
    assert bodies.seen == [BODY.decode(), "deviceDeleted", "every"]


def test_with_it_every_push_is_ours_and_nothing_is_left_for_others_but_what_is_not_understood() -> (
    None
):
    push, rest = mounted(Bodies()), list[Any]()
    push.unhandled(rest.append)
    push.handle(sample("ruleEvent"))
    push.handle(b"push success.")
    assert [type(event) for event in rest] == [Unclassified]


def test_if_it_fails_the_method_runs_all_the_same() -> None:
    class Failing(Bodies):
        def handleBody(self, body: str) -> None:
            raise LookupError

    failing = Failing()
    assert mounted(failing).handle(BODY).status == 503
    assert failing.seen == ["deviceDeleted"]


def test_it_may_read_the_request_and_it_may_be_all_there_is() -> None:
    class Raw(PushMessageReceiver):
        async def handleBody(self) -> None:
            seen.append((request.data, request.get_json(silent=True)))
            request.get_json()

    seen: list[Any] = []
    push = mounted(Raw())
    assert push.handle(b'["a"]').status == 200
    assert push.handle(b"{").status == 503
    assert seen == [(b'["a"]', ["a"]), (b"{", None)]
