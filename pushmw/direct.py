"""Taking a push without WSGI or ASGI: a framework's own route, another server, a queue."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, cast

from pushmw.answers import Answer, Refused
from pushmw.deadlines import within
from pushmw.requests import Rules, check_size

if TYPE_CHECKING:
    from pushmw.receiver import Receiver


class Headers(Protocol):
    """Headers as frameworks have them: a dictionary, or something with its ``items``."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Give names, in any case, and values."""
        ...


_Source = tuple[str, dict[str, str]]


def handle(push: "Receiver", body: bytes, headers: Headers, path: str) -> Answer:
    """Take a push on this thread."""
    body = _bytes(body)
    source = _admit(push, body, headers, path)
    if isinstance(source, Answer):
        return source
    answer: Answer = push.core().accept(body, source, _describe)
    return answer


async def ahandle(push: "Receiver", body: bytes, headers: Headers, path: str) -> Answer:
    """Take a push on the running event loop."""
    body = _bytes(body)
    source = _admit(push, body, headers, path)
    if isinstance(source, Answer):
        return source
    core = push.core()
    answer: Any = core.aaccept(body, source, _describe)
    if not isinstance(answer, Answer):
        answer = core.finish(await within(push.options.handler_deadline, answer))
    return cast("Answer", answer)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str) or not hasattr(body, "__len__"):
        raise TypeError(f"handle: the body must be bytes, not {type(body).__name__}")
    return bytes(body)


def _admit(push: "Receiver", body: bytes, headers: Headers, path: str) -> "_Source | Answer":
    """Apply the header rules to a body that was read elsewhere."""
    fields = {name.lower(): str(value) for name, value in headers.items()}
    try:
        _check(Rules(push.options.max_body), body, fields)
    except Refused as refused:
        push.counts.refused += 1
        return refused.answer
    return path, fields


def _check(rules: Rules, body: bytes, fields: dict[str, str]) -> None:
    length = rules.admit(
        fields.get("content-type"), fields.get("content-encoding"), fields.get("content-length")
    )
    check_size(body, length, rules.max_body)


def _describe(source: _Source, names: Iterable[str]) -> _Source:
    path, fields = source
    return path, {name: fields[name] for name in names if name in fields}
