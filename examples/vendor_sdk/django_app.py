"""The receiver of the vendor's style in a Django application of one file.

Run it in this folder, with pushmw, its extras and waitress installed
(pip install '../..[all]' waitress). One of the two servers is enough:

    waitress-serve --listen=127.0.0.1:8000 django_app:wsgi
    uvicorn django_app:asgi

Push at it from a second terminal, and see in the first what arrives:

    pushmw send deviceAdded --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send commandStateChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver/cmd
"""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from receiver import Meters

import pushmw.django
from pushmw import Receiver

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="made-up-for-an-example",
)


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the application's own page\n")


urlpatterns = [path("", home)]

push = Receiver()
push.mount(Meters())

wsgi = pushmw.django.wsgi(push, get_wsgi_application())
asgi = pushmw.django.asgi(push, get_asgi_application())
