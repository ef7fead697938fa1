"""The house: which room may know which, no circles, and what `import pushmw` costs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pushmw

PACKAGE = Path(pushmw.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# A room is a folder, or a module beside the folders; it knows those named here, and no others.
# What is in no row is public, each for one framework or one job: they know whom they like, and no
# row knows them.
KNOWS = {
    "notifications": {"_errors"},
    "_errors": set[str](),
    "_forks": set[str](),
    "_log": {"_forks"},
    "guards": {"_errors", "_forks", "_log"},
    "_threads": {"_forks"},
    "_dispatch": {"notifications", "_threads", "_errors", "_forks", "_log"},
    "_register": {"notifications", "guards", "_dispatch"},
    "_http": {"notifications", "guards", "_threads", "_dispatch", "_register", "_errors", "_log"},
    "inbox": {"notifications", "_threads", "_dispatch", "_errors", "_forks", "_log"},
    "receiver": {
        *("notifications", "guards", "_threads", "_dispatch", "_register", "_http"),
        "_forks",
    },
}
# They know the protocol, so they must work under any server and without one.
PURE = {"notifications", "_register", "samples"}
CROSSINGS = {
    *("asyncio", "threading", "concurrent", "multiprocessing"),
    *("queue", "socket", "selectors"),
}


def room_of(path: Path) -> str:
    """Give the room a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(node: ast.AST) -> Iterator[str]:
    """List all that is imported: inside of functions too, and what only type checkers read."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "relative imports would go unseen here"
            yield child.module or ""
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def imports_of(path: Path) -> set[str]:
    return set(imported(ast.parse(path.read_text(encoding="utf-8"))))


def module_at(name: str) -> Path | None:
    """Give the file of a module of ours."""
    if name != "pushmw" and not name.startswith("pushmw."):
        return None
    place = PACKAGE.joinpath(*name.split(".")[1:])
    return next((p for p in (place / "__init__.py", place.with_suffix(".py")) if p.is_file()), None)


def known_to(path: Path) -> set[Path]:
    """Give the files of ours that a file imports, a package only if it is asked for names."""
    names = imports_of(path)
    found = {name: module_at(name) for name in names}
    packages = {
        name
        for name in names
        if any(
            other.startswith(f"{name}.") and other.count(".") == name.count(".") + 1
            for other in names
            if found[other] is None
        )
    }
    return {
        file
        for name, file in found.items()
        if file is not None and (file.name != "__init__.py" or name in packages)
    }


each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)


@each_module
def test_a_room_knows_those_it_may(path: Path) -> None:
    room = room_of(path)
    if room in KNOWS:
        assert {room_of(other) for other in known_to(path)} - {room} <= KNOWS[room]


def test_only_the_receiver_knows_the_ways_of_http() -> None:
    assert {room for room, known in KNOWS.items() if "_http" in known} == {"receiver"}


def test_every_private_room_has_its_row() -> None:
    private = {room for room in map(room_of, MODULES) if room.startswith("_")}
    assert private - {"__init__", "__main__"} <= KNOWS.keys()


def test_nothing_is_imported_in_a_circle() -> None:
    try:
        TopologicalSorter({path: known_to(path) for path in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(str(path.relative_to(PACKAGE)) for path in error.args[1]))


@each_module
def test_a_room_that_knows_the_protocol_neither_waits_nor_crosses(path: Path) -> None:
    if room_of(path) in PURE:
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert roots & CROSSINGS == set()
        assert roots <= {*sys.stdlib_module_names, "msgspec", "pushmw"}


def test_each_framework_is_imported_by_its_own_room_only() -> None:
    frameworks = {"flask", "django", "fastapi", "starlette", "uvicorn", "granian", "gunicorn"}
    for path in MODULES:
        roots = {name.split(".")[0] for name in imports_of(path)}
        if room_of(path) != "cli":
            assert roots & frameworks <= {room_of(path)}


def test_the_scan_sees_what_is_imported_inside_of_functions_and_for_checkers() -> None:
    assert {"_http", "_threads"} <= {room_of(p) for p in known_to(PACKAGE / "receiver.py")}
    assert PACKAGE / "_register" / "mounting.py" in known_to(PACKAGE / "_register" / "registry.py")
    assert "asgiref.sync" in imports_of(PACKAGE / "django" / "_connections.py")


HEAVY = """
import importlib, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
new = {name for name in set(sys.modules) - before}
heavy = {
    "asyncio", "anyio", "trio", "gevent", "eventlet", "concurrent.futures", "multiprocessing",
    "werkzeug", "asgiref", "flask", "django", "fastapi", "starlette", "quart", "litestar",
    "uvicorn", "granian", "gunicorn", "waitress", "hypercorn", "wsgiref.simple_server",
    "http.client", "http.server", "urllib.request", "httpx", "httpx2", "aiohttp", "requests",
    "click", "rich", "sqlite3", "socket", "ssl", "selectors", "unittest", "pydantic",
}
print(*sorted(heavy & new))
"""


@pytest.mark.parametrize("module", ["pushmw", "pushmw.compat"])
def test_importing_imports_nothing_heavy_and_warns_of_nothing(module: str) -> None:
    program = [sys.executable, "-P", "-W", "error", "-c", HEAVY, module]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("\n", "", 0)


def test_importing_pushmw_leaves_the_names_of_the_sdks_alone() -> None:
    text = "import pushmw, sys; print('pushmw.compat' in sys.modules)"
    program = [sys.executable, "-P", "-c", text]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")


THREADS = """
import threading
import pushmw
push = pushmw.Receiver()
push.wsgi(), push.asgi()
print(threading.active_count())
"""


def test_nothing_is_started_before_the_first_push() -> None:
    program = [sys.executable, "-P", "-c", THREADS]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_every_public_name_is_there_and_listed_once() -> None:
    assert len(pushmw.__all__) == len(set(pushmw.__all__))
    assert all(hasattr(pushmw, name) for name in pushmw.__all__)


@each_module
def test_only_one_module_reads_signatures_and_annotations(path: Path) -> None:
    """They raise on Python 3.14 where names are there for type checkers only, unless asked well."""
    if path != PACKAGE / "_register" / "lazy.py":
        text = path.read_text(encoding="utf-8")
        assert "inspect.signature(" not in text
        assert "get_type_hints" not in text
