import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from servers.site import wsgi as application


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


make_server("127.0.0.1", int(sys.argv[1]), application, server_class=Server).serve_forever()
