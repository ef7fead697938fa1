"""Combine the coverage of all tox envs and judge it, if the envs needed for a judgement ran.

Usage: coverage_report.py TOX_WORK_DIR "ENV, ENV, ..."

Code for one version of Python or one framework runs in some envs only, so less than 100 % means
nothing while an env is missing: then the figures are shown and, outside CI, nothing fails.
"""

import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

PACKAGE = Path("pushmw")


def measured_this_code(env: Path) -> bool:
    """Tell whether the env ran the code that lies here, and not the one of last week."""
    found = [*env.glob("lib/python*/site-packages/pushmw"), *env.glob("Lib/site-packages/pushmw")]
    return len(found) == 1 and all(
        (found[0] / source.relative_to(PACKAGE)).is_file()
        and (found[0] / source.relative_to(PACKAGE)).read_bytes() == source.read_bytes()
        for source in PACKAGE.rglob("*.py")
    )


def coverage(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False).returncode


def main(work_dir: Path, judged: set[str]) -> int:
    data: dict[str, list[str]] = {}
    for file in sorted(work_dir.glob("py3*/tmp/.coverage.*")):
        data.setdefault(file.parent.parent.name, []).append(str(file))
    for name in [name for name in data if not measured_this_code(work_dir / name)]:
        print(f"{name}: its data are of other code than this, left out")
        del data[name]
    if not data:
        print("no coverage data: no test env ran")
        return 1
    if failed := coverage("combine", "--keep", "--quiet", *chain.from_iterable(data.values())):
        return failed
    missing = sorted(judged - data.keys())
    if not missing:
        return coverage("report")
    failed = coverage("report", "--fail-under=0")
    print(f"coverage is not judged, without data of: {', '.join(missing)}")
    return failed or int(bool(os.environ.get("CI")))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), set(sys.argv[2].replace(",", " ").split())))
