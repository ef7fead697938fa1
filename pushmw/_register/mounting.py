"""Handlers out of the methods of a receiver that was written for one of the vendor's SDKs."""

import difflib
import dis
import functools
import inspect
import logging
import re
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final, Protocol

from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.plan import ANY, UNHANDLED, Target
from pushmw._register.again import MOUNTED
from pushmw._register.callables import check_event, is_async
from pushmw._register.lazy import signature
from pushmw._register.refusals import check_object
from pushmw._register.sdk_request import Call, text_of

logger = logging.getLogger("pushmw")

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


class Registers(Protocol):
    """What mounting needs of a registry."""

    def kinds(self) -> Mapping[str, type]:
        """Give the class of each kind."""
        ...

    def add(
        self,
        function: Callable[..., Any],
        *targets: Target,
        expected: tuple[type, ...],
        name: str | None = None,
    ) -> None:
        """Register a handler."""
        ...


class PushMessageReceiver:
    """Base of receivers in the style of the vendor's SDKs, for `Receiver.mount`.

    Override the methods of the kinds you want, as ``(self)`` or as ``(self, body)``; `HANDLERS` has
    their names. ``handleBody`` gets the text of every push, before the method for its kind.
    """

    __module__ = "pushmw.compat"

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


_Give = Callable[[Any, Delivery], tuple[Any, ...]]


def mount(receiver: PushMessageReceiver, registry: Registers) -> None:
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
    for name in kinds:
        _tell_of_flask(getattr(receiver, name), f"{label}.{name}")
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


def _tell_of_flask(method: Any, label: str) -> None:
    """Log that a method still reads Flask's ``request``, as far as its names show."""
    flask: Any = sys.modules.get("flask")
    function = inspect.unwrap(getattr(method, "__func__", method))
    code = getattr(function, "__code__", None)
    if flask is None or code is None:
        return
    reads = [(each.opname, each.argval) for each in dis.get_instructions(code)]
    own = [
        (function.__globals__.get(name), then)
        for (how, name), then in pairwise(reads)
        if how == "LOAD_GLOBAL"
    ]
    if any(held is flask.request or (held is flask and then[1] == "request") for held, then in own):
        logger.warning(
            "mount: %s reads flask.request, which raises where no request of Flask's own is, as in "
            "every push: from pushmw.compat import request instead",
            label,
        )


def _overrides(receiver: PushMessageReceiver, name: str) -> bool:
    method = getattr(receiver, name)
    return getattr(method, "__func__", method) is not getattr(PushMessageReceiver, name)


def _no_argument(_event: Any, _delivery: Delivery) -> tuple[Any, ...]:
    return ()


def _event(event: Any, _delivery: Delivery) -> tuple[Any, ...]:
    return (event,)


def _body(_event: Any, delivery: Delivery) -> tuple[Any, ...]:
    return (text_of(delivery.body),)


def _call_of(method: Callable[..., Any], label: str, name: str) -> Callable[..., Any]:
    """Make a handler of a method."""
    check_object("mount", method)
    body = _parameter(method, label)
    if body is None:
        return _with_request(method, _no_argument)
    if name == _BODY:
        return _with_request(method, _body)
    call: Any = functools.update_wrapper(_with_request(method, _event), method)
    del call.__wrapped__  # it takes what the method takes, and is judged by that
    # The annotation of the method is that of the handler, and is checked with those of all others.
    event = body.replace(kind=body.POSITIONAL_ONLY, default=body.empty)
    delivery = inspect.Parameter("_delivery", body.POSITIONAL_ONLY, annotation=Delivery)
    call.__signature__ = inspect.Signature([event, delivery])
    return call  # type: ignore[no-any-return]  # a function, to which attributes were set


def _parameter(method: Callable[..., Any], label: str) -> inspect.Parameter | None:
    """Give the parameter for the body, if there is one.

    Raises:
        TypeError: the method is neither ``(self)`` nor ``(self, body)``.
    """
    found = signature(method)
    parameters = list(found.parameters.values())
    positional = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if len(positional) > 1 or keywords or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise TypeError(
            f"mount: {label}{found} is neither (self) nor (self, body); a decorator that "
            "passes everything on needs functools.wraps"
        )
    return positional[0] if positional else None


def _with_request(method: Callable[..., Any], give: _Give) -> Callable[..., Any]:
    """Call a method with what it takes, while `request` tells of its push."""

    async def acall(event: Any, delivery: Delivery) -> Any:
        with Call(delivery):
            return await method(*give(event, delivery))

    def call(event: Any, delivery: Delivery) -> Any:
        with Call(delivery):
            result = method(*give(event, delivery))
        return later(result, delivery) if inspect.isawaitable(result) else result

    async def later(result: Any, delivery: Delivery) -> Any:
        with Call(delivery):
            return await result

    made = acall if is_async(method) else call
    setattr(made, MOUNTED, method)
    return made
