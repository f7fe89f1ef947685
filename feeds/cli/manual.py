"""What can be typed, as a page in Markdown and as man pages: made of what `--help` is made of."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from feeds import __version__

_INTRODUCTION = Path(__file__).parent / "introduction.md"
_ROFF = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}

Record = tuple[str, str]
"""How an option or a command is written, and what it does."""


def commands_text(program: click.Command) -> str:
    """Write a page in Markdown on a program and all of its commands."""
    introduction = _INTRODUCTION.read_text(encoding="utf-8")
    return introduction + "".join(map(_section, _contexts(program)))


def man_pages(program: click.Command) -> dict[str, str]:
    """Write a man page (man(7)) for a program and each of its commands, by the file's name."""
    pages = list(_contexts(program))
    names = [_page_name(context) for context in pages]
    return {
        f"{name}.1": _man_page(context, [each for each in names if _is_near(each, name)])
        for name, context in zip(names, pages, strict=True)
    }


# --- What a command says of itself --------------------------------------------------------


def _contexts(program: click.Command) -> Iterator[click.Context]:
    """Give a context for the program, and for each command below it, in their order."""
    yield from _below(click.Context(program, info_name="feeds", **program.context_settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name, command in context.command.commands.items():
            yield from _below(click.Context(command, parent=context, info_name=name))


def _paragraphs(context: click.Context) -> list[str]:
    return [" ".join(part.split()) for part in (context.command.help or "").split("\n\n")]


def _usage(context: click.Context) -> str:
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _options(context: click.Context) -> list[Record]:
    records = (param.get_help_record(context) for param in context.command.get_params(context))
    # An argument of which there is nothing to say is told of in the text.
    return [(name, " ".join(text.split())) for name, text in filter(None, records) if text]


def _commands(context: click.Context) -> list[Record]:
    command = context.command
    known = command.commands if isinstance(command, click.Group) else {}
    return [(name, _in_short(each)) for name, each in known.items()]


def _in_short(command: click.Command) -> str:
    return command.get_short_help_str(200)


# --- Markdown -----------------------------------------------------------------------------


def _section(context: click.Context) -> str:
    blocks = [f"## `{context.command_path}`", f"```text\n{_usage(context)}\n```"]
    blocks += map(_markdown, _paragraphs(context))
    for head, records in (("command", _commands(context)), ("option", _options(context))):
        if records:
            rows = [f"| `{name}` | {_markdown(text)} |" for name, text in records]
            blocks.append("\n".join([f"| {head} | what it does |", "|---|---|", *rows]))
    return "".join(f"\n{block}\n" for block in blocks)


def _markdown(text: str) -> str:
    """Escape what means something to any Markdown; not all of them know a backslash before each."""
    escaped = re.sub(r"([\\*_|\[\]])", r"\\\1", text)
    return escaped.replace("<", "&lt;").replace(">", "&gt;").replace("~", "&#126;")


# --- roff ---------------------------------------------------------------------------------


def _page_name(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _is_near(name: str, other: str) -> bool:
    """Whether a page is the one above another, or just below it."""
    longer, shorter = sorted([name, other], key=len, reverse=True)
    return longer.rpartition("-")[0] == shorter


def _man_page(context: click.Context, near: list[str]) -> str:
    name = _page_name(context)
    lines = [f'.TH "{_roff(name.upper())}" "1" "" "feeds {__version__}" "feeds"']
    lines += [".SH NAME", f"{_roff(name)} \\- {_roff(_in_short(context.command))}"]
    lines += [".SH SYNOPSIS", f".B {_roff(_usage(context))}", ".SH DESCRIPTION"]
    lines += [line for part in _paragraphs(context) for line in (".PP", _roff(part))]
    for head, records in (("COMMANDS", _commands(context)), ("OPTIONS", _options(context))):
        if records:
            lines.append(f".SH {head}")
        for word, text in records:
            lines += [".TP", f".B {_roff(word)}", _roff(text)]
    if near:
        lines += [".SH SEE ALSO", ", ".join(f"\\fB{_roff(each)}\\fR(1)" for each in near)]
    return "".join(f"{line}\n" for line in lines)


def _roff(text: str) -> str:
    """Escape what means something to roff, or is no ASCII (groff_char(7))."""
    escaped = "".join(
        _ROFF.get(char, char) if char.isascii() else f"\\[u{ord(char):04X}]" for char in text
    )
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
