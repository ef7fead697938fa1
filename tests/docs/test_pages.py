"""Every snippet and every command of README and docs does what the page says."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

import manual
import processes
from manual import PAGES, README
from needs import needed
from processes import Server
from pushmw._register.options import SDK_PATHS
from pushmw.samples import sample

# The extra `all`, and what the env of tox has beside it.
needed(
    *("aiohttp", "blacksheep", "bottle", "click", "connexion", "django", "falcon", "fastapi"),
    *("flask", "httpx2", "litestar", "ninja", "pyramid", "quart", "rest_framework", "rich"),
    *("sanic", "uvicorn", "waitress"),
)

PROGRAM = manual.ROOT / "tests" / "programs" / "page.py"
FRAMEWORKS = manual.ROOT / "docs" / "frameworks"
FLASK, DJANGO, FASTAPI, PLAIN = (
    FRAMEWORKS / f"{name}.md" for name in ("flask", "django", "fastapi", "plain")
)
EVERY_PAGE = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(manual.ROOT).with_suffix(""))
)
# As pytest has them: of what is imported by WebOb, by Pyramid and by Connexion.
WARNINGS = (
    "-Werror",
    "-Wignore:'cgi' is deprecated:DeprecationWarning",
    "-Wignore:pkg_resources is deprecated:UserWarning",
    "-Wignore::DeprecationWarning:pkg_resources",
    "-Wignore:jsonschema.:DeprecationWarning",
)
# They prepare a machine, or are what runs this very test.
LEFT_OUT = {"pip", "python3", "tox"}

WSGI = "waitress-serve --listen=127.0.0.1:8000 "
ASGI = "uvicorn "
WAITRESS = WSGI + "shop.wsgi:application"
UVICORN = ASGI + "shop.asgi:application"
# What is sent, and what the handler on the page prints.
PROGRESS = "fwUpgradeStateChangeNotify", "meter-1 downloaded\n"
ADDED = "deviceAdded", "added meter-1"
DELETED = "deviceDeleted", "deleted meter-1 of Meters and more"
# The pages that build an application: the module, its server, its name there, and what is sent.
BUILT = [
    ("quart", "quart_app", ASGI, "app", ADDED),
    ("quart", "quart_context", ASGI, "app", DELETED),
    ("litestar", "litestar_app", ASGI, "app", ADDED),
    ("falcon", "falcon_app", WSGI, "application", ADDED),
    ("falcon", "falcon_asgi", ASGI, "application", ADDED),
    ("bottle", "bottle_app", WSGI, "app", ADDED),
    ("pyramid", "pyramid_app", WSGI, "application", ADDED),
    ("sanic", "sanic_app", ASGI, "application", ADDED),
    ("blacksheep", "blacksheep_app", ASGI, "application", ADDED),
    ("connexion", "connexion_app", ASGI, "app", ADDED),
]
LIKE_DJANGO = ["drf", "ninja"]


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the Django project that a reader has already."""
    folder = tmp_path_factory.mktemp("new") / "project"
    folder.mkdir()
    command = ["-m", "django", "startproject", "shop", "."]
    subprocess.run([sys.executable, *command], cwd=folder, timeout=processes.TIMEOUT, check=True)
    return folder


@pytest.fixture
def project(new_project: Path, tmp_path: Path) -> Path:
    """Give a copy of it to a test."""
    return Path(shutil.copytree(new_project, tmp_path / "project"))


@EVERY_PAGE
def test_every_python_snippet_runs(page: Path, project: Path) -> None:
    environ = processes.environment()
    path = [str(PROGRAM.parents[1]), environ.get("PYTHONPATH")]
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    done = subprocess.run(
        [sys.executable, *WARNINGS, str(PROGRAM), str(page)],
        cwd=project,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=processes.TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@EVERY_PAGE
def test_every_command_does_what_is_shown(page: Path, project: Path) -> None:
    for name, states in manual.files(page).items():
        manual.write(project, name, states[-1])
    server: Server | None = None
    with ExitStack() as stack:
        for line, output in manual.commands(page):
            program = processes.program(line)
            if program in LEFT_OUT:
                continue
            if program in processes.SERVERS:
                server = stack.enter_context(processes.serve(line, project))
                continue
            address = server.address if server else ""
            if program == "curl":
                shown = httpx.get(processes.at(address, line).split()[-1], trust_env=False).text
            else:
                shown = processes.run(line, project, address)
            if output:
                assert without_times(shown) == without_times(output)
        if server:
            lines = {line for text in manual.blocks(page, "text") for line in text.splitlines()}
            server.wait_for(lambda shown: lines <= set(shown.splitlines()))


def without_times(text: str) -> str:
    """Put the same in place of all times, and leave the end of lines out."""
    text = re.sub(r"in [0-9.]+ ms", "in a moment", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.mark.parametrize(
    ("page", "file", "server", "expected"),
    [
        pytest.param(README, "app.py", "flask --app app run", PROGRESS, id="readme-flask"),
        pytest.param(README, "shop/settings.py", WAITRESS, PROGRESS, id="readme-django-wsgi"),
        pytest.param(README, "shop/settings.py", UVICORN, PROGRESS, id="readme-django-asgi"),
        pytest.param(README, "main.py", "uvicorn main:app", PROGRESS, id="readme-fastapi"),
        pytest.param(FLASK, "flask_app.py", "flask --app flask_app run", ADDED, id="flask"),
        pytest.param(
            FLASK,
            "flask_context.py",
            "flask --app flask_context run",
            DELETED,
            id="context",
        ),
        pytest.param(
            DJANGO,
            "shop/settings.py",
            WAITRESS,
            ADDED,
            id="django-middleware-wsgi",
        ),
        pytest.param(
            DJANGO,
            "shop/settings.py",
            UVICORN,
            ADDED,
            id="django-middleware-asgi",
        ),
        pytest.param(DJANGO, "shop/wsgi.py", WAITRESS, ADDED, id="django-wsgi"),
        pytest.param(DJANGO, "shop/asgi.py", UVICORN, ADDED, id="django-asgi"),
        pytest.param(
            FASTAPI,
            "fastapi_app.py",
            "uvicorn fastapi_app:app",
            ADDED,
            id="fastapi",
        ),
        pytest.param(PLAIN, "plain.py", WSGI + "plain:application", ADDED, id="wsgi"),
        *(
            pytest.param(
                FRAMEWORKS / f"{page}.md",
                f"{module}.py",
                f"{server}{module}:{app}",
                shown,
                id=module,
            )
            for page, module, server, app, shown in BUILT
        ),
        *(
            pytest.param(FRAMEWORKS / f"{page}.md", "shop/settings.py", WAITRESS, ADDED, id=page)
            for page in LIKE_DJANGO
        ),
    ],
)
def test_what_a_page_builds_receives(
    page: Path, file: str, server: str, expected: tuple[str, str], project: Path
) -> None:
    found = manual.files(page)
    for name in ("receivers.py", file):
        (text,) = found[name]
        manual.write(project, name, text)
    kind, shown = expected
    with processes.serve(server, project) as running:
        url = f"{running.address}{SDK_PATHS[0]}"
        answer = httpx.post(url, content=sample(kind, deviceId="meter-1"), trust_env=False)
        assert (answer.status_code, answer.text) == (200, "ok")
        running.wait_for(lambda output: shown in output)
        # The callback path is the application's own for everything but a POST.
        assert httpx.get(url, trust_env=False).text != "ok"
