"""Tells sentences that can be evidence from what merely stands among them. Knows nothing of questions.

Headings, bylines, invitations to subscribe and questions answer nothing; sentences that give orders to
whoever reads them aloud are never quoted. In doubt a sentence is kept: what is noise here is only left out
of answers, not out of the library.
"""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.passages import sentences
from retrieval.types import Span

_MARKS = re.compile(r"(?:(?:[-–—•*‣▪◦>|]|#{1,6}|\(?\d{1,2}[.)])[ \t]+)+")
_INNER = re.compile(r"(?<=\S)\s+(?=#{2,6} |\((?:[\w-]+\.)+[a-z]{2,}\)\w)")
_SPLICED = re.compile(r"\((?:[\w-]+\.)+[a-z]{2,}\)\w")  # a citation written over the words beside it
_QUESTION = re.compile(r"[?？؟]\W*\Z")
_ENDED = re.compile(r"[.!。！｡।॥…։።:;][\"'”’»)\]」』\s\d\[]*\Z")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_HEADING = 12  # words; a longer line without a full stop is a sentence whose stop was lost

_BOILERPLATE = re.compile(
    r"""
    \A\W*(?:
        (?: sign\ up | subscribe | read\ (?:more|next|also) | (?:click|tap)\ here | follow\ us | see\ also
          | watch:?\ (?:the\ video|live|now|more) | listen\ (?:now|to\ the\ podcast) | get\ your\ own
          | share\ this | download\ (?:the\ app|on\ the) | shared\ from | advertisement | copyright )\b
      | (?:photo|image|picture|video|credit|source)s?(?:\ credit|\ by)?: | related: | correction: | ©
      | by\ [A-Z]\w+\ [A-Z]\w+\Z
      | this\ (?:article|story)\ (?:was\ (?:originally\ )?published|has\ been\ updated) )
    | \b(?: getty\ images | all\ rights\ reserved | contributed\ (?:to\ this\ (?:report|story)|reporting)
          | (?:our|the|free|daily|weekly)\ newsletters?\ (?:here|now|today) )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Orders to an assistant, as they are planted in pages: they speak of its instructions, its user or its reply,
# or wear the marks of a prompt.
_ORDERS = re.compile(
    r"""
    (?: \A\W* | [.:;,!>\]]\s* | \b(?:please|just|and|then|do|must|should)\ )
      (?: (?:ignore|disregard|forget|override)\b .{0,40}
          \b(?:instructions?|prompts?|rules|text|above|data|info\w*)
        | (?:reply|respond|answer)\ (?: (?:only|solely|just|using|with)\b | [A-Z] )
        | (?:print|output|repeat|prefix|append|cite|say)\b .{0,60}
          (?: first | only | nothing\ else | following | verbatim | \b(?:answer|reply) )\b
        | (?:tell|inform|ask|remind|warn|convince)\ the\ (?:user|reader|human)\b
        | (?:finish|end)\ the\ (?:reply|answer) | decode\ and\b | think\ step\ by\ step )
    | \b(?:in|to|with|of|from|end|modify|encode|reverse|augment|provide|start|translate)\ your
      \ (?:reply|replies|responses?|answers?|output|message|answer['’]s)\b
    | \bthe\ instructions\ (?:you|above|given)\b | \b(?:if|when)\ (?:the\ )?user\ asks\b
    | \b(?:AI|LLM)\ (?:assistants?|readers?|models?|scan)\s*[:,)] | \bautomated\ analysis\ software\b
    | \A\W*(?:system|developer|assistant|user|human)(?:_\w+)?\s*[:)\]] | \A\W*(?:TODO:|role:\s*\w+)
    | <\s*/?\s*(?:source|system|instructions?|information|div|img|script|iframe|important|prompt)\b
    | \A\W*\{\s*"\w+"\s*: | \[\[\w+: | \b(?:correct\ answer|only\ valid\ source)\ is\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def spoken(text: str) -> list[Span]:
    """The sentences of a text without the list or heading marks before them.

    Headings that lost their line breaks ("… in force. ### What now? The treaty …") are sentences too, and
    so is what stands before a citation that was written over words ("… in Moscow (site.org)e treaty …").
    """
    return [
        _unmarked(text, Span(start, end))
        for whole in sentences(text)
        for start, end in pairwise([whole.start, *_breaks(text, whole), whole.end])
    ]


def _breaks(text: str, whole: Span) -> list[int]:
    return [mark.end() for mark in _INNER.finditer(text, whole.start, whole.end)]


def _unmarked(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    marks = _MARKS.match(text, start, end)
    return Span(marks.end(), end) if marks and marks.end() < end else Span(start, end)


def is_noise(sentence: str) -> bool:
    """Whether a sentence can never answer: a heading, boilerplate, damaged words, an order to the reader."""
    broken = _BOILERPLATE.search(sentence) or _SPLICED.search(sentence)
    return is_heading(sentence) or bool(broken) or gives_orders(sentence)


def is_heading(sentence: str) -> bool:
    """Whether a sentence only announces what follows: a question, a heading, a word or two."""
    if _QUESTION.search(sentence):
        return True
    if _UNSPACED.search(sentence):
        return len(sentence) < 6
    words = sentence.split()
    return len(words) < 3 or (len(words) <= _HEADING and not _ENDED.search(sentence) and not _fact(sentence))


def gives_orders(sentence: str) -> bool:
    """Whether a sentence orders an assistant about instead of telling something."""
    return bool(_ORDERS.search(sentence))


def _fact(line: str) -> bool:
    """Whether a line without a full stop still says something, as tables and lists of terms do."""
    return bool(re.search(r"\w:\s+\S|\d", line))
