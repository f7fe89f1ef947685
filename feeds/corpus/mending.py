"""What can be put right in a document for sure: the characters in question, and no others.

A finding is mended where the document cannot have meant anything else, or where what is published
is so already. What is not written as it is read (escapes, folded lines) is left alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from feeds.corpus.article import ReadingRules, is_language
from feeds.corpus.form import BOOLEANS
from feeds.corpus.frontmatter import read_document
from feeds.corpus.misspelling import MISSPELT, misspelt
from feeds.corpus.reading import read_exactly
from feeds.model import Document, Finding, Mapping, Node, Reading, Scalar, SourceFile, replace
from feeds.syntax import SyntaxProblem
from feeds.text.clean import illegal_at
from feeds.text.direction import turns_at, unpaired
from feeds.text.mojibake import is_certain, repaired
from feeds.text.places import Places

# More than a document has, and an end to what might go on for ever.
_MOST_FIXES = 1_000
# A text of which more is NUL is in another encoding.
_LEAST_PER_NUL = 10
_QUOTED = re.compile(rf"([\"'])({'|'.join(BOOLEANS)})\1")
_LINE = re.compile(r"[^\r\n]+")
# Whoever is shown what changes is not to be shown this.
_SECURED = "secured"


class Fix(NamedTuple):
    """A finding that is mended, what that does, and the file from then on."""

    finding: Finding
    what: str
    source: SourceFile


class _Edit(NamedTuple):
    """What is to be there instead of a text between two indexes, counted from 0."""

    start: int
    end: int
    text: str = ""


class _Change(NamedTuple):
    """What is done, and by which edits, in their order; without any, nothing can be done."""

    what: str
    edits: list[_Edit]


class _Subject(NamedTuple):
    """A finding, the text of its file, and the document; None where that cannot be read.

    `meant` is the key that is meant, if that is what the finding is about.
    """

    finding: Finding
    text: str
    document: Document | None
    meant: str

    @property
    def at(self) -> int:
        """The index of the finding's place."""
        return Places(self.text).offset(self.finding.line, self.finding.column)

    @property
    def body(self) -> int:
        """The index at which the body begins."""
        if self.document is None or not self.document.body:
            return len(self.text)
        return Places(self.text).offset(self.document.body_line, 1)

    def scalar(self) -> _Edit | None:
        """Give the text of the value at the finding's place, where it is written as it is read."""
        place = (self.finding.line, self.finding.column)
        for scalar in _scalars(self.document.fields) if self.document else ():
            start = self.at + (not scalar.plain)
            if (scalar.line, scalar.column) == place and self.text.startswith(scalar.text, start):
                return _Edit(start, start + len(scalar.text), scalar.text)
        return None

    def parts(self) -> Iterator[_Edit]:
        """Give the lines of text that the finding is about: of the body, or a value."""
        if not self.finding.key:
            for line in _LINE.finditer(self.text, self.body):
                yield _Edit(line.start(), line.end(), line[0])
        elif scalar := self.scalar():
            yield scalar


def fixes(
    source: SourceFile,
    rules: ReadingRules,
    is_wanted: Callable[[Finding], bool],
    prefix: str = "",
) -> Iterator[Fix]:
    """Mend one finding of a file after another, and read the file anew each time.

    `prefix` is what its path has before that of the file below its corpus.
    """
    for _ in range(_MOST_FIXES):
        wanted = (fix for fix in fixable(source, rules, prefix) if is_wanted(fix.finding))
        if not (fix := next(wanted, None)):
            return
        yield fix
        source = fix.source


def fixable(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Iterator[Fix]:
    """Give how each finding of a file can be mended by itself, where it can.

    What leaves its finding where it is, or brings an error, mends nothing; nor does anything
    mend a file that cannot be read even so.
    """
    if len(source.data) > rules.limits.file_bytes:
        return
    slips = {finding: slip.meant for finding, slip in misspelt(source, rules, prefix)}
    found = [*read_exactly(source, rules, prefix).findings, *slips]
    for finding in sorted(found):
        # What is said of a file's name has no place in it.
        is_candidate = finding.code in _MENDERS and finding.line
        if not is_candidate or not (fix := _fix(source, finding, rules, slips)):
            continue
        left = read_exactly(fix.source, rules, prefix).findings
        still = {*left, *(each for each, _ in misspelt(fix.source, rules, prefix))}
        most = 0 if finding.code in _UNREADABLE else _errors(found)
        if finding not in still and _errors(left) <= most:
            yield fix


def read_fixable(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading:
    """Read of a file's bytes only which findings can be mended, with what that does as message."""
    found = (replace(each.finding, message=each.what) for each in fixable(source, rules, prefix))
    return Reading(source.path, None, tuple(found))


def _errors(findings: Iterable[Finding]) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _fix(
    source: SourceFile, finding: Finding, rules: ReadingRules, slips: dict[Finding, str]
) -> Fix | None:
    try:
        text = source.data.decode()
    except UnicodeDecodeError:
        return None
    try:
        document = read_document(source, rules.limits)
    except SyntaxProblem:
        document = None
    subject = _Subject(finding, text, document, slips.get(finding, ""))
    what, edits = _MENDERS[finding.code](subject)
    mended = _edited(text, edits)
    if mended == text or any(_SECURED in _line_at(text, edit.start) for edit in edits):
        return None
    return Fix(finding, what, SourceFile(source.path, mended.encode()))


def _line_at(text: str, at: int) -> str:
    """Give the line as a diff has it, which knows no other end of one."""
    return text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    parts, end = [], 0
    for edit in edits:
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join((*parts, text[end:]))


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    else:
        items = node.items.values() if isinstance(node, Mapping) else node.items
        for item in items:
            yield from _scalars(item)


def _without_quotes(subject: _Subject) -> _Change:
    quoted = _QUOTED.match(subject.text, subject.at)
    edits = [_Edit(*quoted.span(), quoted[2].lower())] if quoted else []
    return _Change("quotes taken off", edits)


def _respelt(subject: _Subject) -> _Change:
    """Write the key that is meant, where the one that is not read is seen in the text."""
    key = subject.finding.key.rpartition(".")[2]
    is_there = subject.meant and subject.text.startswith(key, subject.at)
    edits = [_Edit(subject.at, subject.at + len(key), subject.meant)] if is_there else []
    return _Change(f"{key} is now {subject.meant}", edits)


def _decoded(subject: _Subject) -> _Change:
    """Write what was meant, where that is certain and has nothing in it that cannot be seen."""
    edits = [
        part._replace(text=mended)
        for part in subject.parts()
        if (mended := repaired(part.text)) is not None
        and mended.isprintable()
        and is_certain(part.text, mended)
    ]
    return _Change("decoded as it was meant", edits)


def _legal(subject: _Subject) -> _Change:
    edits = [
        edit for part in subject.parts() for edit in _removals(part.start, illegal_at(part.text))
    ]
    return _Change(_REMOVED_ILLEGAL, edits)


def _readable(subject: _Subject) -> _Change:
    """Remove from all of a file what no text has, unless it is no text, or has what is secured."""
    text = subject.text
    is_text = text.count("\0") * _LEAST_PER_NUL <= len(text) and _SECURED not in text
    return _Change(_REMOVED_ILLEGAL, _removals(0, illegal_at(text)) if is_text else [])


def _undirected(subject: _Subject) -> _Change:
    if subject.finding.key:
        edits = [
            edit for part in subject.parts() for edit in _removals(part.start, turns_at(part.text))
        ]
    else:
        edits = _removals(subject.body, sorted(unpaired(subject.text[subject.body :])))
    return _Change("invisible characters removed", edits)


def _removals(begin: int, places: Iterable[int]) -> list[_Edit]:
    return [_Edit(begin + at, begin + at + 1) for at in places]


def _hyphenated(subject: _Subject) -> _Change:
    parts = (part._replace(text=part.text.replace("_", "-")) for part in subject.parts())
    return _Change("written with hyphens", [part for part in parts if is_language(part.text)])


_REMOVED_ILLEGAL = "characters removed that no text may have"
_UNREADABLE = frozenset({"not-utf8", "yaml-syntax", "toml-syntax"})
_MENDERS: dict[str, Callable[[_Subject], _Change]] = {
    **dict.fromkeys(_UNREADABLE, _readable),
    "boolean-invalid": _without_quotes,
    "language-invalid": _hyphenated,
    "text-direction": _undirected,
    "text-illegal": _legal,
    "text-mojibake": _decoded,
    MISSPELT: _respelt,
}

MENDED = frozenset(_MENDERS)
"""The codes of what can be mended at times."""
