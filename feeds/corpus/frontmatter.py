"""A file's bytes to front matter and body: the one place that knows python-frontmatter.

Its handlers name the steps (detect, split, load) and its `parse` would run them, but that
strips the text first, so that places no longer count from the file, and takes a document
whose front matter is broken for one that has none. The handlers here keep every line where
it is, and say what is wrong instead.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from frontmatter.default_handlers import BaseHandler

from feeds.config.corpus import Limits
from feeds.model import Document, Mapping, Node, Scalar, SourceFile
from feeds.syntax import SyntaxLimits, SyntaxProblem, parse_toml, parse_yaml

_BYTE_ORDER_MARK = "\ufeff"


class _Handler(BaseHandler):
    """Splits at lines, so that the place of every part stays known.

    `closing` begins with the end of the line before, because such a search leaps to the ends
    of lines, which is ten times as fast.
    """

    closing: ClassVar[re.Pattern[str]]
    parse: ClassVar[Callable[..., Node]]

    def split(self, text: str) -> tuple[str, str]:
        """Give front matter and body; raises `ValueError` where no line closes it."""
        begin = text.find("\n")
        end = self.closing.search(text, begin) if begin >= 0 else None
        if end is None:
            raise ValueError
        return text[begin + 1 : end.start() + 1], text[end.end() + 1 :]

    def load(self, fm: str, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        return type(self).parse(fm, **options)


class _YamlHandler(_Handler):
    """Front matter between lines of three hyphens; three dots may close it (YAML 1.2, 9.1.2)."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"
    parse = staticmethod(parse_yaml)
    closing = re.compile(r"\n(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


class _TomlHandler(_Handler):
    """Front matter between lines of three plus signs."""

    FM_BOUNDARY = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"
    parse = staticmethod(parse_toml)
    closing = re.compile(r"\n\+\+\+[ \t]*$", re.MULTILINE)


_HANDLERS = (_YamlHandler(), _TomlHandler())


def read_document(source: SourceFile, limits: Limits) -> Document:
    """Take a file apart into front matter and body, places counted in the file.

    Raises `SyntaxProblem` with a code of `feeds.syntax`, or `file-too-large`, `not-utf8`,
    `document-empty`, `front-matter-missing`, `front-matter-unclosed`,
    `front-matter-too-large`, `front-matter-empty` or `front-matter-not-mapping`.
    """
    if len(source.data) > limits.file_bytes:
        message = f"the file has more than {limits.file_bytes} bytes"
        raise SyntaxProblem("file-too-large", message, 0, 0)
    text = _decode(source.data)
    handler, first_line, text = _handler_of(text)
    try:
        front_matter, body = handler.split(text)
    except ValueError:
        message = f"no line of {handler.END_DELIMITER} closes the front matter"
        raise SyntaxProblem("front-matter-unclosed", message, first_line, 1) from None
    if len(front_matter.encode()) > limits.front_matter_bytes:
        message = f"front matter has more than {limits.front_matter_bytes} bytes"
        raise SyntaxProblem("front-matter-too-large", message, first_line, 1)
    node = handler.load(
        front_matter,
        first_line=first_line + 1,
        limits=SyntaxLimits(depth=limits.depth, nodes=limits.nodes),
    )
    body_line = first_line + front_matter.count("\n") + 2
    return Document(source.path, _mapping(node), body, body_line)


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_text(data, error.start, "is not UTF-8") from None
    # No text has it, but every text in UTF-16 does.
    if (null := data.find(b"\0")) >= 0:
        raise _not_text(data, null, "stands in no UTF-8 text")
    return _unix(text)


def _unix(text: str) -> str:
    text = text.removeprefix(_BYTE_ORDER_MARK)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _not_text(data: bytes, at: int, what: str) -> SyntaxProblem:
    before = _unix(data[:at].decode())
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return SyntaxProblem("not-utf8", f"byte {at} (0x{data[at]:02X}) {what}", line, column)


def _handler_of(text: str) -> tuple[_Handler, int, str]:
    """Find the handler, the line of the opening fence, and the text from there on."""
    content = text.lstrip("\n \t")
    if not content.strip():
        raise SyntaxProblem("document-empty", "the file is empty", 1, 1)
    start = text.rfind("\n", 0, len(text) - len(content)) + 1
    first_line = text.count("\n", 0, start) + 1
    for handler in _HANDLERS:
        if handler.detect(text[start:]):
            return handler, first_line, text[start:]
    message = "the file does not begin with a line of --- (YAML) or +++ (TOML)"
    raise SyntaxProblem("front-matter-missing", message, first_line, 1)


def _mapping(node: Node) -> Mapping:
    if isinstance(node, Mapping) and node.items:
        return node
    if isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_null):
        message = "nothing between the lines that open and close the front matter"
        raise SyntaxProblem("front-matter-empty", message, node.line, node.column)
    message = "front matter must be a mapping of keys to values"
    raise SyntaxProblem("front-matter-not-mapping", message, node.line, node.column)
