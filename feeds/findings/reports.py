"""Findings for programs: JSON, the annotations of GitHub's workflows, and SARIF.

JSON is written in ASCII, so that no terminal or log heeds what a document has in it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from feeds import __version__
from feeds.findings.explanations import explanation
from feeds.model import Finding
from feeds.text.addresses import is_address

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# What ends a message or a property, or begins an escape, in a workflow command.
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


class Located(NamedTuple):
    """A finding, and the path by which a program finds its file from where it was started.

    `fix` says what would be done to mend it; it is empty where that is nothing.
    """

    finding: Finding
    file: str
    fix: str = ""


def json_lines(found: Sequence[Located]) -> Iterator[str]:
    """Write a list of objects; a place that is not known is null."""
    yield json.dumps([_object(each) for each in found], indent=2)


def github_lines(found: Sequence[Located]) -> Iterator[str]:
    """Write a workflow command for each finding, which GitHub shows beside the line."""
    for finding, file, _ in found:
        place = {"line": finding.line, "col": finding.column} if finding.line else {}
        properties = {"file": file, **place, "title": f"feeds ({finding.code})"}
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{finding.severity} {told}::{_message(finding).translate(_IN_MESSAGE)}"


def sarif_lines(found: Sequence[Located]) -> Iterator[str]:
    """Write a log of one run (SARIF 2.1.0), with a rule for each code that was found."""
    codes = sorted({each.finding.code for each in found})
    driver = {"name": "feeds", "version": __version__, "rules": list(map(_rule, codes))}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.finding.code)) for each in found],
    }
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


REPORTS: dict[str, Callable[[Sequence[Located]], Iterable[str]]] = {
    "json": json_lines,
    "github": github_lines,
    "sarif": sarif_lines,
}
"""What writes findings for programs, by the name of the format."""


def _object(located: Located) -> dict[str, Any]:
    finding, file, fix = located
    return {
        "path": file,
        "line": finding.line or None,
        "column": finding.column or None,
        "code": finding.code,
        "severity": finding.severity,
        "key": finding.key,
        "message": finding.message,
        "fixable": bool(fix),
        "fix": fix or None,
        "help": explanation(finding.code).advice,
    }


def _message(finding: Finding) -> str:
    return f"{finding.key}: {finding.message}" if finding.key else finding.message


def _property(value: object) -> str:
    return str(value).translate(_IN_PROPERTY)


def _rule(code: str) -> dict[str, Any]:
    """Describe a code (SARIF, section 3.49)."""
    told = explanation(code)
    return {
        "id": code,
        "shortDescription": {"text": told.summary},
        "help": {"text": told.text, "markdown": told.text},
        "defaultConfiguration": {"level": told.severity.partition(" ")[0]},
    }


def _uri(file: str) -> str:
    """Write a path, or the address of an object, as a reference (RFC 3986, section 4.1)."""
    scheme, mark, rest = file.partition("://") if is_address(file) else ("", "", file)
    path = quote(rest.encode("utf-8", "surrogateescape"))
    return f"file://{path}" if path.startswith("/") else f"{scheme}{mark}{path}"


def _result(located: Located, rule: int) -> dict[str, Any]:
    """Describe a finding (SARIF, section 3.27)."""
    finding, file, fix = located
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": finding.column}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": place}],
        "properties": {"fixable": bool(fix)},
    }
