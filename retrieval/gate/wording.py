"""Makes a model's sentence fit to be shown: plain words on one line. Knows nothing of passages' meaning."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence

from retrieval.citations import locate
from retrieval.gate.types import Reason

_FEW = 4  # words; so few in quotation marks may be a name or a term, and lose the marks instead
_JOINERS = "\u200c\u200d"
_COMMENT = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
_IMAGE = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*\)|\[[^\[\]]*\])")
_MARKER = re.compile(
    r"\s*(?:[\[［]\^?\s*[\d０-９]+(?:\s*[-–,，]\s*[\d０-９]+)*\s*[\]］]|【[^】]{0,40}】"
    r"|(?<=[^\W\d_]{3})[¹²³⁴-⁹]+(?!\w))"
)
_CODE = re.compile(r"`+([^`\n]+)`+")
_EMPHASIS = re.compile(r"\*+|~~|(?<!\w)_{1,3}(?=\w)|(?<=[\w.!?])_{1,3}(?!\w)")
_LEAD = re.compile(r"\A(?:#{1,6}\s+|>\s*|[-–•▪◦]\s+|\d{1,2}[.)]\s+(?=\D)|\|)+")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,20}://|www\.|(?:mailto|javascript|data|tg|tel|file|vbscript):)\S+"
    r"|[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"
    r"|(?<![\w.@])(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,24}/\S*",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<![\w.@/])(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[a-z]{2,24}(?![\w\-])")
_HANDLE = re.compile(r"(?<![\w.@])@\w{2,}|(?<![\w/])/[a-z]\w+(?:@\w+)?(?![\w/])")
_DOTTED = re.compile(r"(?:[a-z]\.){1,3}[a-z]{1,3}|\d+\.[a-z]{1,3}|no\.\w+", re.IGNORECASE)
_QUOTED = re.compile(
    r"“(?P<a>[^“”]+)”|„(?P<b>[^„“”]+)[“”]|«(?P<c>[^«»]+)»|\"(?P<d>[^\"]+)\"|「(?P<e>[^「」]+)」"
    r"|『(?P<f>[^『』]+)』|‘(?P<g>[^‘]+?)’(?!\w)|(?<!\w)'(?P<h>[^']+)'(?!\w)"
)
_PERSON = re.compile(r"\b(?:i|i'm|i've|me|my|we|we're|our|us|you|your)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\s?\.\s?\.+)\s*")
_EDGES = " \t\n.,;:!?…，。、！？"

Fault = tuple[Reason, str]


def plain(text: str, ids: Iterable[str] = ()) -> str:
    """The words of a sentence: no markup, citation markers or excerpt ids, no unseen characters, one line."""
    text = visible(html.unescape(visible(text)))
    text = _COMMENT.sub(" ", text)
    text = _IMAGE.sub(lambda image: image.group(1), text)
    for each in ids:
        text = re.sub(rf"\s*[\[(【]\s*(?:excerpt\s+)?{re.escape(each)}\s*[\])】]", "", text)
    text = _EMPHASIS.sub("", _CODE.sub(r"\1", _MARKER.sub("", text)))
    return _LEAD.sub("", " ".join(text.split())).strip()


def visible(text: str) -> str:
    """A text without control, formatting and private characters; joiners stay between letters."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        if char in _JOINERS and 0 < at < len(text) - 1:
            kept.append(char if text[at - 1].isalpha() and text[at + 1].isalpha() else "")
        elif kind == "Cc" or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif kind not in ("Cf", "Co", "Cs", "Cn") and not "\ufe00" <= char <= "\ufe0f":
            kept.append(char)
    return "".join(kept)


def addresses(proposed: str, text: str, evidence: str) -> list[Fault]:
    """Links, e-mail addresses, handles and commands of a sentence that must not be shown.

    ``proposed`` is the sentence as the model wrote it, so that the target of a stripped link counts too.
    Full addresses never pass: links come from the database. A bare host ("booking.com") or handle passes
    where the evidence itself says it.
    """
    written = visible(html.unescape(visible(proposed)))
    found = [match.group() for match in _ADDRESS.finditer(written)]
    told = evidence.casefold()
    for match in (*_HOST.finditer(text), *_HANDLE.finditer(text)):
        host = match.group()
        if not _DOTTED.fullmatch(host) and host.casefold() not in told:
            found.append(host)
    return [(Reason.LINK, each) for each in dict.fromkeys(found)]


def quotation(text: str, sources: Sequence[str]) -> tuple[str, list[Fault]]:
    """The sentence with quotation marks only around what a source says word for word.

    Marks around a few words that are not verbatim are taken off: a name or a term needs none. Around more
    words, or words that speak as "I" or "we", the sentence is refused: without its marks a made-up direct
    speech would still read as one.
    """
    faults: list[Fault] = []

    def marked(match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group)
        if _verbatim(inside, sources):
            return match.group()
        if len(inside.split()) > _FEW or len(inside) > 60 or _PERSON.search(inside):
            faults.append((Reason.QUOTATION, inside))
            return match.group()
        return inside

    return _QUOTED.sub(marked, text), faults


def parts(quoted: str) -> list[str]:
    """A quotation cut where it leaves words out."""
    return [part for part in _ELLIPSIS.split(quoted) if any(char.isalnum() for char in part)]


def _verbatim(inside: str, sources: Sequence[str]) -> bool:
    words = inside.strip(_EDGES)
    if not words:
        return False
    if any(locate(words, source) for source in sources):
        return True
    cut = [part.strip(_EDGES) for part in parts(inside)]
    return len(cut) > 1 and any(all(locate(part, source) for part in cut) for source in sources)
