"""The pages that Footnote serves: what was shared by a link, feeds of editions, and whether it is well.

Knows nothing of Telegram.
"""

from bot.pages.server import serve
from bot.pages.site import Site

__all__ = ["Site", "serve"]
