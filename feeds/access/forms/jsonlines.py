"""An object of JSON in each line, under the names that servers and CDNs give to what they tell.

Known are those of Caddy's own log, of what people write with nginx's `log_format … escape=json`,
of Traefik, of Cloudflare's Logpush, of CloudFront, of Fastly's examples and of Google's load
balancers. A name with a dot is one inside another.
"""

import json
from collections.abc import Mapping
from typing import Any

from feeds.access.forms._escapes import unescaped
from feeds.access.forms._moments import moment_of, moment_of_number
from feeds.access.forms._visit import Form, Visit

# Of the names for one thing the first that is there counts.
_MOMENT = (
    *("ts", "msec", "time_iso8601", "time_local", "EdgeStartTimestamp", "timestamp(ms)"),
    *("StartUTC", "time_start", "timestamp", "@timestamp", "time", "EdgeEndTimestamp"),
)
_ADDRESS = (
    *("request.client_ip", "request.remote_ip", "remote_addr", "ClientIP", "c-ip"),
    *("client_ip", "ClientHost", "httpRequest.remoteIp", "request.remote_addr"),
)
_METHOD = (
    *("request.method", "request_method", "ClientRequestMethod", "cs-method", "RequestMethod"),
    *("httpRequest.requestMethod", "method"),
)
_TARGET = (
    *("request.uri", "request_uri", "ClientRequestURI", "cs-uri-stem", "RequestPath"),
    *("httpRequest.requestUrl", "ClientRequestPath", "url", "uri", "path"),
)
_STATUS = (
    *("status", "EdgeResponseStatus", "sc-status", "DownstreamStatus", "response_status"),
    *("httpRequest.status", "resp_status"),
)
_SENT = (
    *("size", "body_bytes_sent", "EdgeResponseBytes", "sc-bytes", "DownstreamContentSize"),
    *("response_body_size", "httpRequest.responseSize", "resp_body_size", "bytes_sent", "bytes"),
)
_AGENT = (
    *("request.headers.User-Agent", "http_user_agent", "ClientRequestUserAgent"),
    *("cs(User-Agent)", "cs-user-agent", "request_User-Agent", "request_user_agent"),
    *("httpRequest.userAgent", "user_agent"),
)
_LONGEST_STATUS = 3
_MOST_SENT = 10**15

Record = Mapping[str, Any]


def _read(line: str) -> Visit | None:
    if not line.startswith("{"):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    moment, status = _moment(record), _number(_first(record, _STATUS))
    if moment is None or status is None:
        return None
    method, target = _asked(record)
    address, agent = _text(_first(record, _ADDRESS)), unescaped(_text(_first(record, _AGENT)))
    return Visit(
        moment, address, method, target, status, _number(_first(record, _SENT)) or 0, agent
    )


def _asked(record: Record) -> tuple[str, str]:
    """Give method and target, from where they stand alone or from a request's first line."""
    if isinstance(whole := record.get("request"), str):
        method, _, rest = whole.partition(" ")
        if rest:
            return method, rest.partition(" ")[0]
        return method, _text(_first(record, _TARGET))
    return _text(_first(record, _METHOD)), _text(_first(record, _TARGET))


def _moment(record: Record) -> int | None:
    if "time" in record and "date" in record:
        return moment_of(f"{record['date']} {record['time']}")
    said = _first(record, _MOMENT)
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        return moment_of_number(said)
    return moment_of(said) if isinstance(said, str) else None


def _first(record: Record, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - whatever a log says
    for name in names:
        if (found := record.get(name)) is not None:
            return found
        if "." in name and (found := _inside(record, name)) is not None:
            return found
    return None


def _inside(record: Record, name: str) -> Any:  # noqa: ANN401 - as above
    found: Any = record
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _text(said: Any) -> str:  # noqa: ANN401 - as above
    """Give what is said as text; of a field that was sent several times, the first."""
    if isinstance(said, list) and said:
        said = said[0]
    return said if isinstance(said, str) else ""


def _number(said: Any) -> int | None:  # noqa: ANN401 - as above
    if isinstance(said, str):
        said = int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None  # noqa: PLR2004
    is_number = isinstance(said, (int, float)) and not isinstance(said, bool)
    return int(said) if is_number and 0 <= said < _MOST_SENT else None


FORM = Form("jsonlines", lambda: _read)
