"""A small shop on Django that has learned to receive pushes.

Make its database and run it in this folder, with pushmw, its extras and waitress installed
(pip install '../..[all]' waitress). One of the two servers is enough:

    python manage.py migrate
    waitress-serve --listen=127.0.0.1:8000 shop.wsgi:application
    uvicorn shop.asgi:application

Push at it from a second terminal, then look at http://127.0.0.1:8000/meters/:

    pushmw send deviceAdded --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send deviceDataChanged --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send fwUpgradeStateChangeNotify --to http://127.0.0.1:8000/v1.0.0/messageReceiver
    pushmw send fwUpgradeResultNotify --to http://127.0.0.1:8000/v1.0.0/messageReceiver

What was added for the pushes: meters/receivers.py, and the lines on pushmw in shop/wsgi.py and
shop/asgi.py. shop/settings.py shows the other way, as a middleware.
"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    execute_from_command_line(sys.argv)
