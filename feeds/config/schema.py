"""The JSON Schema of a configuration file, for editors and for `feeds config schema`."""

import json


def configuration_schema() -> dict[str, object]:
    """Make the JSON Schema (draft 2020-12) of the file from the types themselves."""
    from feeds.config.description import json_schema  # noqa: PLC0415 - pydantic is slow to import

    schema = json_schema()
    _tidy(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "The configuration of feeds",
    }


def configuration_schema_text() -> str:
    """Write the JSON Schema as `config/feeds.schema.json` has it."""
    return json.dumps(configuration_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidy(schema: object) -> None:
    """Unwrap descriptions, and close what pydantic leaves open beside patterns for keys."""
    if isinstance(schema, list):
        for item in schema:
            _tidy(item)
    if not isinstance(schema, dict):
        return
    for value in schema.values():
        _tidy(value)
    if isinstance(schema.get("description"), str):
        schema["description"] = " ".join(schema["description"].split())
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
