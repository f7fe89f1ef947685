"""The configuration: its types, how it is read, and its JSON Schema."""

from feeds.config.conditions import Minimum, Where
from feeds.config.corpus import CorpusSource, Limits
from feeds.config.load import load_configuration, parse_configuration
from feeds.config.reload import Reload
from feeds.config.schema import configuration_schema, configuration_schema_text
from feeds.config.server import Server
from feeds.config.site import Author, Site
from feeds.config.types import Configuration, ProviderSettings, Related, RuleFeed, Topic

__all__ = [
    "Author",
    "Configuration",
    "CorpusSource",
    "Limits",
    "Minimum",
    "ProviderSettings",
    "Related",
    "Reload",
    "RuleFeed",
    "Server",
    "Site",
    "Topic",
    "Where",
    "configuration_schema",
    "configuration_schema_text",
    "load_configuration",
    "parse_configuration",
]
