"""What `import pushmw` costs, and that imports between the rooms go one way."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pushmw

PACKAGE = Path(pushmw.__file__).parent
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "simulator"
)

# From the bottom to the top: a room imports rooms of lower floors only.
FLOORS = [
    {"depth"},
    {"notifications"},
    {"samples", "answers", "counts", "delivery", "iotda", "nonces", "paths"},
    {"callables", "guards"},
    {"options", "dispatch", "gate", "requests", "replay", "_signatures"},
    {"compat", "context", "crossing", "deadlines", "kinds"},
    {"registry", "waiting"},
    {"running"},
    {"taking"},
    {"core"},
    {"direct", "wsgi", "asgi"},
    {"receiver"},
    {"default", "flask", "django"},
    {"__init__"},
    {"cli", "__main__"},
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# They know the protocol, so they must work under any server and without one.
PURE = {
    *("depth", "notifications", "samples", "answers", "counts", "delivery", "iotda", "paths"),
    *("options", "callables", "dispatch", "requests", "replay", "_signatures"),
    *("compat", "guards"),
}
CROSSINGS = {
    "asyncio",
    "threading",
    "concurrent",
    "multiprocessing",
    "queue",
    "socket",
    "selectors",
}


def room_of(parts: tuple[str, ...]) -> str:
    """Give the room a module belongs to, by its path inside the package."""
    return parts[0].removesuffix(".py")


def for_checkers_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imported(node: ast.AST) -> Iterator[str]:
    """List the modules imported at run time, inside of functions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "relative imports would go unseen here"
            if child.module == "pushmw":
                yield from (f"pushmw.{alias.name}" for alias in child.names)
            else:
                yield child.module or ""
        elif not for_checkers_only(child):
            yield from imported(child)


def imports_of(path: Path) -> set[str]:
    return set(imported(ast.parse(path.read_text(encoding="utf-8"))))


def rooms_imported(path: Path) -> set[str]:
    names = {name for name in imports_of(path) if name.split(".")[0] == "pushmw"}
    # What is no room is a public name, so the package itself.
    rooms = {room_of((*name.split(".")[1:], "__init__")) for name in names}
    return {room if room in FLOOR else "__init__" for room in rooms}


name_of = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))


@name_of
def test_a_room_imports_lower_ones_only(path: Path) -> None:
    room = room_of(path.relative_to(PACKAGE).parts)
    assert room in FLOOR, "a new room needs its place in the house"
    upwards = {r for r in rooms_imported(path) - {room} if FLOOR[r] >= FLOOR[room]}
    assert upwards == set()


@name_of
def test_a_room_that_knows_the_protocol_neither_waits_nor_crosses(path: Path) -> None:
    if room_of(path.relative_to(PACKAGE).parts) in PURE:
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert roots & CROSSINGS == set()
        assert roots <= {*sys.stdlib_module_names, "msgspec", "werkzeug", "pushmw"}


def test_each_framework_is_imported_by_its_own_room_only() -> None:
    frameworks = {"flask", "django", "fastapi", "starlette", "uvicorn", "granian", "gunicorn"}
    for path in MODULES:
        roots = {name.split(".")[0] for name in imports_of(path)}
        room = room_of(path.relative_to(PACKAGE).parts)
        if room != "cli":
            assert roots & frameworks <= {room}


def test_the_scan_sees_what_is_imported_inside_of_functions() -> None:
    assert {"wsgi", "asgi", "direct", "core"} <= rooms_imported(PACKAGE / "receiver.py")
    assert "werkzeug.http" in imports_of(PACKAGE / "requests.py")
    assert "receiver" not in rooms_imported(PACKAGE / "asgi.py"), "that is for checkers only"


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
