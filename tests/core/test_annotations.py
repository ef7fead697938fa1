"""What the signature of a handler says it takes: the classes of its event."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ForwardRef, Optional, Protocol, Union

import pytest

from pushmw._register import callables
from pushmw._register.callables import check_event, wants
from pushmw._register.refusals import name_of
from pushmw.notifications import DeviceAdded, DeviceDeleted, Notification, Unclassified

if TYPE_CHECKING:
    from decimal import Decimal as OnlyForCheckers


def sync(event: Any) -> None: ...


def nothing() -> None: ...


def starred(*args: Any) -> None: ...


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


class Own:
    pass


def exact(event: DeviceAdded) -> None: ...


def base(event: Notification) -> None: ...


def plain_object(event: object) -> None: ...


def either(event: DeviceAdded | DeviceDeleted) -> None: ...


def either_in_old_words(event: Union[DeviceAdded, DeviceDeleted]) -> None: ...  # noqa: UP007 - the older spelling


def maybe(event: Optional[DeviceAdded]) -> None: ...  # noqa: UP045 - as well


def rest(event: Notification | Unclassified) -> None: ...


def without_annotation(event): ...  # type: ignore[no-untyped-def]  # that is the case


def for_checkers(event: "OnlyForCheckers") -> None: ...


def generic(event: list[DeviceAdded]) -> None: ...


def for_another(event: DeviceDeleted) -> None: ...


class HasKind(Protocol):
    kind: str


def protocol(event: HasKind) -> None: ...


def by_name(event: "DeviceAdded") -> None: ...


class Handlers:
    def method(self, event: DeviceAdded) -> None: ...

    def __call__(self, event: DeviceAdded) -> None: ...


@pytest.mark.parametrize(
    "function",
    [
        exact,
        base,
        plain_object,
        either,
        either_in_old_words,
        maybe,
        rest,
        sync,
        without_annotation,
        for_checkers,
        by_name,
        starred,
        nothing,
        Handlers().method,
        pytest.param(Handlers(), id="object"),
        pytest.param(functools.partial(exact), id="partial"),
        pytest.param(decorated(for_another), id="decorated, which may give it another"),
        pytest.param(protocol, id="a protocol"),
        pytest.param(dict, id="builtin without a signature"),
    ],
)
def test_an_event_may_be_annotated_with_its_class_or_more(function: Callable[..., Any]) -> None:
    check_event(function, [DeviceAdded])


@pytest.mark.parametrize(
    "function",
    [
        exact,
        maybe,
        by_name,
        Handlers().method,
        pytest.param(Handlers(), id="object"),
        pytest.param(functools.partial(exact), id="partial"),
        generic,
    ],
)
def test_the_class_of_another_kind_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError) as caught:
        check_event(function, [DeviceDeleted])
    assert name_of(function) in str(caught.value)
    assert "DeviceAdded" in str(caught.value)
    assert "annotate it with DeviceDeleted or register it for the kind" in str(caught.value)


def test_a_handler_for_several_kinds_must_take_all_of_them() -> None:
    check_event(either, [DeviceAdded, DeviceDeleted])
    with pytest.raises(TypeError, match=r"arrive as DeviceAdded \| DeviceDeleted"):
        check_event(exact, [DeviceAdded, DeviceDeleted])


# What Python 3.14 gives for names that are there for type checkers only


@pytest.mark.parametrize(
    ("hint", "is_delivery"),
    [
        (ForwardRef("Delivery"), True),
        (ForwardRef("pushmw.Delivery | None"), True),
        (Optional[ForwardRef("Delivery")], True),  # noqa: UP045 - as it comes out there
        (ForwardRef("DeliveryNote"), False),
    ],
)
def test_a_delivery_is_found_by_its_name_too(
    hint: Any, monkeypatch: pytest.MonkeyPatch, *, is_delivery: bool
) -> None:
    def optional(event: Any, more: Any = None) -> None: ...

    monkeypatch.setattr(callables, "hints", lambda function: {"event": Any, "more": hint})
    assert wants(optional, "the event") is is_delivery
    check_event(optional, [DeviceDeleted])


def test_an_event_that_is_known_to_checkers_only_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(callables, "hints", lambda function: {"event": ForwardRef("DeviceAdded")})
    check_event(sync, [DeviceDeleted])
