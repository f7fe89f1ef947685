"""What is for web servers is told from what is for readers, whatever channels are called."""

from collections.abc import Iterable

from conftest import NOW, Workshop

from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.http.coding import CODINGS
from feeds.model import Published
from feeds.publish.hosting import hosts
from feeds.publish.manifest import load_manifest
from feeds.publish.policy import Policy
from feeds.publish.unserved import CODED_FILES, coded_path, is_unserved
from feeds.serve.publication import Publication, Terms

LONG = "Again and again. " * 60
# Providers whose feeds are where the compressed files of others could be, or look like them.
DOMAINS = ("x.gz", "x.br", "x.atom.gz", "x.atom", "x.atom.br", "x", "x.html.gz", "gz")
TEXT = "compressed: true\nhosting: [nginx, caddy, headers, redirects]\ntopics: {gz: {label: GZ}}\n"


def test_channels_of_any_name_are_served_and_nothing_else_is(workshop: Workshop) -> None:
    """All feeds, archives, lists and pages are answers; files beside them and of hosts are not."""
    workshop.configure(TEXT)
    for number, domain in enumerate(DOMAINS):
        topics = [".gz", "_headers", "all.atom.gz", "GZ"]
        workshop.news(f"{number}.md", domain=domain, excerpt=LONG, topics=topics)
    workshop.build()
    listed = load_manifest((workshop.output / "manifest.json").read_bytes())
    paths = {entry.path for entry in listed}
    beside = {coded_path(path, coding) for path in paths for coding in CODED_FILES} & paths
    of_hosts = {host.file for host in hosts().values()}
    assert {entry.path for entry in listed if is_unserved(entry)} == beside | of_hosts
    assert {"providers/x.gz.atom.gz", "providers/x.atom.gz.atom.gz"} <= beside
    terms = Terms(Policy(Configuration(), feed_formats()), NOW)
    publication = Publication.load(workshop.output, terms)
    found = {path for path in {*paths, ""} if publication.find(f"/{path}")}
    assert found == paths - beside - of_hosts | {""}


def test_the_server_codes_as_the_files_are_coded(workshop: Workshop) -> None:
    """With the files beside a feed and without, what is answered is the same to the byte."""
    workshop.configure("compressed: true\n")
    workshop.news("a.md", excerpt=LONG)
    workshop.build()
    listed = load_manifest((workshop.output / "manifest.json").read_bytes())
    terms = Terms(Policy(Configuration(), feed_formats()), NOW)
    with_files = answers(Publication.load(workshop.output, terms), listed)
    files = [path for path in workshop.files() if path.endswith((".gz", ".br"))]
    for path in files:
        (workshop.output / path).unlink()
    assert "all.atom.gz" in files
    assert answers(Publication.load(workshop.output, terms), listed) == with_files


def answers(publication: Publication, listed: Iterable[Published]) -> list[object]:
    """Give all that is answered about resources, in every coding."""
    found: list[object] = []
    for entry in listed:
        prepared = publication.prepared(entry.path)
        for coding in CODINGS if prepared else ():
            assert prepared is not None
            publication.warm(prepared, coding)
            if body := prepared.body(coding):
                variant = prepared.variant(coding)
                found.append((entry.path, body, variant.headed.headers, variant.unchanged.headers))
    return found
