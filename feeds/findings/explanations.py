"""What each code of a finding means: the texts that commands, reports and docs take theirs from.

A code is a file in `codes/`, whose first line says how grave it is and what is so. How it comes
about and what to do follow; what is `Wrong:` and `Right:` are lines of front matter, or a whole
document.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

_FOLDER = Path(__file__).parent
_EXAMPLE = re.compile(r"^(Wrong|Right):\n\n((?:    .*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means; `text` is all that its file says, in Markdown.

    `severity` is `error`, `warning` or `error or warning`. `wrong` and `right` are examples,
    empty where there are none.
    """

    code: str
    severity: str
    summary: str
    text: str
    wrong: str
    right: str

    @property
    def advice(self) -> str:
        """How the finding comes about, and what to do, without examples."""
        return _EXAMPLE.sub("", self.text.partition("\n")[2]).strip()


def explanation(code: str) -> Explanation:
    """Explain a code; raises `KeyError` where there is no such code."""
    return explanations()[code]


@cache
def explanations() -> dict[str, Explanation]:
    """Map every code, in alphabetical order, to what it means."""
    files = sorted((_FOLDER / "codes").glob("*.md"))
    return {file.stem: _read(file.stem, file.read_text(encoding="utf-8")) for file in files}


def reference() -> str:
    """Write the page that explains all codes, in Markdown."""
    introduction = (_FOLDER / "introduction.md").read_text(encoding="utf-8")
    parts = (f"\n## {each.code}\n\n{each.text}" for each in explanations().values())
    return introduction + "".join(parts)


def _read(code: str, text: str) -> Explanation:
    severity, _, summary = text.partition("\n")[0].partition(": ")
    examples = {name: dedent(example).strip() for name, example in _EXAMPLE.findall(text)}
    wrong, right = examples.get("Wrong", ""), examples.get("Right", "")
    return Explanation(code, severity.lower(), summary, text, wrong, right)
