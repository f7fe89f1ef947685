"""Does what a page of the documentation shows, block by block, and sees that it comes out so.

A block of `sh` is typed line by line. One of `text` is what the last of these printed, all of it,
where … stands for anything. Any other block is a file, which the last name in backticks before it
names; where the words before that are "at the end of", it is added to it. A command ends with 0,
or with what is said before its block: "ends with 1". What serves is stopped when the next block
begins, and until then each address of it that is named is asked for.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from cli_tools import ENVIRONMENT
from click.testing import CliRunner

from feeds.cli import main

USUAL = "http://127.0.0.1:8000"
PATIENCE = 30
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVES = re.compile(r"(feeds serve|python3 -m http\.server 8000)\b(.*)")
_LISTENS = re.compile(r"\bserving at http://127\.0\.0\.1:(\d+)|\bport (\d+)")


@dataclass(frozen=True)
class Block:
    """What stands between two fences, in which language, and the texts before and after it."""

    language: str
    text: str
    before: str
    after: str

    @property
    def lines(self) -> list[str]:
        """The lines to type; one that ends with a backslash goes on."""
        return self.text.replace("\\\n", " ").splitlines()


def blocks(page: str) -> list[Block]:
    """Take a page apart into its blocks."""
    parts = _FENCE.split(page)
    return [
        Block(language, text, before, after)
        for before, language, text, after in zip(
            parts[0::3], parts[1::3], parts[2::3], parts[3::3], strict=False
        )
    ]


@dataclass
class Walk:
    """One who reads a page at a terminal: where he is at home and where he stands."""

    home: Path
    folder: Path = field(init=False)
    printed: str = ""

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.folder = self.home

    def go(self, page: str) -> None:
        """Do all that a page shows."""
        for block in blocks(page):
            if block.language == "sh":
                self._type(block)
            elif block.language == "text":
                assert re.fullmatch(_expected(block.text), self.printed), self.printed
            else:
                self._write(block)

    # --- What is typed --------------------------------------------------------------------

    def _type(self, block: Block) -> None:
        said = re.findall(r"\bends with (\d+)", block.before.rstrip().rpartition("\n\n")[2])
        codes = [0] * (len(block.lines) - 1) + [int(said[-1]) if said else 0]
        self.printed = ""
        for line, code in zip(block.lines, codes, strict=True):
            if _SERVES.match(line):
                self._serve(line, block.after)
                continue
            ended, printed = self._run(line)
            self.printed += printed.replace(str(self.home), "~")
            assert ended == code, f"{line}: {ended}: {printed}"

    def _run(self, line: str) -> tuple[int, str]:
        words = shlex.split(line)
        if words[0] == "feeds":
            return self._feeds([self._path(word) for word in words[1:]])
        if words[0] == "cd":
            self.folder = (self.folder / self._path(words[1])).resolve(strict=True)
            return 0, ""
        run = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return run.returncode, run.stdout

    def _feeds(self, words: list[str]) -> tuple[int, str]:
        """Run the program in this process, which has loaded it already."""
        with chdir(self.folder):
            run = CliRunner(env=self._environment).invoke(main, words, prog_name="feeds")
        return run.exit_code, run.output

    @property
    def _environment(self) -> dict[str, str]:
        return ENVIRONMENT | {"HOME": str(self.home)}

    def _path(self, word: str) -> str:
        return word.replace("~", str(self.home), 1) if word.startswith("~") else word

    # --- What is written ------------------------------------------------------------------

    def _write(self, block: Block) -> None:
        paragraph = block.before.rstrip().rpartition("\n\n")[2]
        *_, (at_the_end, name) = re.findall(r"(at the end of )?`([^`]+)`", paragraph, re.IGNORECASE)
        file = self.folder / self._path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        known = file.read_text(encoding="utf-8") if at_the_end else ""
        file.write_text(known + block.text, encoding="utf-8")

    # --- What is served -------------------------------------------------------------------

    def _serve(self, line: str, after: str) -> None:
        """Run what serves, and ask for what is named meanwhile."""
        named = re.findall(rf"<({re.escape(USUAL)}/[^>]*)>", after)
        assert named, f"nothing is asked of: {line}"
        with self._serving(line) as port:
            for url in named:
                asked = url.replace(USUAL, f"http://127.0.0.1:{port}")
                with build_opener(ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:
                    assert answer.status == 200

    @contextmanager
    def _serving(self, line: str) -> Iterator[str]:
        """Run what serves at a port that is free, until it is looked at no more."""
        program, options = _SERVES.fullmatch(line).groups()  # type: ignore[union-attr]
        words = ["feeds", "serve", "--port", "0"]
        if program != "feeds serve":
            words = ["http.server", "0", "--bind", "127.0.0.1"]
        with subprocess.Popen(
            [sys.executable, "-u", "-m", *words, *map(self._path, shlex.split(options))],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                said = iter(process.stdout or ())
                found = next(filter(None, map(_LISTENS.search, said)), None)
                assert found, f"{line} does not serve"
                yield found[1] or found[2]
            finally:
                process.terminate()
                process.communicate(timeout=PATIENCE)


def _expected(text: str) -> str:
    """Write an expression for what is shown: … is any text of a line, and alone any lines."""
    found = ""
    for line in text.splitlines():
        any_text = ".*".join(re.escape(part) for part in line.split("…"))
        found += r"(?:.*\n)*?" if line == "…" else rf"{any_text}[ \t]*\n"
    return found
