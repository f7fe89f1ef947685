"""The authors of an article: texts and mappings to persons."""

from feeds.corpus.dialect import Sources
from feeds.corpus.form import Form, TextValue, Value
from feeds.model import Mapping, Person, Scalar
from feeds.text.clean import shown
from feeds.text.people import check_email, split_person
from feeds.text.urls import host_of


def authors(form: Form, sources: Sources, limit: int) -> tuple[Person, ...]:
    """Read the authors, each name once; one without a name goes by the e-mail address or host."""
    found: dict[str, Person] = {}
    for number, value in enumerate(form.items(sources)):
        if number == limit:
            form.warn("list-too-long", value, f"more than {limit} items; the rest is dropped")
            break
        if isinstance(value.node, Scalar):
            person = _from_text(form, TextValue(value.key, value.node))
        elif isinstance(value.node, Mapping):
            person = _from_mapping(form.under(value), sources)
        else:
            person = None
            form.warn("type-invalid", value, "must be text or a mapping; item dropped")
        if person:
            found.setdefault(person.name, person)
    return tuple(found.values())


def _from_text(form: Form, value: TextValue) -> Person | None:
    line = form.cleaned(value)
    if "@" not in line:
        return Person(line) if line else None
    name, written = split_person(line)
    email = _checked(form, value, written) if written else None
    # An address that is none is still all that is known of who wrote this.
    return Person(name or email or line, email)


def _from_mapping(form: Form, sources: Sources) -> Person | None:
    name = form.line(sources.of("name"))
    value = form.text(sources.of("email"))
    email = _checked(form, value, value.node.text) if value else None
    url = form.optional_url(sources.of("url"))
    called = name or email or host_of(url or "")
    if called:
        return Person(called, email, url)
    place = Value(form.prefix.removesuffix("."), form.root)
    form.warn("type-invalid", place, "has no name; item dropped")
    return None


def _checked(form: Form, value: TextValue, written: str) -> str | None:
    email = check_email(written)
    if email is None:
        form.warn("email-invalid", value, f"{shown(written)} is no e-mail address; dropped")
    return email
