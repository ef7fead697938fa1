"""The names of the vendor's SDKs, for receivers that were written for one of them.

::

    from pushmw.compat import PushMessageReceiver, request


    class Meters(PushMessageReceiver):
        def handleDeviceAdded(self):  # as in the Python SDK
            print(request.json["deviceId"])

        def handleDeviceDeleted(self, body):  # as in the PHP and Java SDKs
            print(body.device_id)


    push.mount(Meters())

Methods may be async.
"""

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pushmw import notifications as events
from pushmw.callables import check_event, check_runs, is_async
from pushmw.delivery import Delivery
from pushmw.dispatch import ANY, UNHANDLED, Target
from pushmw.options import SDK_PATHS

if TYPE_CHECKING:
    from pushmw.registry import Registry

__all__ = [
    "DEMO_PATHS",
    "HANDLERS",
    "SDK_PATHS",
    "NotifyBindDeviceDTO",
    "NotifyCommandRspDTO",
    "NotifyDeviceAddedDTO",
    "NotifyDeviceDataChangedDTO",
    "NotifyDeviceDatasChangedDTO",
    "NotifyDeviceDeletedDTO",
    "NotifyDeviceDesiredStatusChangedDTO",
    "NotifyDeviceEventDTO",
    "NotifyDeviceInfoChangedDTO",
    "NotifyDeviceModelAddedDTO",
    "NotifyDeviceModelDeletedDTO",
    "NotifyFwUpgradeResultDTO",
    "NotifyFwUpgradeStateChangedDTO",
    "NotifyMessageConfirmDTO",
    "NotifyNBCommandStatusChangedDTO",
    "NotifyRuleEventDTO",
    "NotifyServiceInfoChangedDTO",
    "NotifySwUpgradeResultDTO",
    "NotifySwUpgradeStateChangedDTO",
    "PushMessageReceiver",
    "Request",
    "request",
]

# The paths of the demo that came before the SDKs, one for each subscription. "RulEevent" is its
# spelling; "bindDevice" is what applications made from it have added.
DEMO_PATHS: Final = tuple(
    f"/na/iocm/devNotify/v1.1.0/{name}"
    for name in (
        "addDevice",
        "bindDevice",
        "updateDeviceInfo",
        "updateDeviceData",
        "updateDeviceDatas",
        "deletedDevice",
        "updateServiceInfo",
        "commandConfirmData",
        "commandRspData",
        "DeviceEvent",
        "RulEevent",
        "modifyDeviceDesired",
        "upgradeSW",
        "upgradeFW",
        "reportCmdExecResult",
    )
)

# What a platform calls a product model it may call capabilities as well, with the same members.
HANDLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "handleDeviceAdded": ("deviceAdded",),
    "handleBindDevice": ("bindDevice",),
    "handleDeviceInfoChanged": ("deviceInfoChanged",),
    "handleDeviceDataChanged": ("deviceDataChanged",),
    "handleDeviceDatasChanged": ("deviceDatasChanged",),
    "handleServiceInfoChanged": ("serviceInfoChanged",),
    "handleDeviceDeleted": ("deviceDeleted",),
    "handleMessageConfirm": ("messageConfirm",),
    "handleCommandRsp": ("commandRsp",),
    "handleDeviceEvent": ("deviceEvent",),
    "handleDeviceModelAdded": ("deviceModelAdded", "deviceCapabilitiesAdded"),
    "handleDeviceModelDeleted": ("deviceModelDeleted", "deviceCapabilitiesDeleted"),
    "handleRuleEvent": ("ruleEvent",),
    "handleDeviceDesiredStatusChanged": ("deviceDesiredPropertiesModifyStatusChanged",),
    "handleSwUpgradeStateChanged": ("swUpgradeStateChangeNotify",),
    "handleSwUpgradeResult": ("swUpgradeResultNotify",),
    "handleFwUpgradeStateChanged": ("fwUpgradeStateChangeNotify",),
    "handleFwUpgradeResult": ("fwUpgradeResultNotify",),
    "handleNBCommandStateChanged": ("commandStateChanged",),
}
_BODY: Final = "handleBody"

NotifyDeviceAddedDTO = events.DeviceAdded
NotifyBindDeviceDTO = events.BindDevice
NotifyDeviceInfoChangedDTO = events.DeviceInfoChanged
NotifyDeviceDataChangedDTO = events.DeviceDataChanged
NotifyDeviceDatasChangedDTO = events.DeviceDatasChanged
NotifyServiceInfoChangedDTO = events.ServiceInfoChanged
NotifyDeviceDeletedDTO = events.DeviceDeleted
NotifyMessageConfirmDTO = events.MessageConfirm
NotifyCommandRspDTO = events.CommandRsp
NotifyDeviceEventDTO = events.DeviceEvent
NotifyDeviceModelAddedDTO = events.DeviceModelAdded | events.DeviceCapabilitiesAdded
NotifyDeviceModelDeletedDTO = events.DeviceModelDeleted | events.DeviceCapabilitiesDeleted
NotifyRuleEventDTO = events.RuleEvent
NotifyDeviceDesiredStatusChangedDTO = events.DeviceDesiredStatusChanged
NotifySwUpgradeStateChangedDTO = events.SwUpgradeStateChanged
NotifySwUpgradeResultDTO = events.SwUpgradeResult
NotifyFwUpgradeStateChangedDTO = events.FwUpgradeStateChanged
NotifyFwUpgradeResultDTO = events.FwUpgradeResult
NotifyNBCommandStatusChangedDTO = events.NBCommandStatusChanged


class PushMessageReceiver:
    """Base of receivers in the style of the vendor's SDKs, for `Receiver.mount`.

    Override the methods of the kinds you want, as ``(self)`` or as ``(self, body)``; `HANDLERS` has
    their names. ``handleBody`` gets the text of every push, before the method for its kind.
    """

    def _nothing(self, *_arguments: Any, **_more: Any) -> Any:
        """Do nothing; what is left at this is not registered."""

    handleBody = _nothing
    handleDeviceAdded = _nothing
    handleBindDevice = _nothing
    handleDeviceInfoChanged = _nothing
    handleDeviceDataChanged = _nothing
    handleDeviceDatasChanged = _nothing
    handleServiceInfoChanged = _nothing
    handleDeviceDeleted = _nothing
    handleMessageConfirm = _nothing
    handleCommandRsp = _nothing
    handleDeviceEvent = _nothing
    handleDeviceModelAdded = _nothing
    handleDeviceModelDeleted = _nothing
    handleRuleEvent = _nothing
    handleDeviceDesiredStatusChanged = _nothing
    handleSwUpgradeStateChanged = _nothing
    handleSwUpgradeResult = _nothing
    handleFwUpgradeStateChanged = _nothing
    handleFwUpgradeResult = _nothing
    handleNBCommandStateChanged = _nothing


# -- request: the push that a method is handling, wherever it runs


class _Call:
    """One call of a method, and what `request` tells it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery

    @functools.cached_property
    def json(self) -> Any:
        return self.delivery.json()

    def __enter__(self) -> None:
        self._token: Token[_Call] = _running.set(self)

    def __exit__(self, *_error: object) -> None:
        # A coroutine that was given up is closed elsewhere, where there is nothing to take back.
        with suppress(ValueError):
            _running.reset(self._token)


_running: ContextVar[_Call] = ContextVar("pushmw.compat.request")


def _current() -> _Call:
    try:
        return _running.get()
    except LookupError:
        raise RuntimeError(
            "request: no push is being handled here; it is there in the methods of a mounted "
            "PushMessageReceiver and in the tasks they start, so give a thread of your own what "
            "it needs"
        ) from None


class _Headers(Mapping[str, str]):
    """Headers whose names are read in any case."""

    def __init__(self, lower: Mapping[str, str]) -> None:
        self._lower = lower

    def __getitem__(self, name: str) -> str:
        return self._lower[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lower)

    def __len__(self) -> int:
        return len(self._lower)


class Request:
    """What receivers for the Python SDK read of Flask's ``request``.

    Each member is that of the push whose method reads it, in a thread, in a task, and without
    Flask. Elsewhere it raises RuntimeError.
    """

    @property
    def json(self) -> Any:
        """The decoded body; the same object throughout a method."""
        return _current().json

    def get_json(self, force: object = None, silent: object = None) -> Any:  # noqa: ARG002 - Flask's
        """Give the decoded body, whatever media type the push names.

        Raises:
            msgspec.DecodeError, UnicodeDecodeError: it is not JSON, which only ``handleBody`` can
                meet; with ``silent`` it is None then.
        """
        try:
            return self.json
        except (msgspec.DecodeError, UnicodeDecodeError):
            if silent:
                return None
            raise

    @property
    def data(self) -> bytes:
        """The body as it was sent."""
        return _current().delivery.body

    def get_data(self, *, as_text: bool = False) -> Any:
        """Give the body, as bytes or as text."""
        return _text(self.data) if as_text else self.data

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of `Delivery.headers`, by their names in any case."""
        return _Headers(_current().delivery.headers)

    @property
    def path(self) -> str:
        """The callback path the push came to."""
        return _current().delivery.path

    @property
    def method(self) -> str:
        """POST."""
        _current()
        return "POST"


request: Final = Request()


# -- mounting

_Give = Callable[[Any, Delivery], tuple[Any, ...]]


def mount(receiver: PushMessageReceiver, registry: "Registry") -> None:
    """Register what a receiver overrides; `Receiver.mount` is the way to do so."""
    given: Any = receiver
    if isinstance(given, type):
        raise TypeError(f"mount: takes an object, not a class: push.mount({given.__name__}())")
    if not isinstance(given, PushMessageReceiver):
        raise TypeError(f"mount: {type(given).__name__} is no subclass of PushMessageReceiver")
    label = f"{type(receiver).__module__}:{type(receiver).__qualname__}"
    _check_spelling(receiver, label)
    kinds = {name: kinds for name, kinds in HANDLERS.items() if _overrides(receiver, name)}
    if _overrides(receiver, _BODY):
        # For the kinds that have a method it stands before that, for all others last.
        handled = [kind for several in kinds.values() for kind in several]
        kinds = {_BODY: (*handled, ANY, UNHANDLED), **kinds}
    if not kinds:
        raise TypeError(f"mount: {label} overrides no method of PushMessageReceiver")
    calls = {name: _call_of(getattr(receiver, name), f"{label}.{name}", name) for name in kinds}
    known = registry.kinds()
    classes = {
        name: tuple(known.get(kind, object) for kind in several) for name, several in kinds.items()
    }
    for name, call in calls.items():  # all of them before the first is registered
        check_event(call, classes[name])
    for name, call in calls.items():
        target = Target(kinds[name], (), classes[name])
        registry.add(call, target, expected=classes[name], name=f"{label}.{name}")


def _check_spelling(receiver: PushMessageReceiver, label: str) -> None:
    """Refuse a method that looks like a handler and is none."""
    names = (_BODY, *HANDLERS)
    alike = [name for name in dir(receiver) if re.match("handle[A-Z]", name)]
    for name in alike:
        if name not in names and callable(getattr(receiver, name)):
            close = difflib.get_close_matches(name, names, n=1, cutoff=0)
            raise TypeError(
                f"mount: {label}.{name} is no method of the SDKs; did you mean {close[0]!r}? "
                "One of your own needs another name."
            )


def _overrides(receiver: PushMessageReceiver, name: str) -> bool:
    method = getattr(receiver, name)
    return getattr(method, "__func__", method) is not getattr(PushMessageReceiver, name)


def _no_argument(_event: Any, _delivery: Delivery) -> tuple[Any, ...]:
    return ()


def _event(event: Any, _delivery: Delivery) -> tuple[Any, ...]:
    return (event,)


def _body(_event: Any, delivery: Delivery) -> tuple[Any, ...]:
    return (_text(delivery.body),)


def _text(body: bytes) -> str:
    return body.decode(errors="replace")


def _call_of(method: Callable[..., Any], label: str, name: str) -> Callable[..., Any]:
    """Make a handler of a method."""
    check_runs(method)
    body = _parameter(method, label)
    if body is None:
        return _with_request(method, _no_argument)
    if name == _BODY:
        return _with_request(method, _body)
    call: Any = functools.update_wrapper(_with_request(method, _event), method)
    # The annotation of the method is that of the handler, and is checked with those of all others.
    event = body.replace(kind=body.POSITIONAL_ONLY, default=body.empty)
    delivery = inspect.Parameter("_delivery", body.POSITIONAL_ONLY, annotation=Delivery)
    call.__signature__ = inspect.Signature([event, delivery])
    return call  # type: ignore[no-any-return]


def _parameter(method: Callable[..., Any], label: str) -> inspect.Parameter | None:
    """Give the parameter for the body, if there is one.

    Raises:
        TypeError: the method is neither ``(self)`` nor ``(self, body)``.
    """
    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())
    positional = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if len(positional) > 1 or keywords or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise TypeError(
            f"mount: {label}{signature} is neither (self) nor (self, body); a decorator that "
            "passes everything on needs functools.wraps"
        )
    return positional[0] if positional else None


def _with_request(method: Callable[..., Any], give: _Give) -> Callable[..., Any]:
    """Call a method with what it takes, while `request` tells of its push."""

    async def acall(event: Any, delivery: Delivery) -> None:
        with _Call(delivery):
            await method(*give(event, delivery))

    def call(event: Any, delivery: Delivery) -> Any:
        with _Call(delivery):
            result = method(*give(event, delivery))
        return later(result, delivery) if inspect.isawaitable(result) else None

    async def later(result: Any, delivery: Delivery) -> None:
        with _Call(delivery):
            await result

    return acall if is_async(method) else call
