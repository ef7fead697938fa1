"""The shop as an ASGI application, with the receiver outermost."""

import os

from django.core.asgi import get_asgi_application

import pushmw.django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_asgi_application()

from meters.receivers import push  # noqa: E402 - models can be imported from here on

application = pushmw.django.asgi(push, application)
