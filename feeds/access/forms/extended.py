"""The extended log file format of W3C, as CloudFront and IIS write it.

See https://www.w3.org/TR/WD-logfile.html and, for the fields of CloudFront,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html.
`#Fields:` says what stands where. Where nobody says it, fields are in the order in which
CloudFront writes them if it is told nothing else, in its standard or its real-time logs.
"""

import re

from feeds.access.forms._escapes import unescaped
from feeds.access.forms._moments import moment_of
from feeds.access.forms._visit import Form, ReadLine, Visit

_FIELDS = "#Fields:"
_STANDARD = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(host)"),
    *("cs-uri-stem", "sc-status", "cs(referer)", "cs(user-agent)"),
)
_REAL_TIME = (
    *("timestamp", "c-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-method"),
    *("cs-protocol", "cs-host", "cs-uri-stem", "cs-bytes", "x-edge-location"),
    *("x-edge-request-id", "x-host-header", "time-taken", "cs-protocol-version"),
    *("c-ip-version", "cs-user-agent"),
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\t", re.ASCII)
_SECONDS = re.compile(r"\d{10}(?:\.\d+)?\t", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


class _Columns:
    """Where in a line each of the fields stands that are wanted; `last` is the last of them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        place = {name: number for number, name in reversed([*enumerate(names)])}
        self.moment = [place[name] for name in ("date", "time") if name in place]
        if len(self.moment) != 2:  # noqa: PLR2004 - either both of them or a timestamp
            self.moment = [place["timestamp"]]
        self.address = place["c-ip"]
        self.method = place["cs-method"]
        self.target = place["cs-uri-stem"]
        self.status = place["sc-status"]
        self.sent = place.get("sc-bytes")
        self.agent = place.get("cs(user-agent)", place.get("cs-user-agent"))
        known = (self.address, self.method, self.target, self.status, self.sent, self.agent)
        self.last = max(*self.moment, *(number for number in known if number is not None))


_STANDARD_COLUMNS = _Columns(_STANDARD)
_REAL_TIME_COLUMNS = _Columns(_REAL_TIME)


def _begin() -> ReadLine:
    named: list[_Columns | None] = [None]

    def read(line: str) -> Visit | None:
        if line.startswith(_FIELDS):
            named[0] = _columns(line)
            return None
        for columns in (named[0], _usual(line)):
            if columns is not None and (visit := _visit(line, columns)) is not None:
                return visit
        return None

    return read


def _columns(line: str) -> _Columns | None:
    """Read which fields follow; None where one is missing without which nothing can be told."""
    try:
        return _Columns(tuple(line.removeprefix(_FIELDS).lower().split()))
    except KeyError:
        return None


def _usual(line: str) -> _Columns | None:
    if _DAY.match(line):
        return _STANDARD_COLUMNS
    return _REAL_TIME_COLUMNS if _SECONDS.match(line) else None


def _visit(line: str, columns: _Columns) -> Visit | None:
    has_tabs = "\t" in line
    fields = line.split("\t") if has_tabs else line.split(" ")
    if len(fields) <= columns.last:
        return None
    moment = moment_of(" ".join([fields[number] for number in columns.moment]))
    status, sent = fields[columns.status], fields[columns.sent] if columns.sent else "0"
    if moment is None or not (_NUMBER.fullmatch(status) and _NUMBER.fullmatch(sent)):
        return None
    agent = fields[columns.agent] if columns.agent else ""
    agent = unescaped(agent if has_tabs else agent.replace("+", " "))
    address, method = fields[columns.address], fields[columns.method]
    return Visit(moment, address, method, fields[columns.target], int(status), int(sent), agent)


FORM = Form("extended", _begin)
