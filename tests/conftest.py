"""Which sites the behavioural suite runs on, and how its tests are made for them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, reduce
from operator import or_
from typing import Any

import pytest

import sites
from needs import absence
from pushmw import Receiver
from sites.base import Before, Can, Inner, Running, Site, Start

pytest_plugins = ["skips"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--site",
        action="append",
        metavar="NAME",
        help=f"a site of the behavioural suite, of {', '.join(sites.MODULES)}; may be repeated "
        "(default: all whose framework is there)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(can): made for the sites that can do this only")
    if config.getoption("site"):
        chosen(config)


@cache
def chosen(config: pytest.Config) -> list[Site]:
    """Give the sites of this run: those asked for, or all that can be made here.

    One that was asked for and is not there is an error, not a reason to skip.
    """
    asked = config.getoption("site")
    found: list[Site] = []
    for name in asked or sites.MODULES:
        if name not in sites.MODULES:
            raise pytest.UsageError(f"--site: no {name!r}; there are {', '.join(sites.MODULES)}")
        try:
            found.append(sites.find(name))
        except ImportError as error:
            if asked:
                raise pytest.UsageError(f"--site {name}: {error}") from error
            if absence(error) is None:
                raise
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name_of_site" in metafunc.fixturenames:
        asked = metafunc.config.getoption("site")
        metafunc.parametrize("name_of_site", asked or sites.MODULES)
    if "site" not in metafunc.fixturenames:
        return
    needs = reduce(
        or_,
        (can for mark in metafunc.definition.iter_markers("needs") for can in mark.args),
        Can.HTTP if "serve" in metafunc.fixturenames else Can(0),
    )
    path = metafunc.definition.path
    made = [site for site in chosen(metafunc.config) if sites.are_for(path, site.name)]
    fitting = [site for site in made if needs in site.can]
    if "style" in metafunc.fixturenames:
        rows = [(site, style) for site in fitting for style in site.styles]
        ids = [f"{site.name}-{style.name}" for site, style in rows]
        metafunc.parametrize(("site", "style"), rows or [(None, None)], ids=ids or ["none"])
    else:
        ids = [site.name for site in fitting]
        metafunc.parametrize("site", fitting or [None], ids=ids or ["none"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that no chosen site is made for."""

    def has_site(item: pytest.Item) -> bool:
        call = getattr(item, "callspec", None)
        return call is None or call.params.get("site", item) is not None

    config.hook.pytest_deselected(items=[item for item in items if not has_site(item)])
    items[:] = filter(has_site, items)


@pytest.fixture(scope="session")
def hosts() -> Iterator[Callable[[Site], Any]]:
    """Give the host of a site; each is started once."""
    running: dict[Any, Any] = {}
    with ExitStack() as stack:

        def host_of(site: Site) -> Any:
            if site.host not in running:
                running[site.host] = stack.enter_context(site.host())
            return running[site.host]

        yield host_of


@pytest.fixture
def start(site: Site, hosts: Callable[[Site], Any]) -> Start:
    """Start the site with a receiver in front."""

    def start(
        push: Receiver | None, inner: Inner | None = None, before: Before | None = None
    ) -> Running:
        inner, host = inner or Inner(), hosts(site)
        host.run(site.build(inner, push), before)
        return Running(host, push, inner)

    return start


@pytest.fixture
def serve(start: Start) -> Start:
    """Do the same, on the sites that have a server and an application behind."""
    return start
