import eventlet

eventlet.monkey_patch()

import sys

from eventlet import wsgi

from servers.site import wsgi as application

wsgi.server(eventlet.listen(("127.0.0.1", int(sys.argv[1]))), application)
