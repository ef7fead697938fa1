"""Every server pushmw is tested on."""

from typing import Final

from servers.asgi_servers import ASGI_SERVERS
from servers.nginx_servers import NGINX_SERVERS
from servers.wsgi_servers import WSGI_SERVERS

SERVERS: Final = (*ASGI_SERVERS, *WSGI_SERVERS, *NGINX_SERVERS)
