"""Opens the library that the settings describe. Knows nothing of commands or messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot import logs
from bot.settings import Settings, load
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, MultilingualE5, OpenAIEmbeddings
from retrieval.library import Library, open_library


@asynccontextmanager
async def opened() -> AsyncIterator[Library]:
    """The library of this process's settings, for one command."""
    logs.configure(quiet=True)
    async with library_of(load()) as library:
        yield library


@asynccontextmanager
async def library_of(settings: Settings) -> AsyncIterator[Library]:
    """The library that the settings describe."""
    url = str(settings.chroma_url) if settings.chroma_url else None
    async with open_library(settings.footnote_data_dir, _model(settings), chroma_url=url) as library:
        yield library


def _model(settings: Settings) -> EmbeddingModel:
    if settings.embeddings == "local":
        return LocalMiniLM()
    if settings.embeddings == "multilingual":
        return MultilingualE5()
    return OpenAIEmbeddings(
        settings.embeddings.removeprefix("openai:"),
        settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none",
        str(settings.openai_base_url) if settings.openai_base_url else None,
    )
