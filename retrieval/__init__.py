"""From a source's address to a cited text. Knows nothing of Telegram."""
