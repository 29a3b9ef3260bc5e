"""Finds the words a model says it quotes and takes the source's own. Knows nothing of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq, Levenshtein

from retrieval.citations import locate, quote_from
from retrieval.gate.markers import denies
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault, parts, visible
from retrieval.gate.words import Word, read
from retrieval.noise import gives_orders, is_heading, is_noise
from retrieval.passages import sentences
from retrieval.types import Passage, Quote, Span

FEWEST = 5  # words of a quote that is not found exactly; of fewer, too many places would do
SPARSE = 4  # words; a quote of fewer is widened to its sentence
LIKE = 0.8  # share of the words that must be the source's own
_LOOSE = 2.2  # times as many words as quoted may the source's own span have
_AKIN, _AKIN_NAME = 80, 90  # percent; words so alike are one word misspelt
_LONGEST = 700  # characters of a sentence a sparse quote is widened to
_WRAP = " \t\r\n\"'“”„‟«»‘’`*_"


def find_quotes(
    quoted: Sequence[tuple[str, str]], excerpts: Mapping[str, Passage]
) -> tuple[list[tuple[Passage, Span]], list[Fault]]:
    """Where each quote stands (the passage, and the span within its text), and what is wrong with the rest.

    A quote under the id of another excerpt is refused, because the model took it for the words of another
    document; where it stands in another excerpt of the same document, it is found there.
    """
    found: list[tuple[Passage, Span]] = []
    faults: list[Fault] = []
    for name, words in quoted:
        passage = excerpts.get(name)
        if passage is None:
            faults.append((Reason.EXCERPT, _short(name)))
            continue
        places, fault = _place(words, passage, excerpts)
        found.extend(places)
        faults.extend([(fault, _short(words))] if fault else [])
    if not quoted:
        faults.append((Reason.NO_QUOTE, ""))
    return list(dict.fromkeys(found)), faults


def as_quotes(found: Sequence[tuple[Passage, Span]]) -> tuple[Quote, ...]:
    """The quotes at these places, in the documents' own offsets."""
    return tuple(
        quote_from(passage, Span(passage.start + span.start, passage.start + span.end))
        for passage, span in found
    )


def sentences_of(text: str) -> tuple[Span, ...]:
    """The sentences of a passage, remembered: every statement on it asks for them again."""
    return _sentences(text)


@lru_cache(maxsize=1_024)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))


def _place(
    words: str, passage: Passage, excerpts: Mapping[str, Passage]
) -> tuple[list[tuple[Passage, Span]], Reason | None]:
    bare = visible(words).strip(_WRAP)
    if not any(char.isalnum() for char in bare):
        return [], Reason.SHORT_QUOTE
    spans = _spans(bare, passage.text)
    if spans is None:
        others = [each for each in excerpts.values() if each != passage and locate(bare, each.text)]
        same = [each for each in others if each.document == passage.document]
        if not same:
            return [], Reason.ELSEWHERE if others else Reason.QUOTE
        passage = same[0]
        spans = _spans(bare, passage.text) or []
    widened = [_widened(passage.text, span) for span in spans]
    if any(span is None or not _tells(passage.text, span) for span in widened):
        return [], Reason.SHORT_QUOTE
    return [(passage, span) for span in widened if span], None


def _spans(words: str, text: str) -> list[Span] | None:
    """Where a text says these words: one span, or several where the quote leaves something out."""
    sentence = next((each for each in sentences_of(text) if text[each.start : each.end] == words), None)
    whole = sentence or locate(words, text)
    if whole:
        return [whole]
    cut = parts(words)
    if len(cut) > 1:
        spans: list[Span] = []
        for part in cut:
            rest = Span(spans[-1].end if spans else 0, len(text))
            span = locate(part.strip(_WRAP), text, within=rest) or _aligned(part, text)
            if span is None or (spans and span.start < spans[-1].end):
                break
            spans.append(span)
        else:
            return spans
    close = _aligned(words, text)
    return [close] if close else None


def _widened(text: str, span: Span) -> Span | None:
    """The span, or its sentence where it is too sparse to be read alone; None where that stays unclear."""
    count = len(read(text[span.start : span.end]).words)
    home = next(
        (each for each in sentences_of(text) if each.start <= span.start and span.end <= each.end), None
    )
    if count >= SPARSE or home is None or home == span:
        return span
    again = locate(text[span.start : span.end], text, within=Span(span.end, len(text)))
    if count < 2 or again or home.end - home.start > _LONGEST:
        return None
    return home


def _tells(text: str, span: Span) -> bool:
    """Whether any sentence the span touches tells something: no question, order, or call to subscribe."""
    for each in sentences_of(text):
        if each.start < span.end and span.start < each.end:
            sentence = text[each.start : each.end]
            noise = is_noise(sentence) and not is_heading(sentence)
            if (
                not noise
                and not gives_orders(sentence)
                and not sentence.rstrip("”\"')» ").endswith(("?", "？", "؟"))
            ):
                return True
    return False


def _aligned(words: str, text: str) -> Span | None:
    """The source's own words that a quote gives with slips: words left out, misspelt or exchanged.

    None where a number, a name or a denial differs, or too little is the source's own.
    """
    wanted = read(words).words
    if len(wanted) < FEWEST:
        return None
    keys = [word.fold for word in wanted]
    best: tuple[float, list[Word]] = (0.0, [])
    places = sentences_of(text)
    source = read(text).words
    for first in range(len(places)):
        for last in range(first, min(first + 4, len(places))):
            stretch = Span(places[first].start, places[last].end)
            window = [word for word in source if stretch.start <= word.start and word.end <= stretch.end]
            common = LCSseq.similarity(keys, [word.fold for word in window])
            score = common / len(keys) - 0.002 * len(window)
            if score > best[0]:
                best = score, window
    window = best[1]
    if LCSseq.similarity(keys, [word.fold for word in window]) < 0.6 * len(keys):
        return None
    reach = int(_LOOSE * len(wanted))
    starts = [k for k, word in enumerate(window) if word.fold in keys[:3]]
    found = [span for k in starts if (span := _matched(list(wanted), window[k : k + reach]))]
    return min(found, key=lambda each: (-each[0], each[1].end - each[1].start), default=(0, None))[1]


def _matched(wanted: list[Word], window: list[Word]) -> tuple[int, Span] | None:
    """How many of the words a stretch of the source has, and where; None where it says something else."""
    steps = Levenshtein.opcodes([word.fold for word in wanted], [word.fold for word in window])
    same, first, last = 0, None, None
    dropped: list[Word] = []
    left_out: list[list[Word]] = []
    for step in steps:
        mine, theirs = wanted[step.src_start : step.src_end], window[step.dest_start : step.dest_end]
        if step.tag == "insert":
            left_out.append(theirs)
            continue
        if step.tag == "delete":
            dropped.extend(mine)
            continue
        for ours, own in zip(mine, theirs, strict=True):
            if step.tag == "equal" or _misspelt(ours, own):
                same += 1
                first = first or own
                last = own
            else:
                dropped.append(ours)
                left_out.append([own])
    if first is None or last is None or same < LIKE * len(wanted) or any(_weighty(word) for word in dropped):
        return None
    inside = [word for word in window if first.start <= word.start and word.end <= last.end]
    hidden = [word for run in left_out if len(run) <= 3 for word in run if word in inside]
    if len(inside) > _LOOSE * len(wanted) or any(denies(word.fold) for word in hidden):
        return None
    return same, Span(first.start, last.end)


def _misspelt(ours: Word, own: Word) -> bool:
    if any(char.isdigit() for char in ours.fold + own.fold) or min(len(ours.fold), len(own.fold)) < 4:
        return ours.fold == own.fold
    if denies(ours.fold) != denies(own.fold):
        return False
    return fuzz.ratio(ours.fold, own.fold) >= (_AKIN_NAME if ours.capital or own.capital else _AKIN)


def _weighty(word: Word) -> bool:
    """Whether a word that is not the source's makes another quote of it: a figure, a name or a denial."""
    return any(char.isdigit() for char in word.fold) or (word.capital and not word.opens) or denies(word.fold)


def _short(words: str) -> str:
    words = " ".join(visible(words).split())
    return words if len(words) <= 80 else f"{words[:79].rstrip()}…"
