"""Decode the worst bodies the depth guard lets through, on a thread with a small stack.

Argument: the size of the stack in bytes. A stack that is too small ends the process by a signal.
"""

import sys
import threading
from collections.abc import Iterator

from pushmw.notifications.base import Unclassified
from pushmw.notifications.decoder import reader
from pushmw.notifications.depth import SHALLOW_SIZE
from pushmw.notifications.legacy import LEGACY_KINDS

PASSING = 68
PADDING = b'"' + b"-" * SHALLOW_SIZE + b'"'
# Each place where any JSON is taken, and one that is skipped, as short as it can be written.
PLACES = [
    b'{"notifyType":"deviceDataChanged","service":{"data":{"":@}}}',
    b'{"notifyType":"deviceDataChanged","service":{"serviceInfo":@}}',
    b'{"notifyType":"deviceDatasChanged","services":[{"data":{"":@}}]}',
    b'{"notifyType":"deviceDatasChanged","service":[{"serviceInfo":@}]}',
    b'{"notifyType":"deviceInfoChanged","networkStatus":@}',
    b'{"notifyType":"deviceAdded","deviceInfo":{"isHD":@}}',
    b'{"notifyType":"commandRsp","body":@}',
    b'{"notifyType":"commandRsp","header":{"":@}}',
    b'{"notifyType":"ruleEvent","reasons":[{"info":@}]}',
    b'{"notifyType":"ruleEvent","actionsResults":[{"result":@}]}',
    b'{"notifyType":"deviceDesiredPropertiesModifyStatusChanged","properties":{"":@}}',
    b'{"notifyType":"deviceDeleted","":@}',
    b'{"deviceId":"","commandId":"","result":{"resultCode":"","resultDetail":{"":@}}}',
    b'{"commandId":"","result":@}',
    b'{"notifyType":@}',
    b'{"":@}',
    b"@",
]


def bodies() -> Iterator[bytes]:
    for place in PLACES:
        room = SHALLOW_SIZE - len(place) + 1
        for opening, closing in ((b"[", b"]"), (b'{"":', b"}")):
            closed = room // len(opening + closing)
            yield place.replace(b"@", opening * closed + closing * closed)
            yield place.split(b"@")[0] + opening * (room // len(opening))
            levels = PASSING - place.count(b"{") - place.count(b"[")
            deep = opening * levels + PADDING + closing * levels
            yield place.replace(b"@", deep)


def main() -> None:
    read = reader(LEGACY_KINDS)
    done: list[object] = []

    def work() -> None:
        done.extend(read(body) for body in bodies())

    threading.stack_size(int(sys.argv[1]))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    kinds = {done.kind for done in done if isinstance(done, Unclassified)}
    sys.stdout.write(f"{len(done)} {len(kinds)}\n")


main()
