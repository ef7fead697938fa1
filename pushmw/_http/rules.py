"""Header rules all ways in share: which lengths and encodings are admitted."""

from collections.abc import Iterable
from typing import Final

from pushmw._http.answers import (
    BAD_ENCODING,
    BAD_LENGTH,
    EMPTY,
    INCOMPLETE,
    TOO_LARGE,
    Refused,
)

_REMEMBERED: Final = 256  # values a table holds before it starts anew
_DIGITS: Final = 18  # of a Content-Length: more than any body and less than any overflow

Value = str | bytes | int | None  # some frameworks make a number of a length


def _text(value: str | bytes | int) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class Rules:
    """The header rules of one receiver, remembering what it has found admissible.

    Real senders repeat a handful of values: a look-up is cheaper than parsing each time.

    Attributes:
        max_body: the most bytes a body may have.
        lengths: the number of each Content-Length that was admitted.
    """

    __slots__ = ("lengths", "max_body")

    def __init__(self, max_body: int) -> None:
        self.max_body = max_body
        self.lengths: dict[Value, int] = {}

    def admit(self, encoding: Value, declared: Value) -> int:
        """Apply the rules to the Content-Encoding and Content-Length of a request.

        The bytes say what a body is: whatever media type or charset is named is admitted.

        Returns:
            the declared length in bytes, 0 if none is declared.

        Raises:
            Refused: see the rules for each.
        """
        if encoding:
            self.content_encoding(encoding)
        return (self.lengths.get(declared) or self._length(declared)) if declared else 0

    def _length(self, value: str | bytes | int) -> int:
        """Read a Content-Length: one plain decimal number, not zero, not over the limit."""
        text = _text(value)
        digits = text.strip(" \t")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
            raise Refused(BAD_LENGTH)
        length = int(digits)
        if length == 0:
            raise Refused(EMPTY)
        if length > self.max_body:
            raise Refused(TOO_LARGE)
        if len(self.lengths) >= _REMEMBERED:
            self.lengths.clear()
        if len(text) <= _DIGITS:  # and not the megabyte of blanks round it
            self.lengths[value] = length
        return length

    @staticmethod
    def content_encoding(value: str | bytes | int) -> None:
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
