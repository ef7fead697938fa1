"""A Django project in one file, without any middleware; its own URLs."""

from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

urlpatterns: list[Any] = []


def orders(request):
    return HttpResponse("ok")


def site(middleware: list[str]) -> WSGIHandler:
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="made up", USE_I18N=False
        )
        django.setup(set_prefix=False)
        urlpatterns.append(path("orders", csrf_exempt(orders)))
        urlpatterns.append(path("v1.0.0/messageReceives", csrf_exempt(orders)))
    settings.MIDDLEWARE = middleware
    return WSGIHandler()
