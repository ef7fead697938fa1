"""Makes inputs with atheris, which sees what they reach in the library and goes on from there."""

import importlib
import sys
from asyncio import new_event_loop
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def run(name: str, runs: int, seed: int) -> None:
    """Try so many inputs, and end the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["pushmw"]):
        from fuzz.targets import LONGEST, TRIALS

        trial = TRIALS[name]
        target = trial.target(new_event_loop())
        target(trial.seeds[0])  # the first push imports the rest
    from fuzz.tally import Tally, reading

    with reading(), TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, each in enumerate(trial.seeds):
            (corpus / f"{number}").write_bytes(each[:LONGEST])
        words = Path(folder, "words")
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in trial.words))
        options = [f"-runs={runs}", f"-seed={seed}", f"-max_len={LONGEST}", f"-dict={words}"]
        options += ["-verbosity=0", f"-artifact_prefix={folder}/", str(corpus)]
        atheris.Setup([sys.argv[0], *options], Tally(target, runs))
        atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)
