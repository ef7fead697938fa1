"""A project of Django: what `manage.py check` finds, and the handlers of its apps."""

import subprocess
import sys
from pathlib import Path

import pytest

import processes
from needs import needed

needed("django")

SETTINGS = """\
SECRET_KEY = "made up"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["meters"]
MIDDLEWARE = []
"""
RECEIVER = """\
from pushmw import Receiver

push = Receiver(guards=[])
"""
PUSHES = """\
from receivers import push


@push.on("deviceAdded")
def added(event):
    print("added", event.device_id)
"""
APP = 'INSTALLED_APPS += ["pushmw.django"]\n'
MIDDLEWARE = 'MIDDLEWARE += ["pushmw.django.PushMiddleware"]\n'
NAMED = 'PUSHMW_RECEIVER = "receivers.push"\n'
PUSH = """\
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
from pushmw.samples import sample
from receivers import push
"""
SEND = 'print(push.handle(sample("deviceAdded", deviceId="meter-1")).status)\n'
AROUND = "import pushmw.django\npushmw.django.wsgi(push, application)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "urls.py").write_text("urlpatterns = []\n")
    (tmp_path / "receivers.py").write_text(RECEIVER)
    (tmp_path / "meters").mkdir()
    (tmp_path / "meters" / "__init__.py").write_text("")
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=processes.TIMEOUT,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def check(project: Path, *settings: str) -> tuple[int, str]:
    (project / "settings.py").write_text(SETTINGS + "".join(settings))
    status, out, err = run(
        project, "-m", "django", "check", "--settings=settings", "--pythonpath=."
    )
    return status, out + err


WELL = "System check identified no issues (0 silenced).\n"


def test_a_project_without_a_receiver_of_its_settings_is_left_alone(project: Path) -> None:
    assert check(project, APP) == (0, WELL)


def test_handlers_of_an_app_are_found(project: Path) -> None:
    (project / "meters" / "pushes.py").write_text(PUSHES)
    assert check(project, APP, MIDDLEWARE, NAMED) == (0, WELL)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ((MIDDLEWARE,), " must be the dotted path of a pushmw.Receiver, such as {}, not None"),
        (('PUSHMW_RECEIVER = "receivers.pusj"\n',), ": cannot import 'receivers.pusj': {}"),
        (
            ('PUSHMW_RECEIVER = "receivers.Receiver"\n',),
            ": 'receivers.Receiver' is a type, not a pushmw.Receiver",
        ),
    ],
    ids=["missing", "no such name", "no receiver"],
)
def test_a_wrong_setting_is_an_error(project: Path, settings: tuple[str, ...], told: str) -> None:
    status, said = check(project, APP, *settings)
    imports = 'Module "receivers" does not define a "pusj" attribute/class'
    told = told.format(imports if "import" in told else "'shop.receivers.push'")
    assert status == 1
    assert f"?: (pushmw.E001) PUSHMW_RECEIVER{told}" in said.splitlines()


def test_a_receiver_without_handlers_is_a_warning(project: Path) -> None:
    status, said = check(project, APP, NAMED)
    assert status == 0
    assert said.splitlines()[3:5] == [
        "?: (pushmw.W001) nothing is registered on the receiver 'receivers.push'",
        "\tHINT: Put handlers into pushes.py of an installed app, which is imported by itself.",
    ]


@pytest.mark.parametrize(
    ("settings", "program"),
    [
        ((MIDDLEWARE, NAMED), PUSH + SEND),
        ((APP,), PUSH + SEND),
        ((), PUSH + AROUND + SEND),
    ],
    ids=["the middleware", "the app", "outermost"],
)
def test_handlers_of_an_app_are_imported_by_each_way(
    project: Path, settings: tuple[str, ...], program: str
) -> None:
    (project / "meters" / "pushes.py").write_text(PUSHES)
    (project / "settings.py").write_text(SETTINGS + "".join(settings))
    assert run(project, "-c", program) == (0, "added meter-1\n200\n", "")


def test_what_is_wrong_in_an_apps_module_is_raised(project: Path) -> None:
    (project / "meters" / "pushes.py").write_text("import no_such_module\n")
    status, said = check(project, APP, MIDDLEWARE, NAMED)
    assert status == 1
    assert said.splitlines()[-1] == "ModuleNotFoundError: No module named 'no_such_module'"
