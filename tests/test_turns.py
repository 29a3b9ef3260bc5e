"""The questions of one chat keep their order; different chats do not wait for each other."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.turns import State, Turns, Work

ANN, BOB = 1, 2


class Notebook:
    """Work that notes when it begins and ends, and lasts until it is told to finish."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}

    def work(self, name: str) -> Work:
        gate = self._gates[name] = asyncio.Event()

        async def run() -> None:
            self.lines.append(f"{name} begins")
            try:
                await gate.wait()
                self.lines.append(f"{name} ends")
            except asyncio.CancelledError:
                self.lines.append(f"{name} broken off")
                raise

        return run

    async def finish(self, name: str) -> None:
        self._gates[name].set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_second_question_in_a_chat_waits_for_the_first() -> None:
    turns, book = Turns(), Notebook()
    assert turns.take(ANN, book.work("first")).state is State.STARTED
    assert turns.take(ANN, book.work("second")).state is State.WAITING
    await settle()
    assert book.lines == ["first begins"]
    await book.finish("first")
    assert book.lines == ["first begins", "first ends", "second begins"]
    await book.finish("second")
    assert turns.take(ANN, book.work("third")).state is State.STARTED
    await turns.close(0)


async def test_who_asks_the_moment_the_work_before_ends_is_not_told_to_wait() -> None:
    turns, book = Turns(), Notebook()
    places = []

    async def quick() -> None:
        loop.call_soon(lambda: places.append(turns.take(ANN, book.work("next"))))

    loop = asyncio.get_running_loop()
    turns.take(ANN, quick)
    await settle()
    assert [place.state for place in places] == [State.STARTED]
    assert book.lines == ["next begins"]
    await turns.close(0)


async def test_chats_work_side_by_side() -> None:
    turns, book = Turns(), Notebook()
    turns.take(ANN, book.work("hers"))
    turns.take(BOB, book.work("his"))
    await settle()
    assert book.lines == ["hers begins", "his begins"]
    await turns.close(0)


async def test_only_the_first_that_waits_and_the_first_refused_are_marked() -> None:
    turns, book = Turns(waiting=2), Notebook()
    places = [turns.take(ANN, book.work(name)) for name in "abcde"]
    assert [(place.state.value, place.first) for place in places] == [
        ("started", True),
        ("waiting", True),
        ("waiting", False),
        ("refused", True),
        ("refused", False),
    ]
    await turns.close(0)


async def test_answer_this_instead_breaks_off_the_first_and_overtakes_the_rest() -> None:
    turns, book = Turns(), Notebook()
    turns.take(ANN, book.work("slow"))
    turns.take(ANN, book.work("next"))
    urgent = turns.take(ANN, book.work("urgent"))
    await settle()
    assert turns.instead(ANN, urgent.id)
    await settle()
    assert book.lines == ["slow begins", "slow broken off", "urgent begins"]
    await book.finish("urgent")
    assert book.lines[-1] == "next begins"
    await turns.close(0)


async def test_a_turn_can_only_be_brought_forward_in_its_own_chat_and_while_it_waits() -> None:
    turns, book = Turns(), Notebook()
    first = turns.take(ANN, book.work("first"))
    second = turns.take(ANN, book.work("second"))
    turns.take(BOB, book.work("his"))
    await settle()
    assert not turns.instead(BOB, second.id)
    assert not turns.instead(ANN, first.id)
    assert not turns.instead(3, second.id)
    await book.finish("first")
    assert not turns.instead(ANN, second.id)
    assert "second broken off" not in book.lines
    await turns.close(0)


async def test_stop_ends_the_running_and_the_waiting_of_one_chat() -> None:
    turns, book = Turns(), Notebook()
    turns.take(ANN, book.work("first"))
    turns.take(ANN, book.work("second"))
    turns.take(BOB, book.work("his"))
    await settle()
    assert turns.stop(ANN) == 2
    await settle()
    assert book.lines == ["first begins", "his begins", "first broken off"]
    assert turns.stop(ANN) == 0
    await turns.close(0)


async def test_what_was_stopped_before_it_began_never_begins() -> None:
    turns, book = Turns(), Notebook()
    turns.take(ANN, book.work("first"))
    assert turns.stop(ANN) == 1
    await settle()
    assert book.lines == []
    assert turns.take(ANN, book.work("again")).state is State.STARTED
    await turns.close(0)


async def test_a_failing_question_is_logged_without_its_words_and_the_next_goes_on() -> None:
    turns, book = Turns(), Notebook()

    async def fails() -> None:
        raise ValueError("What does my secret file say?")

    with capture_logs() as logs:
        turns.take(ANN, fails)
        turns.take(ANN, book.work("next"))
        await settle()
    assert book.lines == ["next begins"]
    assert [(entry["event"], entry["error"]) for entry in logs] == [("turn.failed", "ValueError")]
    assert "secret" not in str(logs)
    await turns.close(0)


async def test_closing_lets_what_is_under_way_end_and_takes_nothing_more() -> None:
    turns, book = Turns(), Notebook()
    turns.take(ANN, book.work("first"))
    turns.take(ANN, book.work("second"))
    closing = asyncio.create_task(turns.close(5))
    await settle()
    assert turns.take(ANN, book.work("late")).state is State.REFUSED
    await book.finish("first")
    await book.finish("second")
    await asyncio.wait_for(closing, 1)
    assert book.lines == ["first begins", "first ends", "second begins", "second ends"]


@pytest.mark.parametrize("names", ["a", "ab", "abc"])
async def test_closing_breaks_off_what_does_not_end_in_time(names: str) -> None:
    turns, book = Turns(), Notebook()
    for name in names:
        turns.take(ANN, book.work(name))
    await settle()
    await asyncio.wait_for(turns.close(0.01), 1)
    assert book.lines == ["a begins", "a broken off"]
