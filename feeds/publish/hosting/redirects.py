"""`_redirects`, which Netlify and Cloudflare Pages read from the publication itself."""

from collections.abc import Iterator

from feeds.publish.hosting._hosted import Host, Hosted, unmistakable


def _text(hosted: Hosted) -> str:
    """Write a line for each address: what is said of one alone before what is of directories.

    Neither host can answer 410; what is gone is a 404, on Netlify with the last document.
    """
    lines = sorted(_lines(hosted), key=lambda line: line.split()[0].endswith("*"))
    return "\n".join(["# For Netlify and Cloudflare Pages.", *lines]) + "\n"


def _lines(hosted: Hosted) -> Iterator[str]:
    for item in hosted.former.redirects:
        target = unmistakable(item.target)
        if item.path.endswith("/*"):
            yield f"{hosted.encoded(item.path[:-1])}* {target}:splat {item.status}"
        else:
            yield f"{hosted.encoded(item.path)} {target} {item.status}"
    for gone in hosted.former.gone:
        if gone.body:
            yield f"{hosted.encoded(gone.path)} {hosted.encoded(gone.body)} 404"


HOST = Host("redirects", "_redirects", _text)
