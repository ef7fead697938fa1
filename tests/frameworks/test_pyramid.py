"""What Pyramid's users expect beyond the behavioural suite: deployment by file, tweens, CSRF."""

from pathlib import Path
from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from pyramid.events import NewRequest
from pyramid.paster import get_app
from pyramid.request import Request
from pyramid.response import Response
from werkzeug.test import Client

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK

PUSH = sample("deviceAdded")

push = Receiver()
push.on("deviceAdded")(lambda event: None)


def application(config: Any) -> Any:
    """Make an application with a home page."""
    config.add_route("home", "/")
    config.add_view(lambda request: Response("home"), route_name="home")
    return config.make_wsgi_app()


def main(global_config: Any, **settings: Any) -> Any:
    """Be the factory that a deployment file names."""
    return application(Configurator(settings=settings))


def pushes(app: Any, global_config: Any) -> Any:
    """Be the filter that a deployment file names."""
    return push.wsgi(app)


def test_a_deployment_file_may_name_the_receiver_as_a_filter(tmp_path: Path) -> None:
    """Paste's filters wrap an application, which is all there is to do."""
    (tmp_path / "shop.ini").write_text(
        f"""
        [app:shop]
        paste.app_factory = {__name__}:main

        [filter:pushes]
        paste.filter_app_factory = {__name__}:pushes

        [pipeline:main]
        pipeline = pushes shop
        """.replace("        ", "")
    )
    client = Client(get_app(str(tmp_path / "shop.ini")))
    assert client.post(CALLBACK, data=PUSH).text == "ok"
    assert client.get("/").text == "home"


def tween(handler: Any, registry: Any) -> Any:
    def called(request: Request) -> Any:
        registry["calls"].append("tween")
        return handler(request)

    return called


def test_tweens_and_subscribers_do_not_run_for_a_push() -> None:
    """pushmw stands in front of them: the documentation says that they protect nothing here."""
    calls: list[str] = []
    config: Any = Configurator()
    config.registry["calls"] = calls
    config.add_tween(f"{__name__}.tween")
    config.add_subscriber(lambda event: calls.append("subscriber"), NewRequest)
    client = Client(push.wsgi(application(config)))
    assert client.post(CALLBACK, data=PUSH).text == "ok"
    assert calls == []
    assert client.get("/").text == "home"
    assert calls == ["tween", "subscriber"]


@pytest.mark.parametrize("exempt", [False, True], ids=["protected", "exempt"])
def test_a_view_of_ones_own_has_to_be_exempt_from_csrf_protection(*, exempt: bool) -> None:
    """The platform knows no token; in front of the application none is asked for."""

    def view(request: Request) -> Response:
        answer = push.handle(request.body, request.headers, request.path)
        return Response(answer.body, answer.status, list(answer.headers))

    config: Any = Configurator()
    config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
    config.set_default_csrf_options(require_csrf=True)
    config.add_route("pushes", CALLBACK)
    options = {"require_csrf": False} if exempt else {}
    config.add_view(view, route_name="pushes", request_method="POST", **options)
    app = application(config)
    status = 200 if exempt else 400
    assert Client(app).post(CALLBACK, data=PUSH).status_code == status
    assert Client(push.wsgi(app)).post(CALLBACK, data=PUSH).text == "ok"
