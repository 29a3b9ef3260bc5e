"""From documents to a briefing: which stories moved, what is new in each, told in their own sentences.

Knows nothing of Telegram, of delivery or of when a briefing is due.
"""

from retrieval.briefing.briefings import Briefings
from retrieval.briefing.types import Briefing, Cost, Event, Footer, Piece, Profile, Section

__all__ = ["Briefing", "Briefings", "Cost", "Event", "Footer", "Piece", "Profile", "Section"]
