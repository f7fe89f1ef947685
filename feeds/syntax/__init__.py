"""YAML and TOML text to nodes that know where they stand: the one place that knows PyYAML."""

from feeds.syntax.plain_values import Value, Values, parse_plain_values
from feeds.syntax.problem import SyntaxLimits, SyntaxProblem
from feeds.syntax.toml_nodes import parse_toml
from feeds.syntax.yaml_nodes import parse_yaml

__all__ = [
    "SyntaxLimits",
    "SyntaxProblem",
    "Value",
    "Values",
    "parse_plain_values",
    "parse_toml",
    "parse_yaml",
]
