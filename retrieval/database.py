"""Opens the database and applies schema steps in order. Knows nothing of what the tables hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    Row,
    TextClause,
    bindparam,
    create_engine,
    event,
    text,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_AnyEngine = TypeVar("_AnyEngine", AsyncEngine, Engine)

_PRAGMAS = (
    "journal_mode = WAL",
    "foreign_keys = ON",
    "synchronous = NORMAL",
    "busy_timeout = 30000",
    "secure_delete = ON",  # what is forgotten is overwritten
)
_LEDGER = """CREATE TABLE IF NOT EXISTS schema_steps (
    component TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (component, number))"""


def connect(path: Path) -> AsyncEngine:
    """An engine on the SQLite file at ``path`` (made on first use), in WAL mode with foreign keys on.

    ``engine.begin()`` takes the write lock at once, so two writers wait for each other and never fail
    half way; reads go through :func:`reading`, which needs no lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def reading(engine: _AnyEngine) -> _AnyEngine:
    """The same engine for queries that change nothing: no transaction, no lock."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def blocking(engine: AsyncEngine) -> Engine:
    """An engine on the same file for a thread of one's own, to read from only.

    A search asks a handful of small queries in a row: one visit to a thread costs less than one for each.
    """
    return _twin(engine, isolation_level="AUTOCOMMIT")


def writing(engine: AsyncEngine) -> Engine:
    """An engine on the same file for a thread of one's own, to change it by; ``begin()`` is as in connect.

    What takes dozens of statements for each document is many times quicker without a visit to a thread for
    each of them.
    """
    twin = _twin(engine)
    event.listen(twin, "begin", _begin)
    return twin


def read(connection: Connection, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query with ``?`` for its values, as the driver gives them; for a :func:`blocking` engine.

    A search reads hundreds of rows, and wrapping each would cost more than finding it.
    """
    driver: Any = connection.connection.driver_connection
    found: list[tuple[Any, ...]] = driver.execute(query, values).fetchall()
    return found


def lasting(connection: Connection, name: str) -> dict[Any, Any]:
    """What was kept under a name on a connection that only reads; empty once another one has written."""
    version = read(connection, "PRAGMA data_version")
    if connection.info.get("version") != version:
        connection.info.clear()
        connection.info["version"] = version
    kept: dict[Any, Any] = connection.info.setdefault(name, {})
    return kept


def marks(values: Sequence[object]) -> str:
    """As many ``?`` as there are values, for an ``IN``."""
    return ",".join("?" * len(values))


async def rows(engine: AsyncEngine, query: str, **values: Any) -> Sequence[Row[Any]]:
    """What a query that changes nothing finds; a list or tuple among the values fills an ``IN :name``."""
    async with reading(engine).connect() as connection:
        return (await connection.execute(bound(query, values), values)).all()


async def execute(engine: AsyncEngine, query: str, **values: Any) -> None:
    """One change in a transaction of its own; values as in :func:`rows`."""
    async with engine.begin() as connection:
        await connection.execute(bound(query, values), values)


def bound(query: str, values: Mapping[str, Any]) -> TextClause:
    """A query whose lists and tuples among the values fill an ``IN :name``."""
    lists: list[BindParameter[Any]] = [
        bindparam(name, expanding=True) for name, value in values.items() if isinstance(value, list | tuple)
    ]
    return text(query).bindparams(*lists)


async def apply(engine: AsyncEngine, component: str, steps: Sequence[str]) -> None:
    """Run those of a component's SQL ``steps`` that this database has not seen, in order, each whole."""
    async with reading(engine).connect() as connection:
        await connection.execute(text(_LEDGER))
    seen = await rows(
        engine, "SELECT number FROM schema_steps WHERE component = :component", component=component
    )
    for number, step in enumerate(steps, start=1):
        if number not in {row.number for row in seen}:
            place = {"component": component, "number": number}
            async with engine.begin() as connection:
                taken = await connection.execute(
                    text("INSERT OR IGNORE INTO schema_steps VALUES (:component, :number)"), place
                )
                if taken.rowcount:  # else somebody else was first
                    await connection.execute(text(step))


def _twin(engine: AsyncEngine, **options: Any) -> Engine:
    twin = create_engine(engine.url.set(drivername="sqlite"), hide_parameters=True, **options)
    event.listen(twin, "connect", _set_pragmas)
    return twin


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
