"""`_headers`, which Netlify and Cloudflare Pages read from the publication itself."""

from collections.abc import Iterator

from feeds.publish.hosting._hosted import Host, Hosted


def _text(hosted: Hosted) -> str:
    """Write the fields of each kind; of archives nothing of their own, a path has one `*` only."""
    return "\n".join(_lines(hosted)) + "\n"


def _lines(hosted: Hosted) -> Iterator[str]:
    yield "# For Netlify and Cloudflare Pages."
    for kind in hosted.kinds:
        if kind.folder:
            continue
        places = [f"{hosted.prefix}/*{kind.suffix}"]
        if kind.suffix == ".html":
            places += [f"{hosted.prefix}/", f"{hosted.prefix}/*/"]
        for place in places:
            yield place
            yield f"  Content-Type: {kind.media_type}"
            # Who compresses says so itself, and would say it twice.
            for name, value in kind.fields:
                if name != "Vary":
                    yield f"  {name}: {value}"


HOST = Host("headers", "_headers", _text)
