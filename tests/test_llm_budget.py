"""What the model costs is reserved before it is spent, booked once, and never more than the budget."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modelserver import ModelServer, Reply, busy, cut, drip, hang, outage, says
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.opening import language_model_of
from bot.settings import Settings
from retrieval import database
from retrieval.errors import BudgetSpent, ModelFault
from retrieval.llm import Budget, Ledger, OpenAICompatible, Prompt, Spent, waits
from retrieval.llm.reading import Usage

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOON.date()
SCHEMA = {
    "type": "object",
    "properties": {"said": {"type": "string"}},
    "required": ["said"],
    "additionalProperties": False,
}
PROMPT = Prompt("Answer in JSON.", "What changed at the harbour? " * 10, SCHEMA, "answer", most_tokens=100)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    opened = database.connect(tmp_path / "footnote.sqlite")
    yield opened
    await opened.dispose()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as scripted:
        yield scripted


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "pause", lambda attempt: 0.01)
    import_module("openai")  # takes a second, which is not what these tests measure


def ledger(engine: AsyncEngine, now: datetime = NOON, **budget: float) -> Ledger:
    return Ledger(engine, Budget(**budget), lambda: now)  # type: ignore[arg-type]


# -- the ledger


async def test_a_person_may_spend_what_one_person_may_and_no_more(engine: AsyncEngine) -> None:
    books = ledger(engine, tokens_each=100)
    await books.settle(await books.reserve("person:1", Usage(50, 10)), Usage(40, 10))
    await books.reserve("person:1", Usage(50, 0))
    with pytest.raises(BudgetSpent, match="MODEL_TOKENS_A_DAY_EACH"):
        await books.reserve("person:1", Usage(1, 0))
    await books.reserve("person:2", Usage(50, 50))
    assert [(spent.asker, spent.tokens) for spent in await books.spent(TODAY)] == [
        ("person:1", 100),
        ("person:2", 100),
    ]


async def test_everybody_together_may_spend_what_the_owner_allows(engine: AsyncEngine) -> None:
    books = ledger(engine, tokens=100)
    await books.reserve("person:1", Usage(60, 0))
    with pytest.raises(BudgetSpent, match=r"everybody together .* MODEL_TOKENS_A_DAY\."):
        await books.reserve("person:2", Usage(30, 11))
    await books.reserve("person:2", Usage(30, 10))


async def test_money_is_counted_at_the_prices_and_limited(engine: AsyncEngine) -> None:
    books = ledger(engine, money=0.01, price_read=2, price_written=10)
    await books.settle(await books.reserve("person:1", Usage(1000, 100)), Usage(1000, 100))
    assert (await books.spent(TODAY))[0].cost == pytest.approx(0.003)
    with pytest.raises(BudgetSpent, match="MODEL_COST_A_DAY"):
        await books.reserve("person:2", Usage(0, 701))
    await books.reserve("person:2", Usage(0, 700))


async def test_without_limits_nobody_is_refused(engine: AsyncEngine) -> None:
    await ledger(engine).reserve("person:1", Usage(10**9, 10**9))


async def test_a_new_day_has_a_new_budget_and_yesterdays_call_is_booked_yesterday(
    engine: AsyncEngine,
) -> None:
    late = ledger(engine, NOON.replace(hour=23, minute=59), tokens_each=100)
    reservation = await late.reserve("person:1", Usage(100, 0))
    early = ledger(engine, NOON + timedelta(hours=13), tokens_each=100)
    await early.reserve("person:1", Usage(100, 0))
    await early.settle(reservation, Usage(70, 7))
    assert await early.spent(TODAY) == [Spent("person:1", 1, 70, 7, 0.0)]


async def test_settling_twice_books_once_and_nothing_used_leaves_nothing(engine: AsyncEngine) -> None:
    books = ledger(engine)
    first = await books.reserve("person:1", Usage(100, 100))
    await asyncio.gather(*(books.settle(first, Usage(10, 5)) for _ in range(5)))
    second = await books.reserve("person:2", Usage(100, 100))
    await books.settle(second, Usage())
    third = await books.reserve("person:2", Usage(1, 1))
    await books.settle(second, Usage(50, 50))
    assert third != second
    assert await books.spent(TODAY) == [Spent("person:1", 1, 10, 5, 0.0), Spent("person:2", 1, 1, 1, 0.0)]


async def test_many_at_once_in_two_processes_never_spend_more_than_there_is(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    other = database.connect(tmp_path / "footnote.sqlite")
    two = [ledger(engine, tokens=1000, tokens_each=400), ledger(other, tokens=1000, tokens_each=400)]
    await two[0].spent(TODAY)  # the tables are there
    wishes = [two[turn % 2].reserve(f"person:{turn % 5}", Usage(90, 10)) for turn in range(40)]
    outcomes = await asyncio.gather(*wishes, return_exceptions=True)
    await other.dispose()
    granted = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(granted) == len(set(granted)) == 10
    assert all(isinstance(outcome, int | BudgetSpent) for outcome in outcomes)
    spent = await two[0].spent(TODAY)
    assert sum(each.tokens for each in spent) == 1000
    assert max(each.tokens for each in spent) <= 400


async def test_what_a_process_had_reserved_when_it_was_killed_counts_for_its_day(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    script = f"""
import asyncio
from pathlib import Path
from datetime import UTC, datetime
from retrieval import database
from retrieval.llm import Budget, Ledger
from retrieval.llm.reading import Usage

async def main():
    engine = database.connect(Path({str(tmp_path / "footnote.sqlite")!r}))
    books = Ledger(engine, Budget(), lambda: datetime.fromisoformat({NOON.isoformat()!r}))
    await books.reserve("person:1", Usage(60, 20))
    print("reserved", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"reserved\n"
    process.kill()
    await process.wait()
    books = ledger(engine, tokens_each=100)
    assert await books.spent(TODAY) == [Spent("person:1", 1, 60, 20, 0.0)]
    with pytest.raises(BudgetSpent):
        await books.reserve("person:1", Usage(21, 0))
    await ledger(engine, NOON + timedelta(days=1), tokens_each=100).reserve("person:1", Usage(100, 0))


Step = tuple[str, int, int, int]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["person:1", "person:2", "shared"]),
            st.integers(0, 60),
            st.integers(0, 60),
            st.integers(0, 3),
        ),
        max_size=14,
    )
)
def test_however_calls_come_and_go_the_books_hold_what_was_used(steps: list[Step]) -> None:
    """Each step reserves, and settles one of the open reservations or none."""

    async def live() -> None:
        with tempfile.TemporaryDirectory() as folder:
            engine = database.connect(Path(folder) / "books.sqlite")
            books = ledger(engine, tokens=200, tokens_each=120)
            held: dict[int, tuple[str, int]] = {}
            for asker, read, written, settles in steps:
                own = sum(tokens for name, tokens in held.values() if name == asker)
                total = sum(tokens for _, tokens in held.values())
                fits = own + read + written <= 120 and total + read + written <= 200
                try:
                    number = await books.reserve(asker, Usage(read, written))
                    assert fits
                    held[number] = (asker, read + written)
                except BudgetSpent:
                    assert not fits
                for number in list(held)[:settles]:
                    await books.settle(number, Usage(held[number][1], 0))
            spent = {each.asker: each.tokens for each in await books.spent(TODAY)}
            for asker in {name for name, _ in held.values()}:
                assert spent.get(asker, 0) == sum(tokens for name, tokens in held.values() if name == asker)
            await engine.dispose()

    asyncio.run(live())


# -- over HTTP


async def written(model: OpenAICompatible, asker: str = "person:1") -> str:
    """The reply as far as it came, whatever became of it."""
    said = ""
    try:
        async with aclosing(model.write(PROMPT, asker)) as texts:
            async for text in texts:
                said += text
    except ModelFault:
        said += "…"
    return said


async def asked(
    engine: AsyncEngine, server: ModelServer, *, patience: float = 5.0, **budget: float
) -> tuple[str, list[Spent]]:
    """One question to the server, and the books after it."""
    books = ledger(engine, **budget)
    model = OpenAICompatible(server.model, books, api_key=server.key, base_url=server.url, patience=patience)
    said = await written(model)
    await model.close()
    return said, await books.spent(TODAY)


REPLY = '{"said": "The harbour reopened on Monday after repairs."}'
READ, WRITTEN = PROMPT.tokens, -(-len(REPLY) // 3)


async def test_what_the_server_reports_is_booked(engine: AsyncEngine, server: ModelServer) -> None:
    server.script(says(REPLY, usage=(123, 45)))
    assert await asked(engine, server) == (REPLY, [Spent("person:1", 1, 123, 45, 0.0)])


@pytest.mark.parametrize("reported", [None, (0, 0)])
async def test_a_server_that_reports_nothing_is_estimated(
    engine: AsyncEngine, server: ModelServer, reported: tuple[int, int] | None
) -> None:
    server.script(says(REPLY, usage=reported))
    assert await asked(engine, server) == (REPLY, [Spent("person:1", 1, READ, WRITTEN, 0.0)])


async def test_thoughts_are_paid_for(engine: AsyncEngine, server: ModelServer) -> None:
    server.script(says(REPLY, thinking="hm" * 30, usage=None))
    _, spent = await asked(engine, server)
    assert spent[0].written == WRITTEN + 20


@pytest.mark.parametrize(
    ("replies", "said", "read", "wrote"),
    [
        ([cut(REPLY, after=24)], REPLY[:24] + "…", READ, 8),
        ([busy(), outage(), says(REPLY, usage=(90, 9))], REPLY, 90, 9),
        ([cut("", after=0), says(REPLY, usage=(90, 9))], REPLY, READ + 90, 9),
        ([says(REPLY, finish="length", usage=(90, 9))], REPLY + "…", 90, 9),
    ],
)
async def test_whatever_becomes_of_a_reply_its_work_is_booked_once(
    engine: AsyncEngine, server: ModelServer, replies: list[Reply], said: str, read: int, wrote: int
) -> None:
    server.script(*replies)
    assert await asked(engine, server) == (said, [Spent("person:1", 1, read, wrote, 0.0)])


async def test_who_is_turned_away_pays_nothing(engine: AsyncEngine, server: ModelServer) -> None:
    server.script(outage(), outage(), outage())
    assert await asked(engine, server, tokens_each=1000) == ("…", [])
    with server.unreachable():
        assert await asked(engine, server, tokens_each=1000) == ("…", [])


async def test_a_form_that_is_refused_costs_nothing(engine: AsyncEngine) -> None:
    with ModelServer(flavour="plain") as server:
        server.script(REPLY)
        _, spent = await asked(engine, server)
    assert len(server.requests) > 1
    assert spent == [Spent("person:1", 1, READ, WRITTEN, 0.0)]


async def test_a_server_that_hangs_may_have_read_the_prompt(engine: AsyncEngine, server: ModelServer) -> None:
    server.script(hang())
    assert await asked(engine, server, patience=0.3) == ("…", [Spent("person:1", 1, READ, 0, 0.0)])


class SlowLedger(Ledger):
    """Books that take their time."""

    async def settle(self, reservation: int, usage: Usage) -> None:
        await asyncio.sleep(0.1)
        await super().settle(reservation, usage)


@pytest.mark.parametrize("how", ["closed", "cancelled", "cancelled twice"])
async def test_who_stops_pays_for_what_was_written(
    engine: AsyncEngine, server: ModelServer, how: str
) -> None:
    server.script(drip(REPLY, 0.02))
    books = SlowLedger(engine, Budget(), lambda: NOON)
    model = OpenAICompatible(server.model, books, api_key=server.key, base_url=server.url)
    heard: list[str] = []

    async def listen() -> None:
        async with aclosing(model.write(PROMPT, "person:1")) as texts:
            async for text in texts:
                heard.append(text)
                if how == "closed" and len(heard) == 6:
                    break

    listening = asyncio.create_task(listen())
    if how != "closed":
        await asyncio.to_thread(server.eventually, lambda: len(heard) >= 6)
        listening.cancel()
        if how == "cancelled twice":
            await asyncio.sleep(0.05)
            listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await model.close()
    await asyncio.to_thread(server.eventually, lambda: server.requests[0].ended == "client left")
    [spent] = await books.spent(TODAY)
    assert (spent.calls, spent.read) == (1, READ)
    assert 2 <= spent.written < WRITTEN


@pytest.mark.parametrize("reply", [REPLY, f"```json\n{REPLY}\n```\nI hope this helps!"])
async def test_who_leaves_when_the_reply_is_whole_pays_what_the_server_reports(
    engine: AsyncEngine, server: ModelServer, reply: str
) -> None:
    server.script(drip(says(reply, usage=(123, 45)), 0.001, step=4))
    books = ledger(engine)
    model = OpenAICompatible(server.model, books, api_key=server.key, base_url=server.url)
    said = ""
    async with aclosing(model.write(PROMPT, "person:1")) as texts:
        async for text in texts:
            said += text
            if "}" in text:
                break
    await model.close()
    assert await books.spent(TODAY) == [Spent("person:1", 1, 123, 45, 0.0)]


async def test_nothing_is_asked_when_the_budget_is_spent(engine: AsyncEngine, server: ModelServer) -> None:
    books = ledger(engine, tokens_each=PROMPT.tokens + PROMPT.most_tokens)
    model = OpenAICompatible(server.model, books, api_key=server.key, base_url=server.url)
    server.script(says(REPLY, usage=(1, 0)))
    assert await written(model) == REPLY
    with pytest.raises(BudgetSpent):
        await written(model)
    assert await written(model, "person:2")
    await model.close()
    assert len(server.requests) == 2


async def test_the_settings_name_a_model_its_server_and_its_budget(
    tmp_path: Path, server: ModelServer
) -> None:
    server.script(says(REPLY, usage=(1_000_000, 100_000)))
    chosen = Settings(
        _env_file=None,
        footnote_data_dir=tmp_path,
        openai_api_key=server.key,
        openai_base_url=server.url,
        openai_model=server.model,
        model_price_in=0.25,
        model_price_out=2,
        model_cost_a_day=0.4,
        model_tokens_a_day_each=0,
        model_tokens_a_day=0,
    )
    async with language_model_of(chosen) as model:
        assert model is not None
        assert model.name == server.model
        assert "".join([text async for text in model.write(PROMPT, "person:1")]) == REPLY
        with pytest.raises(BudgetSpent, match="MODEL_COST_A_DAY"):
            await anext(model.write(PROMPT, "person:1"))
    engine = database.connect(tmp_path / "footnote.sqlite")
    [spent] = await Ledger(engine, Budget()).spent(datetime.now(UTC).date())
    await engine.dispose()
    assert spent.cost == pytest.approx(0.45)


async def test_without_a_model_in_the_settings_there_is_none(tmp_path: Path) -> None:
    async with language_model_of(Settings(_env_file=None, footnote_data_dir=tmp_path)) as model:
        assert model is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"openai_model": "some"}, "OPENAI_MODEL=some needs OPENAI_API_KEY, or OPENAI_BASE_URL"),
        ({"model_cost_a_day": 1}, "MODEL_COST_A_DAY needs MODEL_PRICE_IN"),
        ({"openai_timeout": 0}, "greater than or equal to 5"),
        ({"citation_check": "both"}, "'code' or 'model'"),
    ],
)
def test_settings_that_cannot_be_used_say_why(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings(_env_file=None, **fields)  # type: ignore[arg-type]
