"""What type checkers are shown: a line that each overload of `push.on` takes, one it refuses."""

import ast
import inspect
import subprocess
import sys
import textwrap
from typing import NamedTuple, get_args, get_overloads

import pytest

import manual
from pushmw import Receiver
from pushmw._register import signatures

SHOWN = manual.ROOT / "typing_tests" / "every_kind.py"
OPTIONS = signatures.Options.__optional_keys__
KINDS = get_args(signatures.Kind)


class Overload(NamedTuple):
    """What an overload gives, and the options it takes."""

    returned: str
    options: set[str]


def overloads() -> dict[str, Overload]:
    """Give each overload of `on` by what it takes by position."""
    found: dict[str, Overload] = {}
    for overload in get_overloads(Receiver.on):
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(overload))).body
        assert isinstance(node, ast.FunctionDef)
        _self, *taken = node.args.posonlyargs
        if node.args.vararg is not None:
            taken.append(node.args.vararg)
        returned = str(node.returns and ast.unparse(node.returns))
        options = {each.arg for each in node.args.kwonlyargs}
        if node.args.kwarg is not None:
            event = returned.removeprefix("Registrar")
            assert ast.unparse(node.args.kwarg) == f"options: Unpack[Options{event}]"
            options |= OPTIONS
        what = ", ".join(ast.unparse(each.annotation or each) for each in taken)
        found[what] = Overload(returned, options)
    return found


def taken(registration: ast.Call) -> str:
    """Tell which overload a call of `push.on` in the shown file is for, in the same words."""
    names = [ast.unparse(each) for each in registration.args]
    if not names[0].startswith("'"):
        return ", ".join(f"type[{letter}]" for letter, _ in zip("ABCD", names, strict=False))
    texts = tuple(each.value for each in registration.args if isinstance(each, ast.Constant))
    if len(names) == 1 and texts[0] in {"*", *KINDS}:
        return f"Literal[{names[0]}]"
    return "Kind, Kind, Kind" if set(texts) <= set(KINDS) else "str, str"


def returned(registration: ast.Call, event: ast.expr) -> str:
    """Tell what the shown file says that a call of `push.on` gives, in the overloads' words."""
    text = ast.unparse(event)
    for letter, each in zip("ABCD", registration.args, strict=False):
        text = text.replace(each.id, letter) if isinstance(each, ast.Name) else text
    return text


class Lines(NamedTuple):
    """What the shown file says of an overload."""

    given: set[str]
    taken: set[str]
    refused: set[str]


def is_registration(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "push.on"


def shown() -> dict[str, Lines]:
    """Sort the lines of the shown file by overload."""
    text = SHOWN.read_text(encoding="utf-8")
    found: dict[str, Lines] = {}
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            continue
        call, line = node.value, text.splitlines()[node.lineno - 1]
        (registration,) = (each for each in ast.walk(call) if is_registration(each))
        assert isinstance(registration, ast.Call)
        lines = found.setdefault(taken(registration), Lines(set(), set(), set()))
        what = {str(option.arg) for option in registration.keywords}
        if ast.unparse(call.func) == "assert_type":
            lines.given.add(returned(registration, call.args[1]))
        elif "ignore" not in line:
            lines.taken.update(what)
        else:
            assert "# type: ignore[" in line
            assert "# pyright: ignore[" in line
            lines.refused.update(what or {"kind" if call is registration else "handler"})
    return found


SHOWN_LINES = shown()


@pytest.mark.parametrize(("what", "overload"), overloads().items(), ids=list(overloads()))
def test_both_checkers_are_shown_what_an_overload_gives_takes_and_refuses(
    what: str, overload: Overload
) -> None:
    lines = SHOWN_LINES[what]
    assert lines.given == {overload.returned}
    assert lines.taken == overload.options
    assert lines.refused >= {"handler", "where"}


def test_nothing_is_shown_that_is_no_overload() -> None:
    assert SHOWN_LINES.keys() == overloads().keys()


@pytest.mark.parametrize("tool", ["signatures", "every_kind", "servers"])
def test_what_was_generated_is_up_to_date(tool: str) -> None:
    program = [sys.executable, str(manual.ROOT / "tools" / f"{tool}.py"), "--check"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
