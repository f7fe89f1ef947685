"""The types as pydantic describes them: the one place that imports it, to make a JSON Schema."""

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from feeds.config.types import Configuration


class _WithoutTitles(GenerateJsonSchema):
    """No titles on properties: theirs would only repeat their keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def json_schema() -> dict[str, object]:
    """Make the JSON Schema of plain values, as pydantic knows it from the types."""
    return TypeAdapter(Configuration).json_schema(schema_generator=_WithoutTitles)
