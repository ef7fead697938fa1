"""Run every Python snippet of a page, in the folder of a project: page.py PAGE.

A snippet that begins with the name of a file becomes that file and is imported; the others run as
they stand and share their names. Those in comments are checks that readers do not see.
"""

import doctest
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from sybil import Document, Example, Region
from sybil.parsers.myst import PythonCodeBlockParser

from manual import FILE, write


def import_file(example: Example) -> None:
    text = str(example.parsed)
    (name,) = FILE.findall(text)[:1]
    write(Path(), name, text)
    if Path(name).name == "tests.py":
        return  # Django's test command imports it
    module = name.removesuffix(".py").replace("/", ".")
    sys.modules.pop(module, None)
    importlib.invalidate_caches()
    importlib.import_module(module)


class Snippets(PythonCodeBlockParser):
    def __call__(self, document: Document) -> Iterable[Region]:
        for region in super().__call__(document):
            if isinstance(region.parsed, str) and FILE.match(region.parsed):
                region.evaluator = import_file
            yield region


sys.path.insert(0, "")
sys.dont_write_bytecode = True  # a file may change within the second that its cache goes by
document = Document.parse(
    sys.argv[1], Snippets(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
)
# So are functions named in messages.
document.namespace["__name__"] = "receivers"
for snippet in document.examples():
    snippet.evaluate()
