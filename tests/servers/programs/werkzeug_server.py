import sys

from werkzeug.serving import run_simple

from servers.site import wsgi as application

run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
