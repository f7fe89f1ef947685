"""The user's own templates, each of which stands for ours of its name."""

from pathlib import Path

from feeds.config.problems import problem_line
from feeds.errors import ConfigurationError
from feeds.model import Finding
from feeds.pages.environment import Look

_SUFFIXES = frozenset({".html", ".css", ".js"})


def load_look(folder: Path | None) -> Look:
    """Read the templates in a directory; without one, or without any there, pages are as ours.

    Raises `ConfigurationError` with a line for every file that is no template.
    """
    own: dict[str, str] = {}
    problems: list[str] = []
    for file in _files(folder):
        try:
            own[file.name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(_line(file, f"is not UTF-8 at byte {error.start}"))
        except OSError as error:
            problems.append(_line(file, f"cannot be read: {error.strerror}"))
    look = Look(tuple(own.items()), folder) if folder and own else Look()
    problems += look.problems() if own else ()
    if problems:
        raise ConfigurationError(tuple(problems))
    return look


def look_findings(look: Look) -> tuple[Finding, ...]:
    """Warn of files that are no templates of ours, and that no template takes."""
    return tuple(
        Finding(
            str(look.folder / name),
            0,
            0,
            "template-unknown",
            "",
            "stands for no file of ours, and no template includes it"
            + (f"; did you mean {near}?" if near else ""),
            "warning",
        )
        for name, near in (look.unknown() if look.own else ())
    )


def _line(file: Path, message: str) -> str:
    return problem_line(str(file), (1, 1), "", message)


def _files(folder: Path | None) -> list[Path]:
    found = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    return [file for file in found if file.suffix in _SUFFIXES and file.name[0] not in ".#"]
