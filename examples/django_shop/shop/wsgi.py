"""The shop as an WSGI application, with the receiver outermost."""

import os

from django.core.wsgi import get_wsgi_application

import pushmw.django
from shop.receivers import push

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = pushmw.django.wsgi(push, get_wsgi_application())
