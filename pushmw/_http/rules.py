"""Header rules both adapters share: which lengths, encodings and charsets are admitted."""

from collections.abc import Iterable
from typing import Final

from werkzeug.http import parse_options_header

from pushmw._http.answers import (
    BAD_CHARSET,
    BAD_ENCODING,
    BAD_LENGTH,
    EMPTY,
    INCOMPLETE,
    TOO_LARGE,
    Refused,
)

_REMEMBERED: Final = 256  # values a table holds before it starts anew
_DIGITS: Final = 18  # of a Content-Length: more than any body and less than any overflow

Value = str | bytes | None


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


class Rules:
    """The header rules of one receiver, remembering what it has found admissible.

    Real senders repeat a handful of values: a look-up is cheaper than parsing each time.

    Attributes:
        max_body: the most bytes a body may have.
        lengths: the number of each Content-Length that was admitted.
        types: each Content-Type that was admitted, or that there is none.
    """

    __slots__ = ("lengths", "max_body", "types")

    def __init__(self, max_body: int) -> None:
        self.max_body = max_body
        self.lengths: dict[Value, int] = {}
        self.types: dict[Value, int] = {None: 0, "": 0}

    def admit(self, kind: Value, encoding: Value, declared: Value) -> int:
        """Apply the rules to the Content-Type, Content-Encoding and Content-Length of a request.

        Returns:
            the declared length in bytes, 0 if none is declared.

        Raises:
            Refused: see the rules for each.
        """
        if kind and kind not in self.types:
            self.content_type(kind)
        if encoding:
            self.content_encoding(encoding)
        return (self.lengths.get(declared) or self._length(declared)) if declared else 0

    def _length(self, value: str | bytes) -> int:
        """Read a Content-Length: one plain decimal number, not zero, not over the limit."""
        digits = _text(value).strip(" \t")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
            raise Refused(BAD_LENGTH)
        length = int(digits)
        if length == 0:
            raise Refused(EMPTY)
        if length > self.max_body:
            raise Refused(TOO_LARGE)
        if len(self.lengths) >= _REMEMBERED:
            self.lengths.clear()
        self.lengths[value] = length
        return length

    def content_type(self, value: str | bytes) -> None:
        """Admit any media type, even none, as long as its charset is UTF-8.

        Raises:
            Refused: it names another charset.
        """
        charset = parse_options_header(_text(value))[1].get("charset", "").strip()
        # Not codecs.lookup: it keeps every name it did not find for ever.
        if charset.lower().replace("_", "-") not in {"", "utf-8", "utf8"}:
            raise Refused(BAD_CHARSET)
        if len(self.types) >= _REMEMBERED:
            self.types.clear()
            self.types.update({None: 0, "": 0})
        self.types[value] = 0

    @staticmethod
    def content_encoding(value: str | bytes) -> None:
        """Admit no encoding but ``identity``.

        Raises:
            Refused: there is another one.
        """
        for encoding in _text(value).split(","):
            if encoding.strip().lower() not in {"", "identity"}:
                raise Refused(BAD_ENCODING)


def joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give headers by name; of one that came several times all values (RFC 9110 5.3)."""
    found: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, value in fields:
        if name in found:
            several.setdefault(name, [found[name]]).append(value)
        else:
            found[name] = value
    # At once: to lengthen a text by one value after the other takes the square of the time.
    found |= {name: ", ".join(values) for name, values in several.items()}
    return found


def check_size(body: bytes, length: int, limit: int) -> None:
    """Hold a body that somebody else has read against its declared length and the limit, in bytes.

    Raises:
        Refused: it is empty, incomplete or too large.
    """
    if not body:
        raise Refused(EMPTY)
    if len(body) > limit:
        raise Refused(TOO_LARGE)
    if length not in {0, len(body)}:
        raise Refused(INCOMPLETE)
