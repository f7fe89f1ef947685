"""Fuzz targets, as many at a time as there are processors, guided by what an input reaches.

Usage: python tests/fuzz/run.py [--seconds N] [--work DIRECTORY] [--keep N] [TARGET...]

What each target has found so far is in a directory of its own below DIRECTORY, from which the next
run goes on; what makes a target fail is beside it. With `--keep`, the inputs that reach
most are kept for `make test` at the end, at most N of each target. Ends with 1 where one failed.
"""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from fuzz.kept import beginning, keep, names, target  # noqa: E402 - found by the line before

# An input that takes longer than this many seconds, or memory, is as bad as one that fails.
PATIENCE, MEGABYTES = 20, 1_500
# Of inputs that are kept, bytes: they are to be read by people.
SHORT = 2_000


def fuzzing(name: str, flags: Iterable[str]) -> None:
    """Run libFuzzer on a target, in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["feeds"]):
        check = target(name).check
    # What begins more of itself by a shell begins with its first argument.
    atheris.Setup([shlex.join(libfuzzer(name)), *flags], check)
    atheris.Fuzz()


def libfuzzer(name: str, *flags: object) -> list[str]:
    """Give the command that runs libFuzzer on a target in a process of its own."""
    return [sys.executable, str(Path(__file__).resolve()), "--one", name, *map(str, flags)]


def prepare(name: str, folder: Path) -> Path:
    """Write what a target begins with below its directory; gives where what it finds is to be."""
    found = folder / "found"
    found.mkdir(parents=True, exist_ok=True)
    for data in beginning(name):
        (found / sha256(data).hexdigest()[:16]).write_bytes(data)
    words = target(name).WORDS
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    return found


def limits(name: str) -> list[str]:
    """Give the flags that bound a run of a target."""
    longest = target(name).LONGEST
    return [f"-max_len={longest}", f"-timeout={PATIENCE}", f"-rss_limit_mb={MEGABYTES}"]


def fuzz(name: str, work: Path, seconds: int) -> bool:
    """Fuzz a target for some seconds, and print what came of it; tells whether it did not fail."""
    folder = work / name
    found = prepare(name, folder)
    flags = [f"-max_total_time={seconds}", f"-dict={folder / 'words'}", "-use_value_profile=1"]
    flags += [f"-artifact_prefix={folder}/failed-", "-verbosity=0", "-print_final_stats=1"]
    run = subprocess.run(
        libfuzzer(name, *limits(name), *flags, found),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    # All at once, since others are being fuzzed meanwhile.
    said = run.stdout.decode(errors="replace")
    print(f"{name}: {seconds} seconds\n{said}", end="", flush=True)  # noqa: T201 - a report
    return run.returncode == 0


def keep_most(name: str, work: Path, most: int) -> None:
    """Keep, of what a target has found, as few inputs as reach all that can be reached."""
    merged = work / name / "merged"
    merged.mkdir(exist_ok=True)
    for file in merged.iterdir():
        file.unlink()
    flags = [*limits(name), "-merge=1", "-verbosity=0"]
    subprocess.run(libfuzzer(name, *flags, merged, work / name / "found"), check=True)
    inputs = sorted((file.read_bytes() for file in merged.iterdir()), key=len)
    keep(name, [data for data in inputs if len(data) <= SHORT][:most])


def main() -> int:
    """Fuzz what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", default=names(), metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--work", type=Path, default=HERE.parent.parent / ".fuzz")
    parser.add_argument("--keep", type=int, default=0)
    given = parser.parse_args()
    failed = []
    if given.seconds:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            held = pool.map(lambda name: fuzz(name, given.work, given.seconds), given.targets)
            failed = [
                name for name, has_held in zip(given.targets, held, strict=True) if not has_held
            ]
    for name in given.targets if given.keep else ():
        keep_most(name, given.work, given.keep)
    print("failed:", ", ".join(failed) or "none")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        fuzzing(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
