"""Feed made-up input to decoders, header rules and guards, and look for what is not defined.

Undefined is any exception, and any answer that is not in the table of answers. Where atheris is
installed it makes the inputs, else chance. Each target runs in a process of its own, so that a
crash of the interpreter is seen too.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

# As in fuzz.targets, which is not imported here: atheris sees what is imported under its eyes.
TARGETS = (
    *("legacy", "iotda", "mixed"),
    *("wsgi", "asgi", "guarded-wsgi", "guarded-asgi", "guards"),
)


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000, help="inputs, over all targets")
    parser.add_argument("--target", choices=TARGETS, action="append", help="one or several")
    parser.add_argument("--backend", choices=["atheris", "chance"], help="default: what is there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="in this process, the first target")
    found = parser.parse_args(given)
    found.target = found.target or [*TARGETS]
    if found.backend is None:
        found.backend = "atheris" if importlib.util.find_spec("atheris") else "chance"
    return found


def main(given: list[str] | None = None) -> int:
    """Run, and give the exit status: 0 if all inputs had a defined outcome."""
    asked = arguments(given)
    name, seed = asked.target[0], asked.seed
    if asked.here and asked.backend == "atheris":
        from fuzz import guided

        guided.run(name, asked.runs, seed)
    elif asked.here:
        from fuzz import blind
        from fuzz.targets import TRIALS

        blind.run(TRIALS[name], asked.runs, seed)
    else:
        share = -(-asked.runs // len(asked.target))
        return max(alone(name, asked.backend, share, seed) for name in asked.target)
    return 0


def alone(name: str, backend: str, runs: int, seed: int) -> int:
    """Run one target in a process of its own."""
    print(f"{name}, by {backend}:", flush=True)  # noqa: T201 - a program
    done = subprocess.run(
        [
            *(sys.executable, str(TESTS / "fuzz"), "--here", "--target", name),
            *("--backend", backend, "--runs", f"{runs}", "--seed", f"{seed}"),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    report = re.search(rf"^{runs} inputs in .*\n(?:  .*\n)*", done.stdout, re.MULTILINE)
    good = report is not None and done.returncode == 0
    print(report[0] if report and good else done.stdout, flush=True)  # noqa: T201 - as above
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
