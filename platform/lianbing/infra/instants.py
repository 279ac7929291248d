"""Moving stored instants inside a statement, the same on both databases."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from lianbing.infra.database import UtcDateTime


class later(FunctionElement[Any]):
    """An instant moved by whole seconds; a negative number moves it back."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, instant: Any, seconds: int | ColumnElement[int]) -> None:
        bound = (
            seconds
            if isinstance(seconds, ColumnElement)
            else bindparam(None, seconds, type_=Integer(), unique=True)
        )
        super().__init__(instant, bound)


@compiles(later, "postgresql")
def _on_postgresql(element: later, compiler: SQLCompiler, **options: Any) -> str:
    instant, seconds = (compiler.process(part, **options) for part in element.clauses)
    return f"({instant} + make_interval(secs => {seconds}))"


@compiles(later, "sqlite")
def _on_sqlite(element: later, compiler: SQLCompiler, **options: Any) -> str:
    # The microseconds are kept as text: SQLite's own date functions round to milliseconds.
    instant, seconds = (compiler.process(part, **options) for part in element.clauses)
    whole = f"strftime('%Y-%m-%d %H:%M:%S', substr({instant}, 1, 19), ({seconds}) || ' seconds')"
    return f"({whole} || substr({instant}, 20))"
