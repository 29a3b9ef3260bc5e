"""Erases what is kept of an owner beside the documents and their index. Knows nothing of people.

What was spent in their name still counts on what all may spend in a day, in nobody's name.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from retrieval import keywords

_NOBODY = "left"
_HAND_OVER = """INSERT INTO model_spending (day, asker, calls, read, written, cost)
    SELECT day, :nobody, calls, read, written, cost FROM model_spending WHERE asker = :owner
    ON CONFLICT (day, asker) DO UPDATE SET calls = calls + excluded.calls, read = read + excluded.read,
        written = written + excluded.written, cost = cost + excluded.cost"""


def forget(engine: Engine, owner: str) -> None:
    """Erase every row that names an owner, whichever table it is in, and the words of their passages.

    Their documents must be gone before. Blocks.
    """
    with engine.begin() as connection:
        for table in _tables(connection, "owner"):
            connection.execute(text(f'DELETE FROM "{table}" WHERE owner = :owner'), {"owner": owner})
        spent = set(_tables(connection, "asker"))
        if "model_spending" in spent:
            connection.execute(text(_HAND_OVER), {"owner": owner, "nobody": _NOBODY})
            connection.execute(text("DELETE FROM model_spending WHERE asker = :owner"), {"owner": owner})
        if "model_reservations" in spent:
            reserved = "UPDATE model_reservations SET asker = :nobody WHERE asker = :owner"
            connection.execute(text(reserved), {"owner": owner, "nobody": _NOBODY})
        if _tables(connection, "rules"):  # which sites were read; it is asked for anew
            connection.execute(text("DELETE FROM robots"))
        keywords.drop(connection, owner)
    settle(engine)


def forget_sources(engine: Engine, owner: str) -> None:
    """Stop following what an owner follows, so that nothing more comes in. Blocks."""
    with engine.begin() as connection:
        if "sources" in _tables(connection, "owner"):
            connection.execute(text("DELETE FROM sources WHERE owner = :owner"), {"owner": owner})


def settle(engine: Engine) -> None:
    """Let the database's log, which holds what was changed for a while, begin anew. Blocks."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables(connection: Connection, column: str) -> list[str]:
    """The tables that have a column of this name."""
    found = connection.execute(
        text(
            "SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND c.name = :column"
        ),
        {"column": column},
    )
    return [name for (name,) in found]
