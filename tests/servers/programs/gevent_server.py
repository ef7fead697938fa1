from gevent import monkey

monkey.patch_all()

import signal
import sys

import gevent
from gevent.pywsgi import WSGIServer

from servers.site import wsgi as application

server = WSGIServer(("127.0.0.1", int(sys.argv[1])), application)
for number in (signal.SIGINT, signal.SIGTERM):
    gevent.signal_handler(number, server.stop)
server.serve_forever()
