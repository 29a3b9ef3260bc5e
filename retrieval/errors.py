"""What can go wrong, as one small tree; each message is one sentence that tells a person what to do.

FootnoteError
├── Unreadable        a file, page or corpus row that cannot become a document
├── Unreachable       an address on the web that cannot be fetched
├── LimitReached      a person has as much of something as one may have here
├── NotFound          a document, person or setting that is not there
├── LibraryBusy       another process holds the data folder
├── IndexFault        the derived index is broken and cannot mend itself
├── ModelFault        an embedding or language model that cannot be loaded or reached
└── BudgetSpent       what a person or everybody may spend on the language model today is spent
"""


class FootnoteError(Exception):
    """Any fault Footnote explains to a person in one sentence."""


class Unreadable(FootnoteError):
    """A file, page or corpus row that cannot become a document; the message says why."""


class Unreachable(FootnoteError):
    """An address on the web that cannot be fetched; the message names it without credentials and says why.

    ``status`` is the server's answer where it gave one, ``retry_after`` the seconds it asked to wait.
    """

    def __init__(self, sentence: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after


class LimitReached(FootnoteError):
    """A person has as much of something as one may have here; the message says of what and how much."""


class NotFound(FootnoteError):
    """Something was named that is not there."""


class LibraryBusy(FootnoteError):
    """Another process holds the data folder: two writers would lose vectors silently."""


class IndexFault(FootnoteError):
    """The derived index is broken and could not be mended; `footnote reindex` builds it anew."""


class ModelFault(FootnoteError):
    """An embedding or language model cannot be loaded or reached."""


class BudgetSpent(FootnoteError):
    """What a person, or everybody together, may spend on the language model today is spent."""
