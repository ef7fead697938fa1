"""What goes round handlers and what is called when they fail."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest

from logged import failures
from pushmw import Delivery, Receiver
from pushmw._dispatch.glue import Glue
from worlds import Deliver, awaited, in_both_worlds, in_every_style, lazily, on_a_loop, sync

Style = Callable[[Callable[..., Any]], Callable[..., Any]]


def broken(event: object) -> None:
    raise ValueError("x")


class Notes(list[str]):
    """Context managers, sync and async, that note where they are entered and left."""

    def where(self) -> str:
        return f"{threading.get_ident()}"

    @contextmanager
    def around(self) -> Iterator[None]:
        self.append(f"enter {self.where()}")
        try:
            yield
        except ValueError as error:
            self.append(f"saw {error}")
            raise
        finally:
            self.append(f"leave {self.where()}")

    @asynccontextmanager
    async def aaround(self) -> AsyncIterator[None]:
        await asyncio.sleep(0)
        with self.around():
            yield
            await asyncio.sleep(0)

    def handler(self, event: object) -> None:
        self.append(f"handler {self.where()}")


# Context managers


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_a_context_manager_is_entered_on_the_handlers_own_thread(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    push, notes = Receiver(), Notes()
    push.around(notes.around)
    push.on("deviceDeleted", inline=inline and style is sync)(style(notes.handler))
    assert deliver(push).status == 200
    words = [note.split() for note in notes]
    assert [word for word, _ in words] == ["enter", "handler", "leave"]
    assert words[0][1] == words[2][1]
    assert style is lazily or words[0][1] == words[1][1]


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_an_async_context_manager_is_entered_on_a_loop(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    push, notes = Receiver(), Notes()
    push.around(notes.aaround)
    push.on("deviceDeleted", inline=inline and style is sync)(style(notes.handler))
    assert deliver(push).status == 200
    (_, entered), (_, handled), (_, left) = (note.split() for note in notes)
    assert entered == left
    assert (handled == entered) is (style is not sync)
    assert (entered == str(threading.get_ident())) is (deliver is on_a_loop)


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("kind", ["around", "aaround"], ids=["sync", "async"])
def test_an_exception_passes_through_the_exit(deliver: Deliver, style: Style, kind: str) -> None:
    push, notes = Receiver(), Notes()
    push.around(getattr(notes, kind))
    push.on("deviceDeleted")(style(broken))
    assert deliver(push).status == 503
    assert [note.split()[0] for note in notes] == ["enter", "saw", "leave"]


@in_both_worlds
@in_every_style
def test_an_exit_that_swallows_the_exception_makes_a_success_of_it(
    deliver: Deliver, style: Style
) -> None:
    push = Receiver()
    push.around(lambda: suppress(ValueError))
    push.on("deviceDeleted")(style(broken))
    assert deliver(push).status == 200


@in_both_worlds
@in_every_style
def test_a_context_that_cannot_be_entered_is_the_handlers_failure(
    deliver: Deliver, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = Receiver(), Notes()

    @push.around
    @contextmanager
    def closed() -> Iterator[None]:
        raise LookupError
        yield

    push.on("deviceDeleted", name="inside")(style(notes.handler))
    assert deliver(push).status == 503
    assert notes == []
    assert "handler inside failed: LookupError" in caplog.text


@in_both_worlds
@in_every_style
def test_no_context_is_entered_where_the_condition_says_no(deliver: Deliver, style: Style) -> None:
    push, notes = Receiver(), Notes()
    push.around(notes.around)
    push.on("deviceDeleted", where=lambda event: False)(style(notes.handler))
    assert deliver(push).status == 200
    assert notes == []


@in_both_worlds
@in_every_style
def test_a_context_manager_may_ask_for_the_delivery(deliver: Deliver, style: Style) -> None:
    push, seen = Receiver(), list[Delivery]()

    @push.around
    @contextmanager
    def around(delivery: Delivery) -> Iterator[None]:
        seen.append(delivery)
        yield

    push.on("deviceDeleted", name="asked")(style(lambda event: None))
    deliver(push, path="/push")
    assert [(delivery.handler, delivery.path) for delivery in seen] == [("asked", "/push")]


@in_both_worlds
@in_every_style
def test_context_variables_set_outside_are_seen_by_handlers(deliver: Deliver, style: Style) -> None:
    push, seen = Receiver(), list[str]()
    tenant = contextvars.ContextVar("tenant", default="nobody")
    push.on("deviceDeleted")(style(lambda event: seen.append(tenant.get())))

    def main() -> None:
        tenant.set("somebody")
        deliver(push)

    contextvars.copy_context().run(main)
    assert seen == ["somebody"]


# A framework's own


@in_both_worlds
@in_every_style
def test_a_frameworks_context_goes_round_all_others(deliver: Deliver, style: Style) -> None:
    push, outer, inner = Receiver(), Notes(), Notes()
    order: list[Notes] = []

    def noting(notes: Notes) -> Any:
        order.append(notes)
        return notes.around()

    push.around(lambda: noting(inner))
    push.set_glue(Glue(lambda: noting(outer)))
    push.on("deviceDeleted")(style(lambda event: None))
    assert deliver(push).status == 200
    assert order == [outer, inner]
    assert (len(outer), len(inner)) == (2, 2)


@in_both_worlds
@pytest.mark.parametrize("style", [sync, awaited], ids=["sync", "async"])
def test_a_framework_may_have_another_context_for_async_handlers(
    deliver: Deliver, style: Style
) -> None:
    push, for_sync, for_async = Receiver(), Notes(), Notes()
    push.set_glue(Glue(for_sync.around, for_async.aaround))
    push.on("deviceDeleted")(style(lambda event: None))
    assert deliver(push).status == 200
    assert (len(for_sync), len(for_async)) == ((2, 0) if style is sync else (0, 2))


# Error hooks


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("hook_style", [sync, awaited], ids=["sync hook", "async hook"])
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_hooks_get_the_error_and_the_delivery_once_for_each_failing_handler(
    deliver: Deliver, style: Style, hook_style: Style, *, inline: bool
) -> None:
    push, seen = Receiver(), list[tuple[str, str, str]]()
    inline = inline and style is sync

    def hook(error: Exception, delivery: Delivery) -> None:
        seen.append((type(error).__name__, delivery.handler, delivery.path))

    push.error(hook_style(hook))
    for name, function in (("a", broken), ("b", print), ("c", broken)):
        push.on("deviceDeleted", name=name, inline=inline)(style(lambda e, f=function: f(e)))
    assert deliver(push, path="/push").status == 503
    assert seen == [("ValueError", "a", "/push"), ("ValueError", "c", "/push")]


@in_both_worlds
@in_every_style
def test_a_hook_that_fails_stops_no_other_and_is_logged(
    deliver: Deliver, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push, seen = Receiver(), list[str]()

    @push.error
    def bad(error: Exception, delivery: Delivery) -> None:
        raise LookupError

    push.error(lambda error, delivery: seen.append("next hook"))
    push.on("deviceDeleted", name="failing")(style(broken))
    push.on("deviceDeleted")(style(lambda event: seen.append("next handler")))
    assert deliver(push).status == 503
    assert seen == ["next hook", "next handler"]
    assert failures(caplog) == [
        "handler failing failed: ValueError",
        "error hook of failing failed: LookupError",
    ]


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
@pytest.mark.parametrize("hook_style", [sync, awaited], ids=["sync hook", "async hook"])
@pytest.mark.parametrize("unhandled", [False, True], ids=["handlers", "the unhandled ones"])
def test_each_failure_is_told_before_the_next_handler_runs(
    deliver: Deliver,
    style: Style,
    hook_style: Style,
    caplog: pytest.LogCaptureFixture,
    *,
    inline: bool,
    unhandled: bool,
) -> None:
    push, seen = Receiver(), list[str]()

    def note(word: str) -> None:
        seen.extend([*(["logged"] * len(failures(caplog))), word])
        caplog.clear()

    def handler(name: str, *, fails: bool) -> None:
        def run(event: object) -> None:
            note(name)
            if fails:
                raise ValueError

        run.__qualname__ = name
        if unhandled:
            push.unhandled(style(run))
        else:
            push.on("deviceDeleted", name=name, inline=inline and style is sync)(style(run))

    def hook(error: Exception, delivery: Delivery) -> None:
        note("hook")

    push.error(hook_style(hook))
    for name, fails in {"good": False, "bad": True, "fine": False, "worse": True}.items():
        handler(name, fails=fails)
    assert deliver(push).status == 503
    assert seen == ["good", "bad", "logged", "hook", "fine", "worse", "logged", "hook"]


@in_both_worlds
@pytest.mark.parametrize("style", [sync, awaited], ids=["sync", "async"])
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_what_ends_the_run_from_a_hook_ends_it_there(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    push, seen = Receiver(), list[str]()

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        raise KeyboardInterrupt

    push.on("deviceDeleted", inline=inline and style is sync)(style(broken))
    push.on("deviceDeleted", inline=inline and style is sync)(style(lambda e: seen.append("next")))
    with pytest.raises(KeyboardInterrupt):
        deliver(push)
    assert seen == []


@in_both_worlds
def test_hooks_are_called_for_the_unhandled_ones_too(deliver: Deliver) -> None:
    push, seen = Receiver(), list[str | None]()
    push.error(lambda error, delivery: seen.append(delivery.kind))
    push.unhandled(broken)
    assert deliver(push, b"push success.").status == 503
    assert seen == [None]
