"""Documents put right in place: what can be mended for sure, and nothing else of them."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from tempfile import NamedTemporaryFile

from feeds.cli.inspecting import Inspection
from feeds.corpus.mending import Fix, fixes
from feeds.corpus.source import Gone
from feeds.errors import CannotWrite
from feeds.findings import Choice, Located
from feeds.model import SourceFile


@dataclass(frozen=True, slots=True)
class Mended:
    """A file, its bytes before, and what is done to it, the last of which has its bytes after."""

    path: Path
    before: bytes
    fixes: Sequence[Fix]

    @property
    def after(self) -> bytes:
        """The bytes of the file when all is done."""
        return self.fixes[-1].source.data


def mended(inspection: Inspection, found: Sequence[Located], choice: Choice) -> Iterator[Mended]:
    """Mend what was found in files, as far as it is wanted, and write nothing.

    What is gone meanwhile, or cannot be read, is left out.
    """
    for file in dict.fromkeys(each.file for each in found if each.fix):
        corpus, path = inspection.origin(file)
        with corpus.open([path]) as files, suppress(Gone, OSError):
            data, _ = files.read(path)
            source = SourceFile(path, data)
            done = fixes(source, corpus.rules, lambda each: choice.has(each.code), corpus.prefix)
            if made := list(done):
                yield Mended(Path(file), data, made)


def difference(mended: Mended) -> Iterator[str]:
    """Give the lines of a unified diff between a file before and after, as `patch` reads it.

    It has no lines around those that change: these may be secured.
    """
    before, after = (_lines(data.decode()) for data in (mended.before, mended.after))
    name = mended.path.as_posix()
    return iter(unified_diff(before, after, name, name, n=0, lineterm=""))


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def replace_file(mended: Mended) -> bool:
    """Put the new bytes in the place of the file at once; of the same mode and owner.

    False where the file is not any more what was mended. Raises `CannotWrite`.
    """
    path = mended.path
    try:
        status = path.stat()
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as staged:
            try:
                staged.write(mended.after)
                staged.flush()
                os.fchmod(staged.fileno(), stat.S_IMODE(status.st_mode))
                with suppress(PermissionError):
                    os.fchown(staged.fileno(), status.st_uid, status.st_gid)
                os.fsync(staged.fileno())
                is_same = path.read_bytes() == mended.before
                if is_same:
                    Path(staged.name).replace(path)
            finally:
                Path(staged.name).unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None
    return is_same
