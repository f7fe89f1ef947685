"""The dialects there are: those that ship with the program, and the user's own."""

from pathlib import Path

from feeds.corpus.dialect import Dialect, parse_dialect
from feeds.errors import ConfigurationError
from feeds.syntax import SyntaxProblem

_SHIPPED = Path(__file__).parent / "dialects"


def load_dialects(own: Path | None = None) -> tuple[Dialect, ...]:
    """Load every mapping file, in the order in which dialects are tried on a document.

    A file of the user's takes the place of a shipped one of its name. Raises
    `ConfigurationError` with a line for every file that is no dialect.
    """
    files = {file.stem: file for folder in (_SHIPPED, own) if folder for file in _files(folder)}
    dialects, problems = [], []
    for name, file in files.items():
        try:
            dialects.append(parse_dialect(name, file.read_text(encoding="utf-8")))
        except SyntaxProblem as problem:
            place = f"{file}:{problem.line}:{problem.column}"
            hint = f" ({problem.hint})" if problem.hint else ""
            problems.append(f"{place}: {problem.code}: {problem.message}{hint}")
        except UnicodeDecodeError as error:
            problems.append(f"{file}:1:1: config: is not UTF-8 at byte {error.start}")
        except OSError as error:
            problems.append(f"{file}:1:1: config: cannot be read: {error.strerror}")
    if problems:
        raise ConfigurationError(tuple(problems))
    return tuple(sorted(dialects, key=lambda dialect: (dialect.rank, dialect.name)))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []
