"""``pushmw kinds``."""

import json
import re
from importlib import import_module

import pytest

from commandline import Execute, Run
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import KINDS, members, sample


def cells(line: str) -> list[str]:
    return re.split(r" {2,}", line)


def test_every_kind_has_a_line_of_its_own_when_piped(execute: Execute) -> None:
    done = execute("kinds")
    assert (done.returncode, done.stderr) == (0, "")
    heading, *lines = done.stdout.splitlines()
    assert cells(heading) == ["Kind", "Sent", "Members (* required)"]
    assert [cells(line)[0] for line in lines] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_of_a_kind_has_all_its_members(kind: str, run: Run) -> None:
    lines = {cells(line)[0]: line for line in run("kinds").stdout.splitlines()}
    listed = cells(lines[kind])[2].split()
    expected = [
        f"{name}*" if required else name for name, _, required in members(kind) if "." not in name
    ]
    assert listed == expected


def test_it_says_when_a_kind_is_sent(run: Run) -> None:
    sent = {cells(line)[0]: cells(line)[1] for line in run("kinds").stdout.splitlines()}
    assert sent["deviceAdded"] == "when a device was registered"
    assert sent["deviceCapabilitiesAdded"] == (
        "by some platforms instead of deviceModelAdded, when a product model was added"
    )


def test_piped_text_is_plain_and_without_trailing_blanks(execute: Execute) -> None:
    done = execute("kinds")
    assert "\x1b" not in done.stdout
    assert not re.search(r" $", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_terminal_of_any_width_shows_every_kind_uncut(
    width: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("kinds")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    assert plain != result.stdout
    assert max(map(len, plain.splitlines())) <= width
    first = "".join(line[: plain.index("Sent")].strip() for line in plain.splitlines())
    assert first == "Kind" + "".join(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_shown_with_its_class_its_members_and_a_sample(kind: str, run: Run) -> None:
    result = run("kinds", kind)
    assert result.exit_code == 0
    about, table, body = re.split(r"\n\n", result.stdout, maxsplit=2)
    room = "pushmw" if kind in LEGACY_KINDS else "pushmw.iotda"
    assert about.startswith(f"{kind}, received as {room}.{KINDS[kind].__name__}\nSent")
    assert getattr(import_module(room), KINDS[kind].__name__) is KINDS[kind]
    heading, *lines = table.splitlines()
    assert cells(heading) == ["Member", "Type", "Required"]
    expected = [[n, text, "yes"] if required else [n, text] for n, text, required in members(kind)]
    assert [cells(line) for line in lines] == expected
    assert json.loads(body) == json.loads(sample(kind))


def test_an_unknown_kind_is_one_line_with_the_closest_names(execute: Execute) -> None:
    done = execute("kinds", "deviceDataChange")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: unknown kind: 'deviceDataChange'; "
        "did you mean deviceDataChanged or deviceDatasChanged or deviceInfoChanged?\n"
    )


def test_docstrings_that_were_optimised_away_leave_the_table(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pushmw.cli.kinds.inspect.getdoc", lambda struct: None)
    assert run("kinds").stdout.count("\n") == 1 + len(KINDS)
