"""nginx in front of a server, with the configuration that the manual shows."""

import os
import re
import shutil
from pathlib import Path
from typing import Final, Literal

import manual

PAGE: Final = manual.ROOT / "docs" / "servers.md"
PACKAGE: Final = "nginx"
# The last one is not on every user's PATH.
PLACES: Final = [os.environ.get("PATH", ""), "/usr/sbin"]

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
    """Find nginx."""
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
    (folder / "nginx.conf").write_text(_AROUND.format(shown=text))
    return [program() or "nginx", "-e", "stderr", "-p", f"{folder}", "-c", "nginx.conf"]
