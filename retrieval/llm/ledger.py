"""Counts what the language model costs, by person and UTC day, and refuses what goes beyond the budget.

Knows nothing of models. What a call may cost at most is reserved before it and settled after it. What nobody
settles, because its process died, counts as spent for its day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retrieval import database
from retrieval.errors import BudgetSpent
from retrieval.llm.reading import Usage

SCHEMA = (
    """CREATE TABLE model_spending (
        day TEXT NOT NULL, asker TEXT NOT NULL, calls INTEGER NOT NULL, read INTEGER NOT NULL,
        written INTEGER NOT NULL, cost REAL NOT NULL, PRIMARY KEY (day, asker)) WITHOUT ROWID""",
    # AUTOINCREMENT: the number of a settled reservation never comes back, so nothing is settled twice
    """CREATE TABLE model_reservations (
        number INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, asker TEXT NOT NULL,
        read INTEGER NOT NULL, written INTEGER NOT NULL, cost REAL NOT NULL)""",
    "CREATE INDEX model_reservations_by_day ON model_reservations (day)",
)
HOUSE = "house"  # who pays for what is written once for everybody
_OF_ALL = 0.5  # of what all may spend is the most for the house: the rest stays for people's questions
_HELD = """SELECT asker, 1 AS calls, read, written, cost FROM model_reservations WHERE day = :day
    UNION ALL SELECT asker, calls, read, written, cost FROM model_spending WHERE day = :day"""
_SPENT = f"""SELECT asker, sum(calls) AS calls, sum(read) AS read, sum(written) AS written, sum(cost) AS cost
    FROM ({_HELD}) GROUP BY asker ORDER BY asker"""
_RESERVE = """INSERT INTO model_reservations (day, asker, read, written, cost)
    VALUES (:day, :asker, :read, :written, :cost) RETURNING number"""
_RELEASE = "DELETE FROM model_reservations WHERE number = :number RETURNING day, asker"
_BOOK = """INSERT INTO model_spending (day, asker, calls, read, written, cost)
    VALUES (:day, :asker, 1, :read, :written, :cost)
    ON CONFLICT (day, asker) DO UPDATE SET calls = calls + 1, read = read + excluded.read,
        written = written + excluded.written, cost = cost + excluded.cost"""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a UTC day: tokens by each person, tokens and money by all; 0 is no limit.

    Prices are for a million tokens read or written, in the currency of ``money``.
    """

    tokens_each: int = 0
    tokens: int = 0
    money: float = 0.0
    price_read: float = 0.0
    price_written: float = 0.0

    def cost(self, usage: Usage) -> float:
        """What so many tokens cost."""
        return (usage.read * self.price_read + usage.written * self.price_written) / 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What one person spent on a day, with what is reserved."""

    asker: str
    calls: int
    read: int
    written: int
    cost: float

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.read + self.written


class Ledger:
    """The books of one database; several processes may share them."""

    def __init__(
        self,
        engine: AsyncEngine,
        budget: Budget,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._budget = budget
        self._clock = clock
        self._opening = asyncio.Lock()
        self._opened = False

    async def reserve(self, asker: str, most: Usage) -> int:
        """Set aside what a call may cost at most; returns the reservation's number.

        Raises BudgetSpent where it would go beyond what is left today.
        """
        await self._open()
        day = self._clock().astimezone(UTC).date().isoformat()
        async with self._engine.begin() as connection:  # takes the write lock: nobody spends in between
            held = _spent(await connection.execute(text(_SPENT), {"day": day}))
            self._check(held, asker, most)
            return int(await _one(connection, _RESERVE, day=day, asker=asker, **self._fields(most)))

    async def settle(self, reservation: int, usage: Usage) -> None:
        """Book what a call really used, on the day of its reservation; nothing used, nothing booked.

        Settling again changes nothing.
        """
        async with self._engine.begin() as connection:
            released = (await connection.execute(text(_RELEASE), {"number": reservation})).one_or_none()
            if released and (usage.read or usage.written):
                values = {"day": released.day, "asker": released.asker, **self._fields(usage)}
                await connection.execute(text(_BOOK), values)

    async def spent(self, day: date) -> list[Spent]:
        """What everybody spent on a UTC day, by name."""
        await self._open()
        return _spent(await database.rows(self._engine, _SPENT, day=day.isoformat()))

    def _check(self, held: list[Spent], asker: str, most: Usage) -> None:
        budget, wanted = self._budget, most.read + most.written
        own = sum(spent.tokens for spent in held if spent.asker == asker)
        if asker == HOUSE:
            self._check_house(own + wanted, sum(spent.cost for spent in held if spent.asker == asker), most)
        elif budget.tokens_each and own + wanted > budget.tokens_each:
            raise BudgetSpent(
                "You have used what one person may spend on the language model in a day: "
                "ask again after midnight UTC, or raise MODEL_TOKENS_A_DAY_EACH."
            )
        if budget.tokens and sum(spent.tokens for spent in held) + wanted > budget.tokens:
            raise BudgetSpent(_TOGETHER.format("MODEL_TOKENS_A_DAY"))
        if budget.money and sum(spent.cost for spent in held) + budget.cost(most) > budget.money:
            raise BudgetSpent(_TOGETHER.format("MODEL_COST_A_DAY"))

    def _check_house(self, tokens: int, spent: float, most: Usage) -> None:
        budget = self._budget
        if budget.tokens and tokens > budget.tokens * _OF_ALL:
            raise BudgetSpent(_HALF.format("MODEL_TOKENS_A_DAY"))
        if budget.money and spent + budget.cost(most) > budget.money * _OF_ALL:
            raise BudgetSpent(_HALF.format("MODEL_COST_A_DAY"))

    def cost(self, usage: Usage) -> float:
        """What so many tokens cost, in money."""
        return self._budget.cost(usage)

    def _fields(self, usage: Usage) -> dict[str, Any]:
        return {"read": usage.read, "written": usage.written, "cost": self._budget.cost(usage)}

    async def _open(self) -> None:
        async with self._opening:
            if not self._opened:
                await database.apply(self._engine, "spending", SCHEMA)
                self._opened = True


_TOGETHER = (
    "What everybody together may spend on the language model in a day is spent: "
    "ask again after midnight UTC, or raise {}."
)


_HALF = (
    "What briefings may spend on the language model in a day, half of what everybody may, is spent: "
    "they are written again after midnight UTC, or raise {}."
)


def _spent(rows: Iterable[Row[Any]]) -> list[Spent]:
    return [Spent(row.asker, row.calls, row.read, row.written, row.cost) for row in rows]


async def _one(connection: AsyncConnection, query: str, **values: Any) -> Any:
    return (await connection.execute(text(query), values)).scalar_one()
