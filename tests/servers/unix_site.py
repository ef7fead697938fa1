"""Receivers that let peers in by their addresses, and a server that listens on a unix socket."""

import sys

from pushmw import Receiver
from pushmw.guards import AllowAddresses

unix, addresses, proxied = (
    Receiver(path, guards=[guard])
    for path, guard in {
        "/unix": AllowAddresses("unix"),
        "/addresses": AllowAddresses(["0.0.0.0/0", "::/0"]),
        "/proxied": AllowAddresses("192.0.2.7", trusted_proxies=1),
    }.items()
)
wsgi = unix.wsgi(addresses.wsgi(proxied.wsgi()))
asgi = unix.asgi(addresses.asgi(proxied.asgi()))

if __name__ == "__main__":
    from werkzeug.serving import run_simple

    run_simple(f"unix://{sys.argv[1]}", 0, wsgi)
