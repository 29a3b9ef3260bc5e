"""Starts the bot, or a conversation in the terminal. Knows nothing of either."""

from __future__ import annotations

from bot.commands.common import command


@command
async def run() -> None:
    """Start the Telegram bot, or without a token a conversation in the terminal."""
    from bot import logs
    from bot.opening import library_of
    from bot.settings import load

    settings = load()
    logs.configure(quiet=not settings.telegram_bot_token)
    if settings.telegram_bot_token:
        from bot.service import serve

        await serve(settings.telegram_bot_token.get_secret_value(), settings)
    else:
        from bot.conversation import converse
        from bot.first_run import offer_sample

        async with library_of(settings) as library:
            await library.prepare()
            await offer_sample(library)
            await converse(library)
