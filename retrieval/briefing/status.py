"""Knows the words that tell what becomes of somebody or something, each kind in its usual words.

Knows nothing of stories. Words that as often mean something else are left out ("fire", "charge").
"""

from __future__ import annotations

from retrieval.gate.markers import listed

# What is told in a word of one of these is news where none of the same was told before.
STATUS = tuple(
    listed(words)
    for words in """
    die dies died dead death deaths kill kills killed killing fatal fatally fatality fatalities perished slain
    toll deadly
    |arrest arrests arrested detained custody|indicted indictment prosecuted
    |convicted convict conviction guilty sentenced jailed imprisoned|acquitted acquittal exonerated
    |resign resigns resigned resignation quit|dismissed dismissal ousted sacked removed removal
    |appointed appointment nominated nomination|elected re-elected
    |cancel cancelled canceled cancels scrapped abandoned abandon axed terminated terminate
    |suspend suspended suspends suspension halted halt paused pause frozen freeze
    |postponed postpone delayed delay deferred adjourned|resumed resume resumes restarted reopened reopen
    |closed closes closing closure shut shuttered shutdown|approved approves approve approval adopted ratified
    |rejected rejects reject rejection vetoed veto refused refuse refuses declined
    |banned ban bans prohibited outlawed forbidden|recalled recall recalls withdrawn withdrew withdraws
    |sued sue sues lawsuit|settled settlement|bankrupt bankruptcy insolvent insolvency
    |merged merger acquired acquisition takeover|ceasefire truce|evacuated evacuate evacuation evacuations
    |overturned overturn annulled quashed repealed revoked|expired expires|released freed bail
    |seized confiscated|collapsed collapse collapses
    """.split("|")  # noqa: SIM905  a list of lists of words reads best so
)
