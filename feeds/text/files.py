"""What is told about a file that is played or downloaded: its media type and its duration."""

import re

UNKNOWN = "application/octet-stream"

# Fixed, because what a machine has under /etc would make other feeds of the same corpus. Those
# that podcasts are in are as Apple's requirements have them.
_TYPES = {
    "aac": "audio/aac",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "avi": "video/x-msvideo",
    "avif": "image/avif",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m3u8": "application/vnd.apple.mpegurl",
    "m4a": "audio/x-m4a",
    "m4b": "audio/x-m4a",
    "m4v": "video/x-m4v",
    "mid": "audio/midi",
    "mka": "audio/x-matroska",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "torrent": "application/x-bittorrent",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webp": "image/webp",
    "wma": "audio/x-ms-wma",
    "wmv": "video/x-ms-wmv",
    "zip": "application/zip",
}
_EXTENSION = re.compile(r"https?://[^/?#]*/[^?#]*\.([A-Za-z0-9]{2,7})(?:[?#].*)?", re.DOTALL)
# RFC 6838, section 4.2, for the two names; parameters are left out.
_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"
_MEDIA_TYPE = re.compile(rf"({_NAME}/{_NAME})\s*(?:;.*)?", re.DOTALL)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:\.\d{1,9})?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,7})(?:\.\d{1,9})?", re.ASCII)
_MINUTES = 60


def check_media_type(raw: str) -> str | None:
    """Give a media type in lower case and without parameters, or None where it is none."""
    found = _MEDIA_TYPE.fullmatch(raw.strip().lower())
    return found[1] if found else None


def guess_media_type(url: str) -> str | None:
    """Give the media type that the extension of an absolute URL's path stands for."""
    found = _EXTENSION.fullmatch(url)
    return _TYPES.get(found[1].lower()) if found else None


def parse_duration(raw: str) -> int:
    """Read a duration in whole seconds: `75`, `1:15`, `0:01:15`; raises `ValueError`."""
    text = raw.strip()
    if found := _SECONDS.fullmatch(text):
        return int(found[1])
    found = _CLOCK.fullmatch(text)
    if not found or (found[1] and int(found[2]) >= _MINUTES):
        raise ValueError("is neither seconds nor MM:SS nor HH:MM:SS")
    return (int(found[1] or 0) * _MINUTES + int(found[2])) * _MINUTES + int(found[3])
