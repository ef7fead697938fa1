"""The one rule of what may be skipped: a test that needs something this environment has not.

With ``--no-skips``, as in the envs of tox, or where ``CI`` is set nothing may: what is missing is
an error there, and so is a skip of any other kind. Only what no environment can have by itself, a
program that PyPI has not for this machine, is left out in an env of tox too, but not in CI.
"""

import os
from collections.abc import Generator
from typing import Any, TypeVar

import pytest

from needs import absence, is_of_tool

Report = TypeVar("Report", pytest.CollectReport, pytest.TestReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="take whatever is skipped for an error (default: if CI is set)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return judged(report, report.call, collector.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return judged(report, call, item.config)


def judged(report: Report, call: pytest.CallInfo[Any], config: pytest.Config) -> Report:
    """Make a skip of a failure that comes of something missing, or a failure of any skip."""
    found: Any = None
    if report.skipped and not hasattr(report, "wasxfail"):
        found = report.longrepr
    elif report.failed and call.excinfo is not None:
        found = absence(call.excinfo.value)
    if found is None:
        return report
    left_out = call.excinfo is not None and is_of_tool(call.excinfo.value)
    if config.getoption("no_skips") and not (left_out and not os.environ.get("CI")):
        if report.failed:
            report.sections.append(("Traceback", report.longreprtext))
        file, line, reason = found
        report.longrepr = f"{reason}, and nothing may be skipped: {file}:{line}"
        report.outcome = "failed"
    else:
        report.longrepr = found
        report.outcome = "skipped"
    return report
