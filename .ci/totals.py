"""Print how many tests passed and failed in all tox envs, from their JUnit files.

Usage: totals.py TOX_WORK_DIR
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

# The envs of tox.ini whose outcome is ignored: shown, and in no total.
MAY_FAIL: Final = "-pre"


def outcome(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def main(work_dir: Path) -> int:
    total: Counter[str] = Counter()
    for file in sorted(work_dir.glob("*/tmp/junit.xml")):
        env = file.parent.parent.name
        counts = Counter(map(outcome, ET.parse(file).iter("testcase")))
        if env.endswith(MAY_FAIL):
            print(f"{env}: {line(counts)}, not counted")
            continue
        print(f"{env}: {line(counts)}")
        total += counts
    print(line(total))
    return int(total["failed"] > 0 or total["passed"] == 0)


def line(counts: Counter[str]) -> str:
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
