"""Tells sentences that are clear only behind another one, which says whom or what they mean."""

from __future__ import annotations

import re

_LEANS = re.compile(
    r"\W*(?:the (?:second|third|fourth|fifth|others?|latter|former|same)\b"
    r"|(?:[^.]{0,80}, )?(?:(?:but|and|so|yet|or) )?"
    r"(?:it|he|she|they|them|that|this|these|those|such|both|then)\b"
    r"|(?:(?:in|on|at|after|before|during|by|for|with|last|when|while|as|since|under|despite)\b[^.]{0,70}, )?"
    r"(?:(?:but|and|so|yet|or) )?(?:its|his|her|their)\b)"
    r"|.*[\"”] (?:he|she|they|it) (?:said|says|added|told|wrote)\b",
    re.IGNORECASE | re.DOTALL,
)
_PERSONAL = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
_NAMED = re.compile(r"(?<=[\w,;:)’'\"”] )[\"“(]?[A-Z](?:[\w’'-]*[a-z]|\.)")
_NAME_BEHIND = re.compile(r",\s+[\"“]?[A-Z]")  # "In her speech, Ann Rhine …"
# Words that begin a sentence and are no name.
_NO_NAME = (
    "the a an this that these those some all any no one two three it there of to but and or so yet then now "
    "today yesterday still also even just only not nearly about more most many much what how why which "
    "against around last next first later earlier meanwhile however both each every its their is are was "
    "were has have had authorities officials police investigators prosecutors doctors experts critics "
    "supporters in on at by for from with as after before during since until when while where if although "
    "though because despite according following among under over through upon between throughout"
)
_OPENS = re.compile(rf"\W*(?:{'|'.join(_NO_NAME.split())}|\w+ing)\b", re.IGNORECASE)
# Nouns of people, as far as their endings tell: in doubt a word is one.
_SOMEBODY = re.compile(
    r"""
    \b(?: \w*(?:man|men|woman|women|star|child|children|boys?|girls?)
      | \w+(?:ers?|ors?|ist|ian|ants?|ents?|eer|(?:tr|nc|st|ch)ess|ee|yst|iff|ary|ate|ive|al|ect|im|ot|ain)
      | king | queen | pope | prince | kids? | baby | son | wife | husband | friend | chief | coach | guest
      | nurse | judge | guard | hero | chef | uncle | aunt | bride | groom | teen | toddler | person | people
      | somebody | someone | anyone | everyone | nobody | who | whose | whoever | family | spouse
      | \d+-year-old )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def leans(words: str) -> bool:
    """Whether a sentence is clear only behind another one: "It was signed in May", "A storm hit his town"."""
    return bool(_LEANS.match(words)) or _names_nobody(words)


def _names_nobody(words: str) -> bool:
    """Whether a sentence says "he" or "she" before it says of whom."""
    told = _QUOTED.sub(" ", words)
    found = _PERSONAL.search(told)
    if found is None or not _OPENS.match(told) or _NAME_BEHIND.search(told, found.end()):
        return False
    before = told[: found.start()]
    return not (_NAMED.search(before) or _SOMEBODY.search(before))
