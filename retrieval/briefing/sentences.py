"""Reads a story's documents as sentences that can be told by themselves.

Knows nothing of what is told of them. Noise, orders to an assistant, broken quotations and asides of the
publisher are left out here, once for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from retrieval.briefing.moments import Moment, moments, over
from retrieval.citations import quote_from
from retrieval.gate.figures import figures
from retrieval.gate.mentions import mentions
from retrieval.gate.words import read
from retrieval.noise import is_noise, spoken
from retrieval.terms import question_terms
from retrieval.types import Document, Passage, Quote, Span
from retrieval.writing.neutral import commands
from retrieval.writing.values import Told

SHORTEST, LONGEST = 30, 420  # characters of what is told at once
_LEANS = re.compile(
    r"\W*(?:the (?:second|third|fourth|fifth|others?|latter|former|same)\b"
    r"|(?:[^.]{0,80}, )?(?:(?:but|and|so|yet|or) )?"
    r"(?:it|he|she|they|them|that|this|these|those|such|both|then)\b"
    r"|(?:(?:in|on|at|after|before|during|by|for|with|last|when|while|as|since|under|despite)\b[^.]{0,70}, )?"
    r"(?:(?:but|and|so|yet|or) )?(?:its|his|her|their)\b)"
    r"|.*[\"”] (?:he|she|they|it) (?:said|says|added|told|wrote)\b",
    re.IGNORECASE | re.DOTALL,
)
_JOINS = re.compile(
    r"\W*(?:and|but|or|so|yet|also|however|meanwhile|instead|still|moreover|in addition|another|others?"
    r"|the (?:first|two|three|finding|figure)"
    r"|there)\b|[^,]{0,80}\balso\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"""
      \A\W*(?:contribut(?:ing|ors?)|reporting|byline|written\ by)\b\s*:
    | \A\W*(?:editor(?:s|['’]s|s['’])?\ note\b|(?:correction|clarification)\s*[:,(])
    | \A\W*(?:contact|reach|email|e-mail|call|text|follow)\ (?:our\ |(?-i:[A-Z]))
    | [\w.+-]+@[\w-]+\.[a-z] | https?:// | \bwww\.
    | \A\W*(?:sign\ up|subscribe|have\ a\ (?:news\ )?tip|read\ more|read\ also|see\ also|related:)
    | \A\W*for\ (?:the\ latest|more\ (?:on|information|about))\b
    | \bplease\ (?:read|see|visit|click|check|contact|call|note)\b
    | \A\W*who\ (?:will|should|could)\ win\s*:
    | \A\W*(?:dig\ deeper|what\ to\ know|more\ on|more\ from|for\ subscribers|stay\ (?:informed|connected))\b
    | \A\W*\d{1,4}\s*, | [a-z]:[A-Z“"]
    | (?:\.\.\.|…)\W*\Z
    | \b(?:stock\ advisor|disclosure\ policy|stocks?\ for\ investors\ to\ buy
          |positions?\ in\ (?:any|all)\ of\ the)\b
    | \A[^.:]{0,40}:\s[^.:]{0,20}:\s | \bcontributed\b.{0,30}\Z
    | \A\W*(?:play\ the | take\ our | check\ out | shop\ (?:the|now|our) | more: | also\ read
          | vote\ (?:now|here) | register\ (?:now|here|for) | join\ us )\b
    | \b(?: this\ (?:report|article|story|post|newsletter|page|video)\ (?:includes|was|has\ been|is|reflects
            |will\ be|originally|contains|appeared|may)
          | the\ (?:article|newsletter|page|live\ blog)\ (?:includes|was|has\ been|will\ be|originally)
          | (?:parts?|portions)\ of\ this\ (?:report|article|story) | reporting\ by | editing\ by
          | (?:told|spoke\ (?:to|with))\ us\b | in\ a\ statement\ to\ us | additional\ reporting
          | (?:did|has|have|had)(?:\ not|n['’]t)\ immediately\b
          | (?:did|has|have|had)(?:\ not|n['’]t)\ (?:respond|repl|return|comment)\w*
          | all\ rights\ reserved | ©
          | (?:our|the)\ (?:news(?:room|\ desk)|editorial)\ (?:follows|standards|policy|guidelines)
          | (?:our|his|her|my|the)\ morning\ (?:newsletter|letter)
          | partner\ newsroom | published\ here\ with\ permission
          | declined\ (?:to\ )?comment | could\ not\ (?:immediately\ )?be\ reached
          | request\ for\ comment | (?:cookies?|privacy)\ policy | terms\ of\ (?:use|service)
          | (?:our|my)\ (?:app|podcast|newsletter|live\ (?:blog|coverage)|team|reporters?|readers)
          | (?:scroll|swipe)\ (?:down|up|on) | sponsored\ by | affiliate\ (?:links?|commission)
          | credit:| file\ photo | pictured | (?:photo|image|video)graph(?:ed)?\ by )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AHEAD = re.compile(
    r"""
    (?<!had\ )(?<!were\ )
      \b(?: will | would | (?-i:may) | might | could | shall | should | if | unless | perhaps | possibly
        | (?:is|are|was|were|be)\ (?:\w+\ )?(?:expected|due|set|meant|scheduled|planned|likely|about
            |poised|slated)
        | (?:is|are)\ to\ (?!date\b)\w
        | expects? | plans?\ (?:to|for) | planned | prepar(?:es?|ing) | intends? | hop(?:es?|ing) | aims?
        | proposes? | considering | wants?\ to | seeks?\ to | predicts? | forecasts? | ready\ to )\b
      | \b\w+['’]ll\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PERSONAL = re.compile(
    r"(?<![\w’'])(?:I|we|you|your|our|us|my)(?![\w-])|\b(?:let['’]s|here['’]s)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]")
# Where and by whom a report was sent: LONDON, Nov. 18 (Northwire) — or EASTLEY, 3 Nov /Coastline/
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z .,'’/()-]{2,40}|[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,3},?(?: [A-Z][\w.]+,?){0,2})"
    r"(?:,?\s+(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.?\s+\d{1,2}))?"
    r"\s*(?:(?:\([^()]{2,30}\)|/[^/]{2,40}/)\s*[—–‒−-]*|[—–‒−-]+)\s+(?=[“\"'‘A-Z])"
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ENDED = re.compile(r"[.!?…。！？؟।۔][\s\"'”’»)\]]*\Z")
_POINTED = 0.6  # of a text's sentences that end so, from which those that do not are headings or captions
_QUOTES = '"“„«'
_VOICED = 0.45  # of its characters in quotation marks
_TODAY = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|(?:this|last|next|past|coming) "
    r"(?:week|month|year|morning|evening|night|weekend|spring|summer|autumn|fall|winter|season)"
    r"|(?:days?|weeks?|months?|hours?) (?:ago|later)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence of a document, with the one before it where it leans on that.

    ``span`` are offsets in the document's text; ``place`` is where it stands in it, 0 to 1, and ``order`` how
    many sentences stand before it.
    """

    passage: Passage
    span: Span
    text: str
    place: float
    order: int
    people: frozenset[str] = frozenset()  # last words of the whole names that its document gives

    @property
    def document(self) -> Document:
        """The document that says it."""
        return self.passage.document

    @property
    def day(self) -> date | None:
        """The day its document was published."""
        return self.document.day

    @cached_property
    def quote(self) -> Quote:
        """Its exact words."""
        return quote_from(self.passage, self.span)

    @cached_property
    def around(self) -> tuple[str, str]:
        """The sentences before and behind it in its passage, as far as they are fit to be shown."""
        text, start = self.passage.text, self.passage.start
        spans = [span for span in spoken(text) if not _unfit(text[span.start : span.end])]
        before = [span for span in spans if span.end + start <= self.span.start]
        behind = [span for span in spans if span.start + start >= self.span.end]
        return (
            text[before[-1].start : before[-1].end] if before else "",
            text[behind[0].start : behind[0].end] if behind else "",
        )

    @cached_property
    def told(self) -> Told:
        """It as values are compared in it."""
        return Told(self.text, f"{self.document.title}\n{self.passage.text}", self.day)

    @cached_property
    def gist(self) -> Told:
        """The same of its words before the first comma: what follows mostly adds to them."""
        return Told(self.text.partition(", ")[0], self.told.around, self.day)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its telling words."""
        return frozenset(question_terms(self.text))

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number it gives, in digits or in words, those of dates too."""
        return frozenset(value for figure in figures(self.told.reading) for value in figure.values)

    @cached_property
    def ahead(self) -> bool:
        """Whether it speaks of what may be or is to come, outside of what it quotes."""
        foreign = self.told.reading.language not in ("en", "")
        return looks_ahead(self.text) or (foreign and self.told.guarded)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The days it names."""
        return moments(self.told.reading, self.day, looks_ahead)

    @cached_property
    def parts(self) -> tuple[frozenset[str], ...]:
        """The telling words of each of its sentences."""
        each = (self.text[span.start : span.end] for span in spoken(self.text))
        return tuple(frozenset(question_terms(words)) for words in each)

    def stale(self, today: date) -> bool:
        """Whether it looks forward to what should have come by now."""
        return self.ahead and over(self.told.reading, self.day, today, looks_ahead)

    @cached_property
    def voiced(self) -> bool:
        """Whether it is somebody's own words rather than the reporter's."""
        quoted = sum(len(each) for each in _QUOTED.findall(self.text))
        return self.text[0] in _QUOTES or quoted > _VOICED * len(self.text)

    @cached_property
    def outside(self) -> str:
        """Its words outside of what it quotes."""
        return _QUOTED.sub(" ", self.text)

    @cached_property
    def surnames(self) -> frozenset[str]:
        """Who it names by one word alone, though its document gives the whole name elsewhere."""
        named = [mention.tokens for mention in mentions(self.told.reading)]
        whole = {tokens[-1] for tokens in named if len(tokens) > 1}
        return frozenset(tokens[0] for tokens in named if len(tokens) == 1) & self.people - whole

    @cached_property
    def personal(self) -> bool:
        """Whether its writer speaks of themselves or to the reader."""
        return bool(_PERSONAL.search(self.outside))

    @cached_property
    def joins(self) -> bool:
        """Whether it goes on from something before it."""
        return bool(_JOINS.match(self.text))

    @cached_property
    def timely(self) -> bool:
        """Whether it speaks of "today" or "Thursday", which only its date makes clear."""
        text = self.text
        for when in self.told.dates:
            text = text.replace(when.text, " ")
        return bool(_TODAY.search(_QUOTED.sub(" ", text)))


def leans(words: str) -> bool:
    """Whether a sentence is clear only behind another one: "It was signed in May"."""
    return bool(_LEANS.match(words))


def said_of(quote: Quote, passages: Mapping[int, Passage]) -> Said:
    """What is quoted, as a sentence of its document; ``passages`` hold its passage by number."""
    return Said(passages[quote.passage], Span(quote.start, quote.end), quote.text, 0.0, 0)


def looks_ahead(words: str) -> bool:
    """Whether words speak of what may be or is to come, outside of what they quote."""
    return bool(_AHEAD.search(_QUOTED.sub(" ", words)))


def sayings(documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> list[Said]:
    """The sentences of documents that can be told by themselves, in order."""
    return [said for document in documents for said in _of(passages.get(document.number, ()))]


def everything(documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> list[Said]:
    """Every sentence of documents, also those that nobody would tell, and what would be told."""
    single = [
        Said(passage, Span(passage.start + span.start, passage.start + span.end), words, 0.0, 0)
        for document in documents
        for passage in passages.get(document.number, ())
        for span in spoken(passage.text)
        if (words := passage.text[span.start : span.end])
    ]
    return single + sayings(documents, passages)


def _of(passages: Sequence[Passage]) -> Iterator[Said]:
    length = max((passage.end for passage in passages), default=1)
    order = 0
    pointed = _pointed(passages)
    people = _people(passages)
    for passage in passages:
        before: Span | None = None
        for span in spoken(passage.text):
            words = passage.text[span.start : span.end]
            if pointed and not _ENDED.search(words):
                before = None
                continue
            whole = _whole(passage.text, before, span)
            before = span if not _unfit(words) else None
            order += not is_noise(words)
            if whole is None:
                continue
            if dateline := _DATELINE.match(passage.text, whole.start, whole.end):
                whole = Span(dateline.end(), whole.end)
            text = passage.text[whole.start : whole.end]
            if SHORTEST <= size(text) <= LONGEST and not _unfit(words):
                place = Span(passage.start + whole.start, passage.start + whole.end)
                yield Said(passage, place, text, place.start / length, order - 1, people)


def _people(passages: Sequence[Passage]) -> frozenset[str]:
    named = (mention.tokens for passage in passages for mention in mentions(read(passage.text)))
    return frozenset(tokens[-1] for tokens in named if len(tokens) > 1)


def _pointed(passages: Sequence[Passage]) -> bool:
    """Whether the sentences of a text end in full stops and the like, so that what does not is none."""
    ended = [
        bool(_ENDED.search(passage.text[span.start : span.end]))
        for passage in passages
        for span in spoken(passage.text)
    ]
    return sum(ended) > _POINTED * len(ended)


def size(text: str) -> int:
    """The length of a text, characters of scripts that say more with each counted as three."""
    return len(text) + 2 * sum(1 for _ in _WIDE.finditer(text))


def _whole(text: str, before: Span | None, span: Span) -> Span | None:
    """The sentence, from the one before it on where it leans on that; None where that cannot be had."""
    if not _LEANS.match(text, span.start, span.end):
        return span
    if (
        before is None
        or _LEANS.match(text, before.start, before.end)
        or not text[before.end : span.start].isspace()
    ):
        return None
    return Span(before.start, span.end)


def _unfit(sentence: str) -> bool:
    """Whether a sentence is never to be told."""
    odd = sentence.count('"') % 2 or sentence.count("“") != sentence.count("”")
    broken = (
        odd
        or sentence.rstrip().endswith(":")
        or sentence.count("(") != sentence.count(")")
        or sentence[:1].islower()
    )
    return bool(broken or is_noise(sentence) or _ASIDE.search(sentence) or commands(sentence))
