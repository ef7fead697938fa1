"""A slow and plain measure of nesting, to hold the fast one against."""

CLOSES = {ord("["): ord("]"), ord("{"): ord("}")}
QUOTE, BACKSLASH = ord('"'), ord("\\")


def nesting(body: bytes) -> tuple[int, bool]:
    """Give the deepest nesting outside of strings, and whether the whole body was looked at.

    It stops where no JSON parser goes on: at a backslash outside of a string, at a bracket that
    closes nothing or the wrong kind. All else is gone past, other syntax errors too, so no parser
    reaches deeper than what is given here.
    """
    inside, deepest, open_brackets = False, 0, bytearray()
    position = 0
    while position < len(body):
        byte = body[position]
        position += 2 if inside and byte == BACKSLASH else 1
        if byte == QUOTE:
            inside = not inside
        elif inside:
            continue
        elif byte in CLOSES:
            open_brackets.append(CLOSES[byte])
            deepest = max(deepest, len(open_brackets))
        elif byte in CLOSES.values():
            if not open_brackets or open_brackets.pop() != byte:
                return deepest, False
        elif byte == BACKSLASH:
            return deepest, False
    return deepest, True
