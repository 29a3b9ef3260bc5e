"""Says what a model is to write of a story: from which excerpts, in which parts, how long, in what language.

Knows nothing of models, of storage or of what becomes of the statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import prompts
from retrieval.briefing.asides import unfit
from retrieval.briefing.authored.arranging import BOTTOM_LINE, BULLET, HEADLINE, LEAD, SECTION, arranged
from retrieval.briefing.material import Material, Told
from retrieval.briefing.sentences import Said, said_of
from retrieval.briefing.splitting import LONGEST, size
from retrieval.briefing.telling import Telling
from retrieval.gate.types import Verdict
from retrieval.llm.prompt import Prompt
from retrieval.terms import question_terms
from retrieval.types import Hit, Passage, Quote, Scope
from retrieval.writing import asking
from retrieval.writing.bearing import tells
from retrieval.writing.excerpts import Excerpts, excerpts
from retrieval.writing.languages import name_of, spoken_in
from retrieval.writing.neutral import commands
from retrieval.writing.tasks import Means

GLANCE, STANDARD, DEEP = "glance", "standard", "deep"
_MOST = {GLANCE: 6, STANDARD: 14, DEEP: 20}  # statements
_A_STATEMENT = 150  # tokens, with its quotes, in a script that takes many
_READ = {GLANCE: 0.6, STANDARD: 1.0, DEEP: 1.2}  # of what a model reads for an answer
_EARLY = 3  # sentences of a report that tell its news
_FEWEST = 3  # telling words of a statement; "plans have changed" tells nobody whose

_SHORT = (HEADLINE, BULLET, LEAD, BOTTOM_LINE)
_LONG = (HEADLINE, BULLET, LEAD, SECTION, BOTTOM_LINE)


@dataclass(frozen=True)
class StoryTask:
    """One story that is to be written, as :class:`retrieval.writing.tasks.Assignment`."""

    material: Material
    told: Told
    excerpts: Excerpts
    length: str
    language: str
    asker: str
    means: Means

    @property
    def most(self) -> int:
        """How many statements are wanted."""
        return _MOST[self.length]

    def prompt(self) -> Prompt:
        """Asks for the story."""
        return self._prompt(self._request)

    def repair(self, failed: Sequence[Verdict]) -> Prompt:
        """Asks again for what failed."""
        beside = prompts.text("story.beside")
        failures = "\n".join(asking.failure(verdict, self.excerpts, beside) for verdict in failed)
        return self._prompt(f"{self._request}\n\n{prompts.text('story.mend', failures=failures)}")

    def wanted(self, verdict: Verdict) -> bool:
        """Whether a statement that holds tells something of this story that still stands."""
        if verdict.proposal.place == HEADLINE:
            told = not any(commands(words) for words in (verdict.text, *(q.text for q in verdict.quotes)))
        else:
            told = not unfit(verdict.text) and tells(verdict.text, verdict.quotes)
            told = told and size(verdict.text) <= LONGEST
        if not told or len(set(question_terms(verdict.text))) < _FEWEST:
            return False
        passages = self.passages
        stands = not any(overtaken(quote, self.material, self.told, passages) for quote in verdict.quotes)
        return stands and self._bears(verdict)

    def arrange(self, verdicts: Sequence[Verdict]) -> Telling:
        """The statements that passed, in their places."""
        return arranged(verdicts, self.material, self.passages)

    @cached_property
    def passages(self) -> Mapping[int, Passage]:
        """What it may quote, by number."""
        return {passage.number: passage for passage in self.excerpts.passages.values()}

    def _bears(self, verdict: Verdict) -> bool:
        """What hides in a document and wants to be repeated shares no word with what else is told."""
        told = " ".join((verdict.text, *(quote.text for quote in verdict.quotes)))
        matter = set(question_terms(self.material.headline))
        for said in self.told.sentences:
            if any(_overlap(said, quote) for quote in verdict.quotes):
                return True  # it is told of the story without a model too
            matter |= said.terms
        return not matter.isdisjoint(question_terms(told))

    @cached_property
    def _request(self) -> str:
        today, update = self.material.today, self.material.update
        return prompts.text(
            "story.request",
            mark=self.excerpts.mark,
            evidence=self.excerpts.evidence,
            today=f"{today:%A}, {today.isoformat()}",
            news=prompts.text("story.update") if update else prompts.text("story.first"),
            language=name_of(self.language),
            size=_size(self.length),
        )

    def _prompt(self, user: str) -> Prompt:
        statement = asking.object_of(
            part={"type": "string", "enum": list(_SHORT if self.length == GLANCE else _LONG)},
            question={"type": "string"},
            quotes=asking.quotes_of(list(self.excerpts.passages)),
            sentence={"type": "string"},
        )
        schema = asking.object_of(
            statements={"type": "array", "items": statement, "maxItems": self.most},
        )
        return Prompt(prompts.text("story.rules"), user, schema, "story", self.most * _A_STATEMENT)


def task(
    material: Material,
    told: Told,
    scope: Scope,
    *,
    length: str,
    language: str,
    tokens: int,
    asker: str,
    means: Means,
) -> StoryTask:
    """What is to be written of a story, from about so many tokens of what its documents say.

    ``length`` is glance, standard or deep; ``tokens`` those that are read for an answer.
    """
    hits = [Hit(passage, 0.0) for passage in telling_passages(material, told)]
    remarks = {}
    if material.update:
        new, old = prompts.text("story.new"), prompts.text("story.old")
        remarks = {n: new if n in material.fresh else old for n in {h.passage.document.number for h in hits}}
    chosen = excerpts(hits, scope, tokens=round(tokens * _READ[length]), remarks=remarks)
    return StoryTask(material, told, chosen, length, language, asker, means)


def language_of_story(material: Material, wanted: str | None) -> str:
    """The language a story is written in, as an IETF tag: the one wanted, else its documents' own."""
    own = spoken_in(said.passage for said in material.said[:200]) or "en"
    return own if wanted is None or wanted.partition("-")[0].casefold() == own else wanted


def overtaken(quote: Quote, material: Material, told: Told, passages: Mapping[int, Passage]) -> bool:
    """Whether newer sources say otherwise than a quote, or what it looks forward to should have come."""
    outdated = any(_overlap(said, quote) for said in told.outdated)
    return outdated or stale(quote, material, passages)


def _overlap(said: Said, quote: Quote) -> bool:
    within = said.span.start < quote.end and quote.start < said.span.end
    return within and said.document == quote.document


def stale(quote: Quote, material: Material, passages: Mapping[int, Passage]) -> bool:
    """Whether a quote looks forward to what should have come by the day a story is told."""
    return said_of(quote, passages).stale(material.today)


def telling_passages(material: Material, told: Told) -> Iterator[Passage]:
    """The passages of documents that stand, the best first: those the code tells it from, then the nearest.

    Of an update, what is new comes before what is not; of copies of a text one is enough.
    """
    said = [each for each in material.said if each.document.number in material.standing]
    groups = dict[int, int]()
    for each in sorted(said, key=lambda one: one.document.number not in material.fresh):
        groups.setdefault(each.document.group, each.document.number)
    said = [each for each in said if groups[each.document.group] == each.document.number]
    best: dict[Passage, float] = {}
    for each in said:
        worth = material.heart.nearness(each) * (1.6 if each.order < _EARLY else 1.0)
        best[each.passage] = max(best.get(each.passage, 0.0), worth)
    first = {each.passage for each in told.sentences}

    def rank(passage: Passage) -> tuple[bool, bool, float]:
        old = material.update and passage.document.number not in material.fresh
        return passage not in first, old, -best[passage]

    yield from sorted(best, key=rank)


def _size(length: str) -> str:
    if length == GLANCE:
        return prompts.text("story.glance")
    return prompts.text("story.deep") if length == DEEP else prompts.text("story.standard")
