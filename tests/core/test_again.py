"""One function counts once, however often its module is run or included."""

import functools
import gc
import importlib
import logging
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from pushmw import Receiver
from worlds import BODY

MODULE = """
import functools
from contextlib import contextmanager

import msgspec

from pushmw import Receiver
from pushmw.compat import PushMessageReceiver
from keeper import outer, push, ran

part = Receiver()
outer.include(part)


class Meter(msgspec.Struct):
    value: int = 0


push.define("meter", Meter)


@push.on("meter")
def by_name(event):
    ran.append("meter by name")


@push.on(Meter)
def by_class(event):
    ran.append("meter by class")


@push.around
@contextmanager
def around():
    ran.append("around")
    yield


class Manager:
    def __enter__(self):
        ran.append("manager")

    def __exit__(self, *error):
        pass


push.around(Manager)


@push.error
def hook(error, delivery):
    ran.append("hook")


@push.on("deviceDeleted")
@push.on("deviceDeleted", where=lambda event: True)
def handler(event):
    ran.append("handler")


push.on("deviceDeleted")(functools.partial(lambda name, event: ran.append(name), "partial"))


class Store:
    def save(self, event):
        ran.append("method")

    def __call__(self, event):
        ran.append("object")


push.on("deviceDeleted")(Store().save)
push.on("deviceDeleted")(Store())


class Old(PushMessageReceiver):
    def handleBody(self, body):
        ran.append("body")

    def handleDeviceDeleted(self):
        ran.append("mounted")


push.mount(Old())


@push.unhandled
def rest(event):
    ran.append("rest")


@part.on("deviceDeleted")
def inside(event):
    ran.append("inside")


@part.on("deviceAdded")
def fails(event):
    raise ValueError
"""
KEEPER = """
from pushmw import Receiver

push, outer, ran = Receiver(guards=[]), Receiver(guards=[]), []
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "keeper.py").write_text(KEEPER)
    (tmp_path / "shop.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("keeper", "shop"):
        sys.modules.pop(name, None)


def reloaded(project: Path) -> None:
    importlib.reload(importlib.import_module("shop"))


def edited(project: Path) -> None:
    module = importlib.import_module("shop")
    (project / "shop.py").write_text("# one more line\n\n\n" + MODULE)
    importlib.reload(module)


def imported_twice(project: Path) -> None:
    importlib.import_module("shop")
    del sys.modules["shop"]
    importlib.import_module("shop")


def run_and_imported(project: Path) -> None:
    made = ModuleType("__main__")
    made.__file__ = str(project / "shop.py")
    before, sys.modules["__main__"] = sys.modules["__main__"], made
    try:
        exec(compile(MODULE, "shop.py", "exec"), vars(made))
    finally:
        sys.modules["__main__"] = before
    sys.modules["__main__"] = made
    try:
        importlib.import_module("shop")
    finally:
        sys.modules["__main__"] = before


@pytest.mark.parametrize("again", [reloaded, edited, imported_twice, run_and_imported])
def test_what_a_module_registers_counts_once(
    again: Callable[[Path], None], project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pushmw")
    again(project)
    keeper: Any = importlib.import_module("keeper")
    assert keeper.push.handle(BODY).status == 200
    parts = ["body", "mounted"]
    expected = ["handler", "handler", "partial", "method", "object", *parts]
    each = [name for name in keeper.ran if name not in {"around", "manager"}]
    assert sorted(each) == sorted(expected)
    assert keeper.ran.count("around") == keeper.ran.count("manager") == len(expected)
    keeper.ran.clear()
    assert keeper.push.handle(b'{"notifyType":"meter","value":1}').status == 200
    told = [name for name in keeper.ran if name.startswith("meter")]
    assert sorted(told) == ["meter by class", "meter by name"]
    keeper.ran.clear()
    assert keeper.outer.handle(BODY).status == 200
    assert keeper.ran == ["inside"]
    assert any("handler" in line and "counts once" in line for line in caplog.messages)


def test_a_file_that_is_run_and_imported_registers_once(project: Path) -> None:
    (project / "app.py").write_text(
        "import sys\n"
        "from keeper import push, ran\n"
        "@push.on('deviceDeleted')\n"
        "def handler(event): ran.append(__name__)\n"
        "if __name__ == '__main__':\n"
        "    import app\n"
        "    push.handle(sys.argv[1].encode())\n"
        "    print(*ran)\n"
    )
    done = subprocess.run(
        [sys.executable, "app.py", BODY.decode()],
        check=True,
        capture_output=True,
        text=True,
        cwd=project,
    )
    assert done.stdout.split() == ["app"]


def test_a_factory_that_is_called_again_registers_once() -> None:
    push, ran = Receiver(guards=[]), list[object]()

    def create_app(name: str) -> None:
        @push.on("deviceDeleted")
        def handler(event: object) -> None:
            ran.append(name)

        push.on("deviceDeleted", name="by a lambda")(lambda event: ran.append(name + "'s lambda"))
        push.error(lambda error, delivery: None)

    create_app("first")
    create_app("second")
    assert push.handle(BODY).status == 200
    assert ran == ["second", "second's lambda"]


def test_what_one_run_registers_several_times_is_meant() -> None:
    push, ran = Receiver(guards=[]), list[object]()

    def noting(name: str) -> Callable[[object], None]:
        def note(event: object) -> None:
            ran.append(name)

        return note

    for name in ("a", "b"):
        push.on("deviceDeleted")(noting(name))
        push.on("deviceDeleted")(noting(name * 2))

    def _(event: object) -> None:
        ran.append("one")

    push.on("deviceDeleted")(_)

    def _(event: object) -> None:
        ran.append("other")

    push.on("deviceDeleted")(_)
    assert push.handle(BODY).status == 200
    assert ran == ["a", "aa", "b", "bb", "one", "other"]


def test_methods_of_other_objects_are_others_though_a_function_registers_them() -> None:
    push = Receiver(guards=[])

    def subscribe(kept: list[object]) -> None:
        push.on("deviceDeleted")(kept.append)

    lists: list[list[object]] = [[], []]
    for kept in lists:
        subscribe(kept)
    subscribe(lists[0])
    assert push.handle(BODY).status == 200
    assert [len(kept) for kept in lists] == [1, 1]


def test_another_name_kind_or_condition_is_another_handler() -> None:
    push, ran = Receiver(guards=[]), list[object]()

    def handler(event: object) -> None:
        ran.append(event)

    push.on("deviceDeleted")(handler)
    push.on("deviceDeleted")(handler)
    push.on("deviceDeleted", "deviceAdded")(handler)
    push.on("deviceDeleted", name="other")(handler)
    push.on("deviceDeleted", where=lambda event: True)(handler)
    push.on("*")(handler)
    assert push.handle(BODY).status == 200
    assert len(ran) == 5


def test_a_part_that_is_included_twice_counts_once() -> None:
    push, part, between, ran = Receiver(guards=[]), Receiver(), Receiver(), list[object]()
    part.on("deviceDeleted")(ran.append)
    between.include(part)
    push.include(part)
    push.include(part)
    push.include(between)
    assert push.handle(BODY).status == 200
    assert len(ran) == 1


def test_parts_that_a_function_makes_are_several() -> None:
    push, ran = Receiver(guards=[]), list[object]()

    def made(name: str) -> Receiver:
        part = Receiver()

        @part.on("deviceDeleted")
        def handler(event: object) -> None:
            ran.append(name)

        return part

    def include(name: str) -> None:
        push.include(made(name))

    for name in ("a", "b"):
        include(name)
    assert push.handle(BODY).status == 200
    assert ran == ["a", "b"]


def test_a_definition_may_come_again_as_it_is_and_not_otherwise() -> None:
    class Meter(msgspec.Struct):
        value: int = 0

    class Other(msgspec.Struct):
        value: int = 0

    push = Receiver(guards=[])
    made = push.define("meter", Meter)
    push.on(Meter)(lambda event: None)
    assert push.define("meter", Meter) is made
    with pytest.raises(RuntimeError, match="has handlers already"):
        push.define("meter", Other)


def test_nothing_of_who_registers_is_kept() -> None:
    class Mine:
        """Something large."""

    def make() -> tuple[Receiver, list[weakref.ref[Mine]]]:
        mine, push = Mine(), Receiver(guards=[])
        push.on("deviceDeleted")(lambda event: None)
        push.error(lambda error, delivery: None)
        push.define("meter", msgspec.defstruct("Meter", [("value", int)]))
        return push, [weakref.ref(mine)]

    def calling() -> tuple[Receiver, list[weakref.ref[Mine]]]:
        mine = Mine()
        push, refs = make()
        return push, [*refs, weakref.ref(mine)]

    push, refs = calling()
    gc.collect()
    assert [ref() for ref in refs] == [None, None]
    assert push.handle(BODY).status == 200


def through(function: Callable[[object], None]) -> Callable[[object], None]:
    @functools.wraps(function)
    def wrapper(event: object) -> None:
        function(event)

    return wrapper


def test_whatever_a_factory_makes_counts_once_when_it_is_called_again() -> None:
    push, ran = Receiver(guards=[]), list[object]()

    def create_app(name: str) -> None:
        class Store:
            def save(self, event: object) -> None:
                ran.append(f"{name} method")

            def __call__(self, event: object) -> None:
                ran.append(f"{name} object")

        def noting(event: object, word: str) -> None:
            ran.append(f"{name} {word}")

        def made() -> Callable[[object], None]:
            return lambda event: ran.append(f"{name} made")

        push.on("deviceDeleted")(Store().save)
        push.on("deviceDeleted")(Store())
        push.on("deviceDeleted")(functools.partial(noting, word="partial"))
        push.on("deviceDeleted")(through(lambda event: ran.append(f"{name} wrapped")))
        push.on("deviceDeleted")(made())

        @push.on("deviceDeleted", where=lambda event: True)
        def last(event: object) -> None:
            ran.append("last")

    create_app("first")
    create_app("second")
    assert push.handle(BODY).status == 200
    told = ["method", "object", "partial", "wrapped", "made"]
    assert ran == [*(f"second {each}" for each in told), "last"]


def test_what_a_loop_of_a_function_registers_is_meant() -> None:
    push, ran, words = Receiver(guards=[]), list[object](), list[str]()

    def register() -> None:
        for number in range(2):

            @push.on("deviceDeleted")
            def by_default(event: object, number: int = number) -> None:
                ran.append(number)

            @push.on("deviceDeleted")
            def late(event: object) -> None:
                ran.append(f"late {number}")  # noqa: B023 - the last one, as Python has it

            class Store:
                def save(self, event: object) -> None:
                    ran.append("method")

            for _ in range(2):
                push.on("deviceDeleted")(Store().save)

        def noting(event: object, word: str) -> None:
            words.append(word)

        for word in ("a", "b"):
            push.on("deviceDeleted")(functools.partial(noting, word=word))

    register()
    assert push.handle(BODY).status == 200
    assert words == ["a", "b"]
    assert sorted(map(str, ran)) == ["0", "1", "late 1", "late 1", "method", "method"]
