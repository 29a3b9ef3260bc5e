"""A day of many subscribers: who they are, what they read, the Telegram and the bot between, the judge."""
