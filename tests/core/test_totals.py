"""The figures that `.ci/run` ends with, and its verdict."""

import subprocess
import sys
from pathlib import Path

import pytest

TOTALS = Path(__file__).parents[2] / ".ci" / "totals.py"
PASSED, FAILED = "<testcase/>", "<testcase><failure/></testcase>"


@pytest.mark.parametrize(
    ("results", "shown", "status"),
    [
        pytest.param(
            {"py312-core": PASSED * 3, "py312-flask": PASSED},
            "py312-core: 3 passed, 0 failed\npy312-flask: 1 passed, 0 failed\n4 passed, 0 failed\n",
            0,
            id="all passed",
        ),
        pytest.param(
            {"py312-core": PASSED + FAILED},
            "py312-core: 1 passed, 1 failed\n1 passed, 1 failed\n",
            1,
            id="one failed",
        ),
        pytest.param(
            {"py312-core": PASSED, "py313-pre": PASSED + FAILED},
            "py312-core: 1 passed, 0 failed\npy313-pre: 1 passed, 1 failed, not counted\n"
            "1 passed, 0 failed\n",
            0,
            id="one failed with pre-releases",
        ),
        pytest.param(
            {"py313-pre": PASSED},
            "py313-pre: 1 passed, 0 failed, not counted\n0 passed, 0 failed\n",
            1,
            id="nothing but pre-releases",
        ),
    ],
)
def test_totals_are_of_what_must_pass(
    tmp_path: Path, results: dict[str, str], shown: str, status: int
) -> None:
    for env, cases in results.items():
        file = tmp_path / env / "tmp" / "junit.xml"
        file.parent.mkdir(parents=True)
        file.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    done = subprocess.run(
        [sys.executable, str(TOTALS), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (shown, status)


LEFT_OUT = TOTALS.with_name("left_out.py")


def test_what_was_left_out_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    skipped = '<testcase><skipped message="needs a tool: apt-get install it"/></testcase>'
    for env, cases in {"py312-servers": PASSED + skipped * 2, "py313-core": skipped}.items():
        folder = tmp_path / env / "tmp"
        folder.mkdir(parents=True)
        (folder / "junit.xml").write_text(f"<testsuites>{cases}</testsuites>")
    done = subprocess.run(
        [sys.executable, str(LEFT_OUT), str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        *(
            f"left out: all tests on Python {version}; get it from https://www.python.org, or "
            f"pyenv install {version}"
            for version in ("3.11", "3.14")
        ),
        "left out: 3 tests: needs a tool: apt-get install it",
    ]
