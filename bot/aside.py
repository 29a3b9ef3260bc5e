"""Runs work apart from whoever waits for it: in a thread, or safe from being cancelled. Knows no more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """The result of ``work``, done in a thread that nobody waits for when the program ends.

    ``asyncio.to_thread`` would keep the process alive until a hostile file was read to its time limit.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            told = error
            _report(lambda: done.set_exception(told))
        else:
            _report(lambda: done.set_result(result))

    def _report(tell: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody asks any more
            loop.call_soon_threadsafe(lambda: None if done.done() else tell())

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done


async def undisturbed(work: Coroutine[Any, Any, None]) -> None:
    """Do ``work`` to its end, even where whoever waits for it is cancelled meanwhile."""
    task = asyncio.create_task(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)
    if not task.cancelled():
        task.result()
