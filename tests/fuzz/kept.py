"""What is fuzzed, and the inputs that are kept of it.

A target is a file of `targets`: `check` takes any bytes and fails on what must not be, `seeds`
gives inputs to begin with, `WORDS` are what inputs are made of, and none has more than `LONGEST`
bytes. Nothing here needs a fuzzer.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

HERE = Path(__file__).parent
KEPT = HERE.parent / "data" / "fuzz"


class Target(Protocol):
    """One kind of input, and what is true of any of that kind."""

    LONGEST: int
    WORDS: Sequence[str]

    def seeds(self) -> Iterable[bytes]:
        """Give inputs that are known to be of the kind."""

    def check(self, data: bytes) -> None:
        """Fail with an AssertionError, or another exception, on what must not be."""


def names() -> list[str]:
    """Name all targets."""
    return sorted(file.stem for file in (HERE / "targets").glob("*.py"))


def target(name: str) -> Target:
    """Give the target of that name."""
    return cast("Target", import_module(f"fuzz.targets.{name}"))


def text_of(data: bytes) -> str:
    """Give the text that some bytes are; what is not UTF-8 in them becomes surrogates."""
    return data.decode("utf-8", "surrogateescape")


def tried_in(module: ModuleType) -> Iterator[bytes]:
    """Give every text that tests of a module are given as parameters."""
    for test in vars(module).values():
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize":
                yield from _texts(mark.args[1])


def _texts(value: object) -> Iterator[bytes]:
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass")
    elif isinstance(value, bytes):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.items()])
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def beginning(name: str) -> list[bytes]:
    """Give the inputs that a target begins with: its seeds, and what is kept of it."""
    known = target(name)
    inputs = dict.fromkeys([*known.seeds(), *kept(name)])
    return [data for data in inputs if len(data) <= known.LONGEST]


def kept(name: str) -> list[bytes]:
    """Read the inputs that are kept of a target: a line of JSON each, as text."""
    file = KEPT / f"{name}.jsonl"
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return [json.loads(line).encode("utf-8", "surrogateescape") for line in lines]


def keep(name: str, inputs: Iterable[bytes]) -> None:
    """Keep inputs of a target instead of those before, the shortest first."""
    KEPT.mkdir(exist_ok=True)
    ordered = sorted(set(inputs), key=lambda data: (len(data), data))
    lines = (f"{json.dumps(text_of(data))}\n" for data in ordered)
    (KEPT / f"{name}.jsonl").write_text("".join(lines), encoding="ascii")
