"""Any OpenAI-compatible server as a language model. Knows nothing of what is asked.

The openai package makes the requests; deadlines, attempts, the breaker and the books are Footnote's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from retrieval.errors import ModelFault
from retrieval.llm import connection, faults, forms, reading, streams, tally, waits
from retrieval.llm.faults import Trouble
from retrieval.llm.forms import Form
from retrieval.llm.ledger import Ledger
from retrieval.llm.meter import Meter
from retrieval.llm.prompt import Prompt
from retrieval.llm.reading import Piece, Spoken, Usage

if TYPE_CHECKING:
    import openai

_ATTEMPTS = 3
_LONGEST_PAUSE = 20.0  # seconds a person may be kept waiting before another attempt
_TO_BEGIN = 0.7  # of the whole time: reading the sources is most of a small machine's work
_LONGEST_TOKENS = 12  # characters, taken over a whole reply; more is a server that knows no cap

_REPORT = 0.5  # seconds a listener who has the whole reply waits for what it cost

_log = structlog.get_logger()


class OpenAICompatible:
    """A model behind a ``/chat/completions`` endpoint: OpenAI's own, Ollama, llama.cpp, vLLM and others."""

    def __init__(
        self,
        model: str,
        ledger: Ledger,
        *,
        api_key: str = "none",
        base_url: str | None = None,
        patience: float = 120.0,
    ) -> None:
        """``model`` is the server's name for it; ``base_url`` ends in ``/v1`` (None: OpenAI's own).

        ``patience`` is how many seconds a reply may take, attempts and pauses included.
        """
        self._model = model
        self._ledger = ledger
        self._key = api_key
        self._url = base_url
        self._patience = patience
        self._place = (base_url, model)
        self._breaker = waits.Breaker()
        self._bookings: set[asyncio.Task[None]] = set()
        self._connecting = asyncio.Lock()
        self._client: openai.AsyncOpenAI | None = None

    @property
    def name(self) -> str:
        """The server's name for the model."""
        return self._model

    async def write(self, prompt: Prompt, asker: str) -> AsyncGenerator[str, None]:
        """As in :class:`retrieval.llm.prompt.LanguageModel`."""
        probe = self._breaker.admit()
        meter, began, outcome = Meter(), time.monotonic(), "closed"
        try:
            most = Usage(prompt.tokens, forms.remembered(self._place).most_tokens(prompt))
            reservation = await self._ledger.reserve(asker, most)
            try:
                async with aclosing(self._attempts(prompt, meter)) as texts:
                    async for text in texts:
                        yield text
                outcome = "written"
            except ModelFault:
                outcome = "failed"
                raise
            finally:
                tally.count(meter.used, self._ledger.cost(meter.used))
                await self._book(reservation, meter.used)
                took = round(time.monotonic() - began, 1)
                _log.info("model.asked", prompt=prompt.name, outcome=outcome, took=took, **_fields(meter))
        finally:
            self._breaker.left(probe)

    async def close(self) -> None:
        """Finish the books and let go of the connections to the server."""
        await asyncio.gather(*self._bookings)
        if self._client:
            await self._client.close()

    async def _attempts(self, prompt: Prompt, meter: Meter) -> AsyncGenerator[str, None]:
        """Ask until a reply comes to its end, in another form where the server refuses one."""
        deadline = asyncio.get_running_loop().time() + self._patience
        attempt, said = 1, False
        form = forms.remembered(self._place)
        while True:
            try:
                async with aclosing(self._attempt(prompt, form, meter, deadline)) as texts:
                    async for text in texts:
                        said = True
                        yield text
                self._breaker.succeeded()
                return
            except (GeneratorExit, asyncio.CancelledError):
                if said:  # the listener left a server that writes
                    self._breaker.succeeded()
                raise
            except Trouble as trouble:
                if not said and (better := self._better(form, trouble)):
                    form = better
                    continue
                wait = trouble.wait or waits.pause(attempt)
                left = deadline - asyncio.get_running_loop().time()
                if said or not trouble.again or attempt == _ATTEMPTS or wait > min(_LONGEST_PAUSE, left):
                    if trouble.ill:
                        self._breaker.failed(trouble.wait)
                    raise ModelFault(trouble.sentence) from None
            await asyncio.sleep(wait)
            attempt += 1

    def _better(self, form: Form, trouble: Trouble) -> Form | None:
        """Another form to ask in, where the trouble lies in this one."""
        if trouble.refusal is None:
            known = forms.remembered(self._place)
            # Learnt in this attempt, which left no room for the reply.
            return known if known.thinks and not form.thinks else None
        better = forms.learn(form, trouble.refusal, proven=forms.proven(self._place))
        if better:
            _log.info("model.form", refused=sorted(better.refused), status=trouble.refusal.status)
        return better

    async def _attempt(
        self, prompt: Prompt, form: Form, meter: Meter, deadline: float
    ) -> AsyncGenerator[str, None]:
        """One request and its reply. Raises Trouble."""
        meter.begins(prompt.tokens)
        begin = min(deadline, asyncio.get_running_loop().time() + self._patience * _TO_BEGIN)
        stream = await self._open(forms.request(prompt, form, self._model), meter, begin)
        spoken, said, finish = Spoken(), "", None
        try:
            async with aclosing(streams.pieces(stream, self._model, begin, deadline)) as pieces:
                async for piece in pieces:
                    _count(meter, piece)
                    finish = piece.finish or finish
                    spoken.thought |= bool(piece.thinking)
                    if piece.refusal or finish == "content_filter":
                        raise faults.declined()
                    if text := spoken.hear(piece.text):
                        if not said:
                            self._notice(form, spoken)
                        said += text
                        try:
                            yield text
                        except GeneratorExit:
                            if reading.is_whole(said):
                                await _hear_out(pieces, meter)
                            raise
                    if len(said) > prompt.most_tokens * _LONGEST_TOKENS:
                        raise faults.too_much()
        finally:
            await stream.close()
        if finish is None:
            raise faults.broken()
        held = spoken.end()
        if not said:
            self._notice(form, spoken, cut=finish == "length" and not held)
        if held:
            yield held
        if finish == "length":
            raise faults.too_much()

    async def _open(self, request: dict[str, Any], meter: Meter, begin: float) -> openai.AsyncStream[Any]:
        async with self._connecting:
            if self._client is None:  # the package takes a second to load, which nobody else should wait for
                self._client = await asyncio.to_thread(connection.connect, self._key, self._url)
        try:
            return await streams.opened(self._client, request, self._model, begin)
        except Trouble as trouble:
            if not trouble.worked:
                meter.refused()
            raise

    def _notice(self, form: Form, spoken: Spoken, *, cut: bool = False) -> None:
        """Remember what a reply shows at once: that its model thinks, that its server ignores schemas."""
        if spoken.thought or cut:
            form = Form(form.refused, thinks=True)
        if spoken.begins_as_json is False and form.json == "json_schema":
            form = form.without("json_schema")
        forms.remember(self._place, form)

    async def _book(self, reservation: int, usage: Usage) -> None:
        """Settle a reservation, though the caller may be on its way out."""
        booking = asyncio.create_task(self._settle(reservation, usage))
        self._bookings.add(booking)
        booking.add_done_callback(self._bookings.discard)
        await asyncio.shield(booking)

    async def _settle(self, reservation: int, usage: Usage) -> None:
        try:
            await self._ledger.settle(reservation, usage)
        except SQLAlchemyError as error:  # the reservation stays, and counts as spent
            _log.warning("model.not_booked", error=type(error).__name__)


async def _hear_out(pieces: AsyncGenerator[Piece, None], meter: Meter) -> None:
    """Wait for the report of a reply whose listener has heard enough."""
    with suppress(Trouble, TimeoutError):
        async with asyncio.timeout(_REPORT):
            async for piece in pieces:
                _count(meter, piece)


def _count(meter: Meter, piece: Piece) -> None:
    meter.heard(piece.thinking + piece.text)
    if piece.usage:
        meter.told(piece.usage)


def _fields(meter: Meter) -> dict[str, int]:
    return {"read": meter.used.read, "written": meter.used.written}
