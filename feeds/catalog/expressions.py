"""What each database has words of its own for."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class AsJson(FunctionElement[Any]):
    """A text that is JSON, of which parts can be asked for."""

    inherit_cache = True
    type = JSON()


class MonthOf(FunctionElement[str]):
    """The month of an instant in seconds since 1970, as in `2026-10`."""

    inherit_cache = True
    type = String()


@compiles(AsJson)
def _as_json(element: AsJson, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return _inner(element, compiler, options)


@compiles(AsJson, "postgresql")
def _as_json_of_postgresql(element: AsJson, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"CAST({_inner(element, compiler, options)} AS JSON)"


@compiles(MonthOf)
def _month_of(element: MonthOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"strftime('%Y-%m', {_inner(element, compiler, options)}, 'unixepoch')"


@compiles(MonthOf, "postgresql")
def _month_of_postgresql(element: MonthOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    inner = _inner(element, compiler, options)
    return f"to_char(to_timestamp({inner}) AT TIME ZONE 'UTC', 'YYYY-MM')"


def _inner(element: FunctionElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> str:
    clause: ColumnElement[Any] = next(iter(element.clauses))
    return compiler.process(clause, **options)
