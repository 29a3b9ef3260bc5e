"""Says what a model is to write of an edition's stories for one kind of reader: what in them touches one.

It is shared by equal profiles. Knows nothing of models, of storage or of how a story is told to everybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import prompts
from retrieval.briefing.authored.assigning import overtaken, telling_passages
from retrieval.briefing.drafting import Draft
from retrieval.briefing.telling import Telling
from retrieval.briefing.types import Profile
from retrieval.gate.types import Verdict
from retrieval.llm.prompt import Prompt
from retrieval.relevance import Asked
from retrieval.types import Hit, Passage, Scope
from retrieval.writing import asking
from retrieval.writing.bearing import tells
from retrieval.writing.excerpts import Excerpts, excerpts, secret
from retrieval.writing.languages import name_of
from retrieval.writing.neutral import plain
from retrieval.writing.sayings import Saying
from retrieval.writing.tasks import Means

LENGTH = "yours"  # beside the lengths of stories
_PASSAGES = 2  # of each story
_A_STATEMENT = 175  # tokens
_LONGEST = 200  # characters of what is said of a reader

Near = Callable[[str, str], bool]


@dataclass(frozen=True)
class YoursTask:
    """What touches a reader in some stories, as :class:`retrieval.writing.tasks.Assignment`."""

    profile: Profile
    stories: Mapping[str, Draft]
    excerpts: Excerpts
    language: str
    today: date
    asker: str
    means: Means
    near: Near

    @property
    def most(self) -> int:
        """One for each story."""
        return len(self.stories)

    def prompt(self) -> Prompt:
        """Asks for it."""
        return self._prompt(self._request)

    def repair(self, failed: Sequence[Verdict]) -> Prompt:
        """Asks again for what failed."""
        beside = prompts.text("yours.beside")
        failures = "\n".join(asking.failure(verdict, self.excerpts, beside) for verdict in failed)
        return self._prompt(f"{self._request}\n\n{prompts.text('yours.mend', failures=failures)}")

    def wanted(self, verdict: Verdict) -> bool:
        """Whether a statement that holds is of the story that it is for, stands, and touches the reader."""
        draft = self.stories.get(verdict.proposal.place)
        if draft is None or not tells(verdict.text, verdict.quotes):
            return False
        theirs = {document.number for document in draft.candidate.story.documents}
        stands = all(
            quote.document.number in theirs
            and not overtaken(quote, draft.material, draft.told, self.passages)
            for quote in verdict.quotes
        )
        told = " ".join((verdict.text, *(quote.text for quote in verdict.quotes)))
        return stands and any(self._touches(phrase, told) for phrase in self.profile.phrases)

    def arrange(self, verdicts: Sequence[Verdict]) -> Telling:
        """One statement for each story, in a section named by the story's number."""
        found: dict[str, Saying] = {}
        for verdict in verdicts:
            number = str(self.stories[verdict.proposal.place].candidate.story.number)
            found.setdefault(number, Saying(verdict.text, verdict.quotes, verdict.check))
        return Telling(sections=tuple((number, (saying,)) for number, saying in found.items()))

    @cached_property
    def passages(self) -> Mapping[int, Passage]:
        """What it may quote, by number."""
        return {passage.number: passage for passage in self.excerpts.passages.values()}

    def _touches(self, phrase: str, told: str) -> bool:
        return bool(Asked(phrase, {}).heard(told)) or self.near(phrase, told)

    @cached_property
    def _request(self) -> str:
        profile = self.profile
        named = {"role": profile.role, "industry": profile.industry, "topics": ", ".join(profile.topics)}
        reader = "; ".join(f"{name}: {plain(said, _LONGEST)}" for name, said in named.items() if said)
        return prompts.text(
            "yours.request",
            mark=self.excerpts.mark,
            evidence=self.excerpts.evidence,
            today=f"{self.today:%A}, {self.today.isoformat()}",
            reader=reader,
            language=name_of(self.language),
        )

    def _prompt(self, user: str) -> Prompt:
        statement = asking.object_of(
            part={"type": "string", "enum": list(self.stories)},
            quotes=asking.quotes_of(list(self.excerpts.passages)),
            sentence={"type": "string"},
        )
        schema = asking.object_of(statements={"type": "array", "items": statement, "maxItems": self.most})
        return Prompt(prompts.text("yours.rules"), user, schema, "yours", self.most * _A_STATEMENT)


def task(
    profile: Profile,
    drafts: Sequence[Draft],
    scope: Scope,
    *,
    language: str,
    tokens: int,
    asker: str,
    means: Means,
    near: Near,
) -> YoursTask:
    """What is to be written of these stories for a profile.

    ``near`` says whether a phrase of it and some words are near in meaning.
    """
    stories: dict[str, Draft] = {}
    hits: list[Hit] = []
    remarks: dict[int, str] = {}
    for draft in drafts:
        id = secret(4, stories)
        stories[id] = draft
        for passage in _touching(profile, draft):
            hits.append(Hit(passage, 0.0))
            remarks[passage.document.number] = prompts.text("yours.story", id=id)
    chosen = excerpts(hits, scope, tokens=tokens, remarks=remarks)
    today = drafts[0].material.today
    return YoursTask(profile, stories, chosen, language, today, asker, means, near)


def version_of(profile: Profile, versions: Sequence[str]) -> str:
    """What names an edition's stories as they are for a profile."""
    known = [profile.role, profile.industry, profile.topics, *versions]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _touching(profile: Profile, draft: Draft) -> list[Passage]:
    """The passages of a story that say most of what is known of a reader, else those that tell it best."""
    asked = [Asked(phrase, {}) for phrase in profile.phrases]

    def said(passage: Passage) -> float:
        return max((each.covered(each.heard(passage.text)) for each in asked), default=0.0)

    return sorted(telling_passages(draft.material, draft.told), key=said, reverse=True)[:_PASSAGES]
