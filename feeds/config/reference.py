"""Every key of the configuration, as its JSON Schema tells of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from feeds.config.schema import configuration_schema
from feeds.config.writing import file_text, written

_NAMES = {"topics": "SLUG", "providers": "DOMAIN", "feeds": "NAME", "moved": "PATH"}
"""Where the keys of a mapping are names that the user gives, and what stands for one here."""

_INTRODUCTION = """\
# The configuration

`config/feeds.yaml`, key by key. `feeds init` writes one to begin with, `feeds check` says what is
wrong with it, and `feeds config show --origin` what is in force and why. Relative paths are
relative to the file. Unknown keys are errors, and all errors are told at once. What stands in
capital letters is a name that you give.

This page is made from the types that the program reads the file by, as the JSON Schema for
editors is (`feeds config schema`).
"""

Schema = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the file: its path, what it may be, and a whole file that has it."""

    path: Path
    kind: str
    default: str
    description: str
    example: str

    @property
    def name(self) -> str:
        """The path as in `site.title`."""
        return ".".join(self.path)


def configuration_keys() -> tuple[Key, ...]:
    """Give every key, a section before its keys, in the order of the types."""
    schema = configuration_schema()
    return tuple(_Walk(schema).keys(schema, ()))


def reference_text() -> str:
    """Write the reference in Markdown."""
    return _INTRODUCTION + "".join(map(_entry, configuration_keys()))


def _entry(key: Key) -> str:
    mark = "##" if len(key.path) == 1 else "###"
    return (
        f"\n{mark} `{key.name}`\n\n{key.description}\n\n"
        f"- Type: {key.kind}\n- Default: {key.default}\n\n```yaml\n{key.example}```\n"
    )


class _Walk:
    """Goes along the sections of a schema; one that is within itself is told of once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._sections: Schema = schema["$defs"]
        self._open: list[str] = []

    def keys(self, section: Schema, path: Path) -> Iterator[Key]:
        required = section.get("required", ())
        for name, schema in section["properties"].items():
            yield self._key((*path, name), schema, is_required=name in required)
            yield from self._below((*path, name), schema)

    def _below(self, path: Path, schema: Schema) -> Iterator[Key]:
        """Give the keys below a key: of a section, of those of a list, of those with names."""
        named = next(iter(schema.get("patternProperties", {}).values()), None)
        inner = named or schema.get("additionalProperties") or schema
        name = self._section_name(inner)
        if name is None or name in self._open:
            return
        if inner is not schema:
            path = (*path, _NAMES[path[-1]])
        elif _is_list(schema):
            path = (*path[:-1], f"{path[-1]}[]")
        self._open.append(name)
        yield from self.keys(self._sections[name], path)
        self._open.pop()

    def _section_name(self, schema: Schema) -> str | None:
        """Find the section that something is, may be, or is a list of."""
        if "$ref" in schema:
            return str(schema["$ref"]).rpartition("/")[2]
        alternatives = schema.get("anyOf", [schema.get("items")])
        found = (self._section_name(each) for each in alternatives if isinstance(each, dict))
        return next(filter(None, found), None)

    def _key(self, path: Path, schema: Schema, *, is_required: bool) -> Key:
        default = "those of its keys" if "$ref" in schema else "none"
        if schema.get("default") is not None:
            default = f"`{written(schema['default'])}`"
        return Key(
            path=path,
            kind=self._kind(schema),
            default="none, it is required" if is_required else default,
            description=schema["description"],
            example=file_text(self._file(self._schema, path)),
        )

    # --- Types ---------------------------------------------------------------------------

    def _kind(self, schema: Schema) -> str:
        """Say what a value may be."""
        if "anyOf" in schema:
            return self._either(schema["anyOf"])
        if "enum" in schema:
            return " or ".join(f"`{each}`" for each in schema["enum"])
        if schema.get("type") == "array":
            return f"list of: {self._kind(schema['items'])}"
        kinds = {
            "boolean": "`true` or `false`",
            "integer": f"whole number{_bounds(schema)}",
            "string": {"uri": "absolute URL", "path": "path"}.get(schema.get("format", ""), "text"),
        }
        return kinds.get(schema.get("type", ""), "mapping")

    def _either(self, alternatives: list[Schema]) -> str:
        wanted = [each for each in alternatives if each.get("type") != "null"]
        many = [each for each in wanted if each.get("type") == "array"]
        if many and len(wanted) > 1:
            return f"{self._kind(many[0])}; one may stand alone"
        return ", or ".join(dict.fromkeys(map(self._kind, wanted)))

    # --- Examples ------------------------------------------------------------------------

    def _file(self, section: Schema, path: Path) -> dict[str, object]:
        """Make what a section has at least, and a key along this path; of a whole file, a file."""
        name, *rest = path
        schema = section["properties"][name.removesuffix("[]")]
        value = self._inside(schema, tuple(rest)) if rest else self._sample(schema)
        return self._required(section) | {name.removesuffix("[]"): value}

    def _inside(self, schema: Schema, rest: Path) -> object:
        """Give a value of which a part is at the rest of a path."""
        if rest[0] in _NAMES.values():
            inner = next(iter(schema.get("patternProperties", {}).values()), None)
            name = self._section_name(inner or schema["additionalProperties"])
            known = schema["examples"][0]
            last = list(known)[-1]
            return known | {last: known[last] | self._file(self._sections[str(name)], rest[1:])}
        value = self._file(self._sections[str(self._section_name(schema))], rest)
        return [value] if _is_list(schema) else value

    def _sample(self, schema: Schema) -> object:
        if "examples" in schema:
            return schema["examples"][0]
        section = self._section_name(schema)
        if section is not None:
            properties = self._sections[section]["properties"]
            first = next(iter(properties))
            required = self._required(self._sections[section])
            return required or {first: self._sample(properties[first])}
        if schema.get("type") == "boolean":
            return not schema["default"]
        return _choices(schema)[-1]

    def _required(self, section: Schema) -> dict[str, object]:
        properties = section["properties"]
        return {name: self._sample(properties[name]) for name in section.get("required", ())}


def _choices(schema: Schema) -> list[Any]:
    return next(each["enum"] for each in (schema, *schema.get("anyOf", ())) if "enum" in each)


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        return ""
    return f", {low} or more" if high is None else f" from {low} to {high}"


def _is_list(schema: Schema) -> bool:
    return any(each.get("type") == "array" for each in (schema, *schema.get("anyOf", ())))
