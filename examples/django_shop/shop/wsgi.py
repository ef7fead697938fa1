"""The shop as a WSGI application, with the receiver outermost."""

import os

from django.core.wsgi import get_wsgi_application

import pushmw.django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()

from meters.receivers import push  # noqa: E402 - models can be imported from here on

application = pushmw.django.wsgi(push, application)
