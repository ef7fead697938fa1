"""Write the last part of the pages on servers: how each is started, and what it cannot do.

They are made from the data that the tests use. Run it after that was changed; with ``--check`` it
only tells whether the pages are up to date.
"""

import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# In this folder `servers` is this file.
sys.path[:] = [str(ROOT / "tests"), *(path for path in sys.path if Path(path) != ROOT / "tools")]

from servers.mounts import MOUNTS, PREFIX, Mount  # noqa: E402 - the tests are no package
from servers.promises import MEANINGS, Check, Outcome, Server  # noqa: E402
from servers.table import SERVERS  # noqa: E402

DOCS = ROOT / "docs"
BEGIN = "<!-- From here on the page is made by tools/servers.py. -->\n"
# Where the tests have programs for servers without a command; which server is no module.
PROGRAMS = "servers.programs."
NO_MODULES = {"uwsgi"}
# What the tests put where, and what stands there in the manual.
SHOWN = {"port": 8000, "grace": 15, "socket": "/run/shop.sock"}
NAMES = {"servers.site:wsgi": "shop:application", "servers.site:asgi": "shop:application"}

INTRODUCTION = """\
## What is promised

What a sender sees, and when; a number is the status of the answer.

"""
PREFIXES = f"""\
## Below a prefix

A site below `{PREFIX}` gets its pushes on `{PREFIX}` and the callback path. A proxy keeps the
prefix or takes it off, and servers are told of it in ways of their own. Where the answer is `200`
the callback path is ours.

A prefix that is told by a header (`Daphne-Root-Path`, `SCRIPT_NAME`) may be told by whoever sends
a push: then a rule of the proxy for the callback path is not asked, while guards are. What the
proxy has to take away is on the page on
[security](security.md#tls-and-client-certificates-in-the-proxy).

"""


def cell(outcome: Outcome) -> str:
    """Write an outcome: a status code as such, all else in words."""
    return f"`{outcome}`" if isinstance(outcome, int) else outcome


def rows(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """Write a table."""
    head = [*head]
    table = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in table)


def shown(text: str) -> str:
    """Put the names of the manual in the place of those of the tests."""
    for name, other in NAMES.items():
        text = text.replace(name, other)
    return text


def start(server: Server) -> str:
    """Write how a server is started, by a command or by a program."""
    name, *arguments = server.command
    if name.startswith(PROGRAMS):
        path = ROOT / "tests" / f"{name.replace('.', '/')}.py"
        return f"```py\n{program(path.read_text(encoding='utf-8'))}```\n"
    words = [shown(word).format(**SHOWN) for word in arguments]
    first = [name] if name in NO_MODULES else ["python", "-m", name]
    return f"```text\n{shlex.join([*first, *words])}\n```\n"


def program(text: str) -> str:
    """Write a program of the tests as one that serves the manual's application."""
    text = text.replace("from servers.site import wsgi as", "from shop import")
    text = text.replace("int(sys.argv[1])", str(SHOWN["port"]))
    return text.replace("\n\nimport sys\n\n", "\n\n").replace("import sys\n", "").lstrip()


def differences(server: Server) -> str:
    """Write what a server does otherwise, and why."""
    if not server.differences:
        return "It does all that is promised.\n"
    return rows(
        ("what", "promised", "seen", "reason"),
        (
            (
                check.sentence,
                cell(check.asgi if server.protocol == "asgi" else check.wsgi),
                cell(server.expects(check)),
                server.differences[check].reason,
            )
            for check in Check
            if check in server.differences
        ),
    )


def promises() -> str:
    """Write what is promised."""
    lines = ((each.sentence, cell(each.asgi), cell(each.wsgi)) for each in Check)
    return rows(("what", "under ASGI", "under WSGI"), lines)


def below(mount: Mount) -> Iterator[str]:
    """Write what a server makes of a prefix."""
    yield mount.of
    yield f"`{shown(mount.told)}`" + (f" instead of `{mount.instead}`" if mount.instead else "")
    yield cell(mount.kept)
    yield cell(mount.removed)
    yield mount.reason


def sections(servers: Iterable[Server]) -> str:
    """Write what there is to say about some servers."""
    parts = (f"## {each.name}\n\n{start(each)}\n{differences(each)}" for each in servers)
    return "\n".join(parts)


def common() -> str:
    """Write what there is to say about all of them."""
    meanings = "".join(f"- *{word}*: {meaning}.\n" for word, meaning in MEANINGS.items())
    head = ("server", "told by", "with the prefix", "without", "reason")
    prefixes = f"{PREFIXES}{rows(head, map(below, MOUNTS))}"
    return f"{INTRODUCTION}{promises()}\n{meanings}\n{prefixes}"


def generated() -> dict[str, str]:
    """Write the part of each page that is made."""
    direct = [server for server in SERVERS if server.proxy is None]
    return {
        "servers.md": common(),
        "servers/asgi.md": sections(each for each in direct if each.protocol == "asgi"),
        "servers/wsgi.md": sections(each for each in direct if each.protocol == "wsgi"),
        "servers/nginx.md": sections(each for each in SERVERS if each.proxy),
    }


def main() -> None:
    """Write the pages, or check them."""
    for name, made in generated().items():
        page = DOCS / name
        found = page.read_text(encoding="utf-8")
        by_hand, mark, _ = found.partition(BEGIN)
        text = f"{by_hand}{mark}\n{made}"
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
        elif found != text or not mark:
            sys.exit(f"{name} is out of date: run tools/servers.py")


if __name__ == "__main__":
    main()
