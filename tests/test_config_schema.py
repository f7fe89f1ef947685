"""The JSON Schema comes from the types, and says what they say."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from feeds.config import configuration_schema, configuration_schema_text

SHIPPED = Path(__file__).parent.parent / "config" / "feeds.schema.json"


def schema() -> dict[str, Any]:
    return configuration_schema()


def objects(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from objects(item)


def test_the_shipped_schema_is_that_of_the_types() -> None:
    """The file that editors use has not drifted from the types."""
    assert SHIPPED.read_text(encoding="utf-8") == configuration_schema_text()


def test_every_property_is_described() -> None:
    """Each key has a description of its own, on one line."""
    for part in objects(schema()):
        for key, value in part.get("properties", {}).items():
            assert re.fullmatch(r"\S.+\S", value.get("description", "")), key


def test_no_object_is_open() -> None:
    """Keys that are not in the schema are refused, but where keys are names."""
    found = list(objects(schema()))
    assert len(found) > 10
    for part in found:
        others = part["additionalProperties"]
        assert others is False or "$ref" in others or others["type"] == "string"


def test_defaults_and_bounds_are_in_the_schema() -> None:
    """The schema tells an editor the default and the bounds of a number."""
    limit = schema()["properties"]["limit"]
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 100)
    assert schema()["$defs"]["Site"]["properties"]["title"]["default"] == "Feeds"
    assert schema()["$defs"]["RuleFeed"]["properties"]["where"]["minProperties"] == 1


def test_the_schema_allows_what_the_reader_allows() -> None:
    """Where one text stands for a list, or a path for a corpus, the schema says so too."""
    aliases = schema()["$defs"]["Topic"]["properties"]["aliases"]["anyOf"]
    assert [one["type"] for one in aliases] == ["string", "array"]
    corpus = schema()["properties"]["corpus"]["anyOf"]
    assert [one["type"] for one in corpus] == ["string", "array"]
    assert corpus[1]["items"]["anyOf"][1] == {"$ref": "#/$defs/CorpusSource"}


def test_the_schema_names_its_draft() -> None:
    """The schema says that it is of draft 2020-12, and has a title."""
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["title"] == "The configuration of feeds"


def test_the_schema_is_the_same_in_every_process() -> None:
    """Another process with another hash seed writes the same text."""
    command = "from feeds.config import *; print(configuration_schema_text(), end='')"
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", command],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        )
        assert json.loads(run.stdout) == schema()
        assert run.stdout.decode() == configuration_schema_text()
