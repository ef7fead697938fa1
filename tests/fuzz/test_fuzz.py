"""The fuzzing itself, in short: every target is fed, and what is undefined is found."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz import __main__ as program
from fuzz import blind
from fuzz.outcome import Target, defined
from fuzz.tally import FOUND
from fuzz.targets import TRIALS, Trial

RUNS = 300


@pytest.mark.parametrize("name", TRIALS)
def test_no_input_has_an_undefined_outcome(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    tally = blind.run(TRIALS[name], RUNS, seed=1)
    assert tally.outcomes.total() == RUNS
    assert len(tally.outcomes) >= 4, "it tried one thing only"
    assert capsys.readouterr().out.startswith(f"{RUNS} inputs in ")


def test_the_same_seed_makes_the_same_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    def fed(seed: int) -> list[bytes]:
        seen: list[bytes] = []

        def target(data: bytes) -> str:
            seen.append(data)
            return "seen"

        blind.run(Trial(lambda _: target, [b"abc", b"defg"], [b"x", b"yz"]), 50, seed)
        return seen

    assert fed(1) == fed(1) != fed(2)


def of(target: Target) -> Trial:
    return Trial(lambda _: target, [b"abc"], [b"x"])


def without_an_x(data: bytes) -> str:
    defined(b"x" not in data, "an x")
    return "no x"


def without_an_error(data: bytes) -> str:
    return "" if data.isascii() else data.decode("ascii")


@pytest.mark.parametrize(
    ("target", "said"),
    [(without_an_x, "UndefinedError: an x"), (without_an_error, "UnicodeDecode")],
)
def test_what_is_undefined_ends_the_run_and_is_shown(
    target: Target, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        blind.run(of(target), 10_000, seed=1)
    assert ended.value.code == FOUND
    shown = capsys.readouterr().out
    assert said in shown
    assert "UNDEFINED, for the input b" in shown
    assert "inputs in" not in shown


def test_an_error_in_the_log_is_undefined(capsys: pytest.CaptureFixture[str]) -> None:
    def target(data: bytes) -> str:
        logging.getLogger("pushmw").error("a guard has failed")
        return "hidden"

    with pytest.raises(SystemExit):
        blind.run(of(target), 1, seed=1)
    assert "logged as an error: a guard has failed" in capsys.readouterr().out


def test_as_a_program_it_tries_every_target() -> None:
    command = [sys.executable, str(Path(program.__file__).parent), "--backend", "chance"]
    done = subprocess.run(
        [*command, "--runs", "80"], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    named = [line for line in done.stdout.splitlines() if line.endswith(", by chance:")]
    assert named == [f"{name}, by chance:" for name in TRIALS]
    assert done.stdout.count("\n10 inputs in ") == len(TRIALS)


def test_a_process_that_does_not_come_to_its_end_is_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.main(["--target", "guards", "--backend", "chance", "--runs", "-1"]) == 1
    assert program.main(["--target", "guards", "--backend", "chance", "--runs", "20"]) == 0
    assert "20 inputs in " in capsys.readouterr().out
