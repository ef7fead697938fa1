"""A Django view that looks the kind up in a table."""

import json

from django.http import HttpResponse
from django.urls import clear_url_caches, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from benchmarks.drivers import PATH
from benchmarks.peers import django_site


def build(handle):
    handlers = {"fwUpgradeStateChangeNotify": handle}

    @csrf_exempt
    @require_POST
    def receive(request):
        body = json.loads(request.body)
        handler = handlers.get(body["notifyType"])
        if handler is not None:
            handler(body)
        return HttpResponse("ok")

    site = django_site.site([])
    django_site.urlpatterns.insert(0, path(PATH[1:], receive))
    clear_url_caches()
    return site
