"""The combined log format, and the common one that it adds to, as nginx and Apache write them.

See https://httpd.apache.org/docs/2.4/logs.html#combined. A virtual host may stand before, and
anything after: the time that an answer took, an address that was forwarded.
"""

import re

from feeds.access.forms._moments import moment_of
from feeds.access.forms._visit import Form, Visit

_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    rf"([^\[\"]{{3,300}}) \[([^\]]{{19,40}})\] {_QUOTED} (\d{{3}}) (\d{{1,15}}|-)"
    rf"(?: {_QUOTED} {_QUOTED})?(?= |$)",
    re.ASCII,
)
_ADDRESS = re.compile(r"(?:[\d.]{7,15}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)", re.ASCII)


def _read(line: str) -> Visit | None:
    found = _LINE.match(line)
    if found is None:
        return None
    before, time, request, status, sent, _, agent = found.groups()
    moment = moment_of(time)
    if moment is None:
        return None
    method, _, rest = request.partition(" ")
    target = rest.partition(" ")[0]
    size = 0 if sent == "-" else int(sent)
    return Visit(moment, _address(before), method, target, int(status), size, agent or "")


def _address(before: str) -> str:
    """Find the address in what stands before the date: the first word, or that after a host."""
    words = before.split(" ", 2)
    if len(words) == 1 or words[1] == "-" or not _ADDRESS.fullmatch(words[1]):
        return words[0]
    return words[0] if _ADDRESS.fullmatch(words[0]) else words[1]


FORM = Form("combined", lambda: _read)
