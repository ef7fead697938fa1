"""Print what a run of tox left out, and how to get what it needs.

Usage: left_out.py TOX_WORK_DIR
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
HOW: Final = "from https://www.python.org, or pyenv install {version}"


def main(work_dir: Path) -> None:
    files = sorted(work_dir.glob("py3*/tmp/junit.xml"))
    ran = {file.parent.parent.name.partition("-")[0] for file in files}
    for version in PYTHONS:
        if f"py{version.replace('.', '')}" not in ran:
            print(f"left out: all tests on Python {version}; get it {HOW.format(version=version)}")
    reasons: Counter[str] = Counter()
    for file in files:
        for skipped in ET.parse(file).iter("skipped"):
            reasons[skipped.get("message", "")] += 1
    for reason, times in sorted(reasons.items()):
        print(f"left out: {times} tests: {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
