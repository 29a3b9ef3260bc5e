"""Opens the library that the settings describe. Knows nothing of commands or messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot import logs
from bot.settings import Settings, load
from retrieval import database
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, MultilingualE5, OpenAIEmbeddings
from retrieval.fetch import Door
from retrieval.following import Allowance, Following, open_following
from retrieval.library import Library, open_library
from retrieval.llm import Budget, LanguageModel, Ledger, OpenAICompatible
from retrieval.writing import Writer


@asynccontextmanager
async def opened() -> AsyncIterator[Library]:
    """The library of this process's settings, for one command."""
    logs.configure(quiet=True)
    async with library_of(load()) as library:
        yield library


@asynccontextmanager
async def opened_with_following() -> AsyncIterator[tuple[Library, Following]]:
    """The same, with what is followed beside it."""
    logs.configure(quiet=True)
    settings = load()
    async with library_of(settings) as library, following_of(settings, library) as following:
        yield library, following


@asynccontextmanager
async def following_of(settings: Settings, library: Library) -> AsyncIterator[Following]:
    """What is followed beside a library, fetched within the bounds that the settings describe."""
    allowance = Allowance(
        sources=settings.sources_each,
        documents=settings.documents_each,
        text=settings.text_mb_each * 1024 * 1024,
        fetches=settings.fetches_a_day_each,
    )
    inbox = settings.footnote_data_dir / "uploads"
    async with (
        Door(allowed_private=settings.fetch_allow_private_hosts) as door,
        open_following(library, door, inbox, allowance=allowance) as following,
    ):
        yield following


@asynccontextmanager
async def library_of(settings: Settings) -> AsyncIterator[Library]:
    """The library that the settings describe."""
    url = str(settings.chroma_url) if settings.chroma_url else None
    async with (
        language_model_of(settings) as model,
        open_library(
            settings.footnote_data_dir,
            _model(settings),
            chroma_url=url,
            writer=_writer(settings, model) if model else None,
        ) as library,
    ):
        yield library


@asynccontextmanager
async def language_model_of(settings: Settings) -> AsyncIterator[LanguageModel | None]:
    """The language model that the settings name, with its books in the data folder, or None."""
    if not settings.openai_model:
        yield None
        return
    engine = database.connect(settings.footnote_data_dir / "footnote.sqlite")
    budget = Budget(
        tokens_each=settings.model_tokens_a_day_each,
        tokens=settings.model_tokens_a_day,
        money=settings.model_cost_a_day,
        price_read=settings.model_price_in,
        price_written=settings.model_price_out,
    )
    model = OpenAICompatible(
        settings.openai_model,
        Ledger(engine, budget),
        api_key=_key(settings),
        base_url=_server(settings),
        patience=settings.openai_timeout,
    )
    try:
        yield model
    finally:
        await model.close()
        await engine.dispose()


def _model(settings: Settings) -> EmbeddingModel:
    if settings.embeddings == "local":
        return LocalMiniLM(settings.footnote_data_dir / "models")
    if settings.embeddings == "multilingual":
        return MultilingualE5()
    return OpenAIEmbeddings(settings.embeddings.removeprefix("openai:"), _key(settings), _server(settings))


def _writer(settings: Settings, model: LanguageModel) -> Writer:
    return Writer(
        model,
        second_opinion=settings.citation_check == "model",
        # a server in the house mostly serves one at a time, and forgets what it read when it is given another
        side_by_side=1 if _in_the_house(_server(settings)) else 2,
    )


def _in_the_house(url: str | None) -> bool:
    """Whether a server's address is one of this machine or of its own network."""
    host = urlsplit(url or "https://api.openai.com").hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))


def _key(settings: Settings) -> str:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"


def _server(settings: Settings) -> str | None:
    return str(settings.openai_base_url) if settings.openai_base_url else None
