"""The command before a scan: real programs, in time or killed."""

import os
import time
from pathlib import Path

import pytest

from feeds.model import Finding
from feeds.refresh.command import Command, hindrances


def run(folder: Path, *words: str, seconds: float = 20) -> tuple[Finding, ...]:
    return hindrances(Command(words, folder, seconds).run())


def test_a_command_that_ends_well_is_nothing_to_tell(tmp_path: Path) -> None:
    """It runs in the directory, its arguments as they are, with nothing to read."""
    assert run(tmp_path, "sh", "-c", 'cat; echo "$1" > "$2"', "-", "a $HOME *", "b c") == ()
    assert (tmp_path / "b c").read_text(encoding="utf-8") == "a $HOME *\n"


def test_a_command_reads_what_it_is_given(tmp_path: Path) -> None:
    """More than any pipe holds, also where it reads none of it, or only some."""
    given = b"https://feeds.example/all.atom\n" * 10_000
    assert Command(("sh", "-c", "cat > read"), tmp_path, 20).run(given) == ""
    assert (tmp_path / "read").read_bytes() == given
    assert Command(("true",), tmp_path, 20).run(given) == ""
    assert Command(("sh", "-c", "head -n 1 > read"), tmp_path, 20).run(given) == ""
    assert (tmp_path / "read").read_bytes() == b"https://feeds.example/all.atom\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("false",), '"false" ended with status 1;'),
        (("sh", "-c", "echo a; echo b >&2; exit 3"), '"sh" ended with status 3 ("b");'),
        (("sh", "-c", "kill -9 $$"), '"sh" was ended by signal 9;'),
        (("no-such-program",), '"no-such-program" cannot be run: No such file or directory;'),
        (("/",), '"/" cannot be run: Permission denied;'),
        (("sh", "-c", "printf '\\033[31m\\377x'; exit 1"), 'status 1 ("\\x1b[31m\ufffdx");'),
    ],
)
def test_a_failure_is_a_finding(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """What went wrong is told in one line, with the last line that the command said."""
    [finding] = run(tmp_path, *words)
    assert message in finding.message
    assert finding.message.isprintable()
    assert finding.message.endswith("; the corpus is read as it is")
    assert (finding.code, finding.key) == ("command-failed", "reload.command")
    assert (finding.path, finding.severity) == ("feeds.yaml", "warning")


def test_a_directory_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    """A command that has nowhere to run is not run."""
    [finding] = run(tmp_path / "gone", "true")
    assert "cannot be run: No such file or directory" in finding.message


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    """When its time is over, nothing of it is left, also what ignores friendlier signals."""
    script = "trap '' TERM; sleep 60 & echo $! > child; echo waiting; wait"
    begun = time.monotonic()
    [finding] = run(tmp_path, "sh", "-c", script, seconds=0.5)
    assert time.monotonic() - begun < 5
    assert '"sh" took longer than 0.5 seconds and was killed ("waiting");' in finding.message
    assert has_ended(int((tmp_path / "child").read_text(encoding="utf-8")))


def test_what_is_left_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    """A command that ends well may leave something behind that goes on."""
    begun = time.monotonic()
    assert run(tmp_path, "sh", "-c", "sleep 3 & echo $! > child") == ()
    assert time.monotonic() - begun < 2
    os.kill(int((tmp_path / "child").read_text(encoding="utf-8")), 9)


def has_ended(process: int) -> bool:
    """Whether a process is gone, or nobody has fetched its end yet."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").split()[2]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
