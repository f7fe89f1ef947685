"""Why an article belongs, or does not, to the channels in which it may be."""

from collections.abc import Iterator
from typing import NamedTuple

from feeds.model import Article, Membership
from feeds.selection.rules import Verdict
from feeds.selection.taxonomy import Lead, Taxonomy


class Candidacy(NamedTuple):
    """A channel that an article may be in, and whether it belongs there.

    `leads` say which labels lead to a topic, `verdict` what came of the conditions of a rule.
    """

    membership: Membership
    belongs: bool
    leads: tuple[Lead, ...] = ()
    verdict: Verdict | None = None


def candidacies(taxonomy: Taxonomy, article: Article) -> Iterator[Candidacy]:
    """Give every channel that an article may be in: all that it belongs to, and every rule.

    Whether it belongs is what the selection itself says; here it is only told why.
    """
    belonging = taxonomy.memberships(article)
    leads = tuple(taxonomy.leads(article))
    for each in belonging:
        if each.kind != "rule":
            own = tuple(lead for lead in leads if (each.kind, each.name) == ("topic", lead.name))
            yield Candidacy(each, belongs=True, leads=own)
    for each, verdict in taxonomy.verdicts(article):
        yield Candidacy(each, belongs=each in belonging, verdict=verdict)
