"""Taking a push without WSGI or ASGI: a framework's own route, another server, a queue."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from pushmw.answers import Answer, Refused
from pushmw.deadlines import within
from pushmw.requests import Rules, check_size, joined

if TYPE_CHECKING:
    from pushmw.receiver import Receiver


class Headers(Protocol):
    """Headers as frameworks have them: a dictionary, or something with its ``items``."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Give names, in any case, and values."""
        ...


_Source = tuple[str, dict[str, str]]


def handle(push: "Receiver", body: bytes, headers: Headers, path: str, peer: str | None) -> Answer:
    """Take a push on this thread."""
    body, core = _bytes(body), push.core()
    if core.gate and (denied := core.gate(_joined(headers), path, peer)):
        return denied
    try:
        return core.accept(body, _admitted(push, body, headers, path), _describe)
    except Refused as refused:
        return _refused(push, refused)


async def ahandle(
    push: "Receiver", body: bytes, headers: Headers, path: str, peer: str | None
) -> Answer:
    """Take a push on the running event loop."""
    body, core = _bytes(body), push.core()
    if core.gate and (denied := core.gate(_joined(headers), path, peer)):
        return denied
    try:
        answer = core.aaccept(body, _admitted(push, body, headers, path), _describe)
    except Refused as refused:
        return _refused(push, refused)
    if isinstance(answer, Answer):
        return answer
    return await within(push.options.handler_deadline, answer)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str) or not hasattr(body, "__len__"):
        raise TypeError(f"handle: the body must be bytes, not {type(body).__name__}")
    return bytes(body)


def _joined(headers: Headers) -> dict[str, str]:
    """Give all headers, of one that came several times all values."""
    return joined((name.lower(), str(value)) for name, value in headers.items())


def _admitted(push: "Receiver", body: bytes, headers: Headers, path: str) -> _Source:
    """Apply the header rules to a body that was read elsewhere."""
    fields = _joined(headers)
    rules = Rules(push.options.max_body)
    length = rules.admit(
        fields.get("content-type"), fields.get("content-encoding"), fields.get("content-length")
    )
    check_size(body, length, rules.max_body)
    return path, fields


def _refused(push: "Receiver", refused: Refused) -> Answer:
    push.counts.refused += 1
    return refused.answer


def _describe(source: _Source, names: Iterable[str]) -> _Source:
    path, fields = source
    return path, {name: fields[name] for name in names if name in fields}
