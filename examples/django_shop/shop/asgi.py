"""The shop as an ASGI application, with the receiver outermost."""

import os

from django.core.asgi import get_asgi_application

import pushmw.django
from shop.receivers import push

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = pushmw.django.asgi(push, get_asgi_application())
