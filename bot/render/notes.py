"""What is to be said about an answer besides the answer, in whole lines. Knows no message and no style."""

from __future__ import annotations

from collections.abc import Sequence

import prompts
from retrieval.types import Answer, Citation, Document


def notes(answer: Answer) -> list[str]:
    """What was withheld, how the rest was checked, why no model wrote, and that articles are invented."""
    lines = [_withheld(answer), _checked(answer), _without_model(answer), _sample(answer)]
    return [line for line in lines if line]


def shown(answer: Answer) -> Sequence[Citation]:
    """The citations an answer names: those of its statements, else the passages that come nearest."""
    return answer.citations if answer.answered else answer.nearest


def sample_note(documents: Sequence[Document]) -> str | None:
    """What to say where documents come from the sample library, whose articles are invented."""
    if not any(document.sample for document in documents):
        return None
    which = "These are" if all(document.sample for document in documents) else "Some of these are"
    return f"{which} sample articles: invented, like their publishers, for trying Footnote."


def _withheld(answer: Answer) -> str | None:
    if not answer.withheld or answer.without_model == "unsupported":
        return None
    if not answer.answered:
        return prompts.text("withheld_all", count=answer.withheld)
    if answer.withheld == 1:
        return prompts.text("withheld_one")
    return prompts.text("withheld", count=answer.withheld)


def _checked(answer: Answer) -> str | None:
    """How statements were compared with their quotes where that was not word by word."""
    checks = {statement.check for statement in answer.statements}
    if "model" in checks:
        return prompts.text("partly_checked_by_model" if len(checks) > 1 else "checked_by_model")
    return prompts.text("checked_by_meaning") if "meaning" in checks else None


def _without_model(answer: Answer) -> str | None:
    """Why no language model wrote the answer, or why it wrote no more of it."""
    if answer.without_model == "unsupported":
        return prompts.text("without_support", count=answer.withheld)
    if answer.without_model == "budget":
        return prompts.text("cut_by_budget" if answer.mode == "model" else "without_budget")
    if answer.without_model == "outage":
        return prompts.text("cut_by_outage" if answer.mode == "model" else "without_outage")
    return None


def _sample(answer: Answer) -> str | None:
    return sample_note([citation.document for citation in shown(answer)])
