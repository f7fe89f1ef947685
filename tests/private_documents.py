"""Documents of each dialect with something secured in them, whole and with every defect at it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from canaries import DRESSES, UNTOLD

_JSON = DRESSES["json"](UNTOLD)
_DEEP = 30


@dataclass(frozen=True)
class Dialect:
    """How a document of a dialect is written: its usual lines, by key, and where it lies."""

    usual: Mapping[str, str]
    topics: str
    place: str = "{name}.md"
    is_toml: bool = False

    def path(self, name: str) -> str:
        """Give the path of a document."""
        return self.place.format(name=name)

    def document(
        self, fields: Mapping[str, str], lines: str = "", name: str = "a", body: str = ""
    ) -> str:
        """Write a document; what is among its `lines` comes before its title."""
        fence, sign = ("+++", " =") if self.is_toml else ("---", ":")
        known = {key: value.format(name=name) for key, value in self.usual.items()}
        written = [f"{key}{sign} {value}" for key, value in (known | dict(fields)).items()]
        # A table of TOML goes on to the end, so that what is secured is last there.
        parts = [*written, lines] if self.is_toml else [lines, *written]
        return "\n".join([fence, *filter(None, parts), fence, body, ""])


DIALECTS: Mapping[str, Dialect] = {
    "news": Dialect(
        {
            "title": "Title of {name}",
            "publishedDateTime": "2026-10-01T08:00:00Z",
            "webUrl": "https://paper.example/{name}",
            "published": "true",
            "topics": "[Tides]",
        },
        "topics",
        "news/{name}.md",
    ),
    "curated": Dialect(
        {
            "archetype": "curated",
            "title": "Title of {name}",
            "date": "2026-10-02T08:00:00Z",
            "link": "{{href: 'https://review.example/{name}', brand: The Review}}",
            "categoryLabel": "[Tides]",
        },
        "categoryLabel",
        "curated/{name}.md",
    ),
    "jekyll": Dialect(
        {"layout": "post", "title": "Title of {name}", "tags": "[Tides]"},
        "tags",
        "_posts/2026-10-03-{name}.md",
    ),
    "hugo": Dialect(
        {"title": "Title of {name}", "date": "2026-10-04T08:00:00Z", "tags": "[Tides]"},
        "tags",
        "hugo/{name}.md",
    ),
    "hugo toml": Dialect(
        {"title": '"Title of {name}"', "date": "2026-10-05T08:00:00Z", "tags": '["Tides"]'},
        "tags",
        "toml/{name}.md",
        is_toml=True,
    ),
    "eleventy": Dialect(
        {
            "layout": "post.njk",
            "permalink": "/{name}/",
            "title": "Title of {name}",
            "date": "2026-10-06T08:00:00Z",
            "tags": "[Tides]",
        },
        "tags",
        "eleventy/{name}.md",
    ),
}

# In each text, S stands for the word.
_YAML_SHAPES = (
    "secured: S",
    'secured: "S"',
    "secured: 'S'",
    "secured: |\n  S\n  S: S",
    "secured: >-\n  S\n\n  S",
    "secured: S\n  S\n  S S",
    "secured: [S, [S, {S: S}]]",
    "secured:\n  - S\n  - - S\n  - S: S",
    "secured:\n- S\n- S",
    "secured: {S: S, a: {S: S}}",
    "secured:\n  S: S\n  deep:\n    S: [S]",
    "secured:\n  ? S\n  : S",
    '"secured": S',
    "secured : S",
    f'secured: "{_JSON}"',
    f"secured: {base64.b64encode(UNTOLD.encode()).decode()}",
    "# S\nsecured: x # S",
    "params:\n  secured: S",
    "params: {a: {b: [{secured: S}]}}",
    "Secured: S",
    "secured: &amp;S",
    "secured: S\nsecurity: x",
    "other: S",
)
_TOML_SHAPES = (
    'secured = "S"',
    "secured = '''\nS\n'''",
    'secured = """\\\n  S \\\n  S"""',
    'secured = ["S", ["S", {S = "S"}]]',
    'secured = {S = "S"}',
    'secured.S = "S"',
    '[secured]\nS = "S"\ndeep = {S = ["S"]}',
    '[[secured]]\nS = "S"\n[[secured]]\nS = "S"',
    '[params.secured]\nS = "S"',
    '"secured" = "S"',
    f'secured = "{_JSON}"',
    '# S\nsecured = "x" # S',
)
_YAML_DEFECTS = (
    'secured: "S',
    "secured: 'S",
    "secured: S: S",
    "secured: S\nsecured: S",
    "secured:\n  S: S\n  S: S",
    "secured: {S: S, S: S}",
    "secured: [S, S",
    "secured: {S: S",
    "secured: S]",
    "secured: &S x",
    "secured: &a S\nother: *a",
    "secured: *S",
    "secured:\n  <<: *S",
    "secured: !S x",
    "secured: !!python/object/apply:S [S]",
    "secured: !<S> S",
    'secured: "\\qS"',
    'secured: "\\ud8S"',
    "secured:\n\tS",
    "secured: S\n\tS: S",
    "secured: S\udcff",
    "secured: S\0",
    "secured: S\x01",
    "secured: S\ufffe",
    "secured: @S",
    "secured: `S`",
    "secured: %S",
    "secured: - S",
    "secured:S",
    "secured: S\n S\nS",
    "secured:\n- S\n  S: S\n - S",
    "secured:\n    S: S\n  S: S",
    "secured:\n  ? [S]\n  : S",
    "secured: {1: S, no: S, ~: S}",
    "secured:\n  S: S\n  2020-01-01: S",
    f"secured: {'[' * _DEEP}S{']' * _DEEP}",
    "secured:\n" + "".join(f"{'  ' * level}S:\n" for level in range(1, _DEEP)),
    f"secured: [{'S, ' * 500}S]",
    f"secured: {'S' * 600}",
    f"secured: {'S' * 2_000}",
    "--- S\nsecured: S",
    "...\nsecured: S",
    "secured: S\n---\nsecured: S",
    "%YAML 9.9\n--- S\nsecured: S",
    "params:\n  secured: S\n  secured: S",
    "params: {secured: &S x}",
    "related: [{secured: S}, {secured: S, secured: S}]",
    "secured.S: &S x",
    "secured: S\nlanguage: {secured: S}",
    "secured: S\ntopics: {secured: S}",
    "secured: S\ntags: [{secured: S}]",
    "secured: S\ncategoryLabel: [{secured: S}]",
    "secured: S\nauthor: {secured: S}",
    "secured: S\nauthors: [{secured: S, email: no}]",
    "secured: S\nimages: [{secured: S}]",
    "secured: S\nimage: {secured: S}",
    "secured: S\nfeaturedImage: {secured: S}",
    "secured: S\nrelated: {secured: S}",
    "secured: S\nrelated: [{secured: S, title: T}]",
    "secured: S\nrelatedOfferings: [{secured: S, permalink: no}]",
    "secured: S\nprovider: {secured: S}",
    "secured: S\nprovider: {secured: S, domain: 'no domain'}",
    "secured: S\nenclosures: [{secured: S}]",
    "secured: S\naudio: {secured: S}",
    "secured: S\nvideo: {secured: S}",
    "secured: S\nquality: {secured: S}",
    "secured: S\nguid: {secured: S}",
    "secured: S\nrights: {secured: S}",
    "secured: S\nexcerpt: {secured: S}",
    "secured: S\ndescription: [{secured: S}]",
    "secured: S\nsummary: {secured: S}",
    "secured: S\npublished: {secured: S}",
    "secured: S\ndraft: {secured: S}",
    "secured: S\nremoved: {secured: S}",
    "secured: S\nlastMod: {secured: S}",
    "secured: S\nmodifiedDateTime: {secured: S}",
    "secured: S\noriginalUrl: {secured: S}",
)
_TOML_DEFECTS = (
    'secured = "S',
    "secured = 'S",
    'secured = """S',
    "secured = S",
    'secured = "S" S',
    'secured = "S"\nsecured = "S"',
    'secured = {S = "S", S = "S"}',
    'secured = {S = "S"\nS = "S"}',
    'secured = ["S", S]',
    'secured = ["S"',
    'secured = "\\qS"',
    'secured = "\\uD800S"',
    'secured = "S\x01"',
    'secured = "S\udcff"',
    'secured = "S"\nsecured.S = "S"',
    'secured.S = "S"\nsecured.S.S = "S"',
    "[secured.S]\n[secured.S]",
    "[secured.S",
    "[[secured.S]]\n[secured.S]",
    '[secured]\nS = "S"\nS = "S"',
    "secured = S S",
    f"secured = {'S' * 600}",
    f"secured = 0x{'S' * 600}",
    f"secured = {'[' * _DEEP}'S'{']' * _DEEP}",
    f"secured.{'.'.join(['S'] * _DEEP)} = 1",
    "secured = [" + '"S", ' * 500 + "]",
    "secured = 2026-13-45S",
    "= S",
    "secured S",
    'author = {secured = "S"}',
    'categories = [{secured = "S"}]',
    'images = [{secured = "S"}]',
    'summary = {secured = "S"}',
    'draft = {secured = "S"}',
    'lastmod = {secured = "S"}',
    'languageCode = {secured = "S"}',
)


def _with_the_word(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.replace("S", UNTOLD).replace(f"{UNTOLD}ecured", "Secured") for text in texts)


SECURED = {"yaml": _with_the_word(_YAML_SHAPES), "toml": _with_the_word(_TOML_SHAPES)}
"""What may stand under `secured`, in all the shapes in which it may."""

DEFECTS = {"yaml": _with_the_word(_YAML_DEFECTS), "toml": _with_the_word(_TOML_DEFECTS)}
"""What may be wrong at it, or beside it."""
