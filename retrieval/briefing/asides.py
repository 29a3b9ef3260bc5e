"""Tells what of a text is never told: noise, orders, broken quotations and asides of its publisher.

Knows nothing of stories.
"""

from __future__ import annotations

import re

from retrieval.noise import is_noise
from retrieval.writing.neutral import commands

_ASIDE = re.compile(
    r"""
      \A\W*(?:contribut(?:ing|ors?)|reporting|byline|written\ by)\b\s*:
    | \A\W*(?:editor(?:s|['’]s|s['’])?\ note\b|(?:correction|clarification)\s*[:,(])
    | \A\W*(?:contact|reach|email|e-mail|call|text|follow)\ (?:our\ |(?-i:[A-Z]))
    | [\w.+-]+@[\w-]+\.[a-z] | https?:// | \bwww\.
    | \A\W*(?:sign\ up|subscribe|have\ a\ (?:news\ )?tip|read\ more|read\ also|see\ also|related:)
    | \A\W*(?:take\ a\ (?:closer\ )?look|have\ a\ look|watch\ (?:for|out)|(?:learn|find\ out)\ more)\b
    | \A\W*see\ (?:the\ |more\ |our\ )?(?:photos?|pictures?|images?|videos?|lists?|maps?|schedules?)\b
    | \A\W*here(?:['’]s|\ is|\ are)\ (?:an?|some|how|what|when|where|why|who|which|everything|more|our|the)\b
    | \A\W*to\ (?:learn|find\ out|read|see|hear|know)\ more\b | \b\d{3}-\d{3}-\d{4}\b
    | \b(?:these|those)\ \d+\ (?:things|ways|tips|facts|dates|questions|charts|maps|photos)\b
    | \b[\w-]+\.(?:com|org|net|gov|edu|io)/\w
    | \A\W*[“"][^“”"]{1,20}[,.?!]?[”"]\ (?:\w+\ ){0,4}(?:said|says|replied|added|asked|answered)\b
    | \b(?:check|visit|available\ (?:at|on)|found\ (?:at|on)|(?:more|details|information)\ (?:at|on))
      \ (?:\w+\ ){0,4}[\w-]+\.(?:com|org|net|gov|edu|io)\b
    | \b(?:reporter|correspondent|columnist|editor|writer|journalist|producer)\b.{0,60}\bcovers\b
    | \b(?:is|are)\ (?:an?|the)\ (?:[\w'’-]+\ ){0,4}
      (?:reporter|correspondent|columnist|journalist|fellow|intern)s?\ (?:at|for|with|on|based|covering)\b
    | \A\s*[:;,.)] | \A\s*\([^()]*\)\W*\Z | \beditor(?:s|['’]s|s['’])?\ note\b | \bupdated\b.{0,30}\d:\d\d
    | \A\W*for\ (?:a|the)\ (?:full|complete|whole)\b
    | \bsee\ (?:[\w'’]+\ ){1,4}(?:previous|earlier)\ (?:reporting|coverage)\b
    | :\s+sold\ (?:in|at|by|under)\b | \bUPCs?\ (?:codes?\ |numbers?\ )?\d | \bestablishment\ numbers?\b
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


def unfit(sentence: str) -> bool:
    """Whether a sentence is never to be told."""
    broken = (
        _unclosed(sentence)
        or sentence.rstrip().endswith(":")
        or sentence.count("(") != sentence.count(")")
        or sentence[:1].islower()
    )
    return bool(broken or is_noise(sentence) or _ASIDE.search(sentence) or commands(sentence))


def _unclosed(sentence: str) -> bool:
    """Whether a quotation begins or ends outside of a sentence: “so”, „so“ and ”so” are whole."""
    low, left, right = (sentence.count(mark) for mark in "„“”")
    if sentence.count('"') % 2:
        return True
    if low:
        return low != left + right
    return left != right if left else bool(right % 2)
