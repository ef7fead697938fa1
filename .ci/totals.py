"""Print how many tests passed and failed in all tox envs, from their JUnit files.

Usage: totals.py TOX_WORK_DIR
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET


def outcome(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def main(work_dir: Path) -> int:
    total: Counter[str] = Counter()
    for file in sorted(work_dir.glob("*/tmp/junit.xml")):
        counts = Counter(map(outcome, ET.parse(file).iter("testcase")))
        print(f"{file.parent.parent.name}: {line(counts)}")
        total += counts
    print(line(total))
    return int(total["failed"] > 0 or total["passed"] == 0)


def line(counts: Counter[str]) -> str:
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
