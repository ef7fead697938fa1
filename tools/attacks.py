"""Write the tables of the page on attacks: what the tests try at each guard, and its answer.

Run it after tests/attacks.py was changed; with ``--check`` it only tells whether the page is up to
date.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from attacks import DEFENCES, Defence  # noqa: E402 - it is found only now

PAGE = ROOT / "docs" / "attacks.md"
BEGIN, END = "<!-- written by tools/attacks.py -->\n", "<!-- up to here -->\n"


def table(name: str, defence: Defence) -> str:
    """Write the table of one guard."""
    rows = "".join(f"| {what} | {defence.status} |\n" for what in defence.attacks)
    return f"\n| at `{name}` | answer |\n|---|---|\n{rows}"


def tables() -> str:
    """Write all tables."""
    return "".join(table(name, defence) for name, defence in DEFENCES.items()) + "\n"


def page() -> str:
    """Write the page anew, with what stands round the tables as it is."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + tables() + END + rest.partition(END)[2]


def main() -> None:
    """Write the page, or check it."""
    text = page()
    if "--check" in sys.argv:
        if PAGE.read_text(encoding="utf-8") != text:
            sys.exit(f"{PAGE.name} is out of date: run tools/attacks.py")
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
