"""Reads the bytes of one file of any kind. Knows nothing of paths, processes and limits."""

from __future__ import annotations

from dataclasses import replace

from retrieval.extract.content import Content, Refused
from retrieval.extract.kinds import Kind, kind_of
from retrieval.extract.titles import title_for

_NOUNS: dict[Kind, str] = {
    "text": "a text file",
    "markdown": "a Markdown file",
    "html": "a web page",
    "pdf": "a PDF",
    "docx": "a Word document",
}


def parse(data: bytes, name: str, url: str = "") -> Content:
    """The clean text of a file with a title, whatever it takes; ``url`` is where it was found, if anywhere.

    Raises Refused with the reason.
    """
    kind, text = kind_of(data, name)
    try:
        content = _parsed(kind, data, text, url)
    except (Refused, MemoryError):
        raise
    except Exception as fault:  # parsers raise anything at all on damaged files
        raise Refused(
            f"is damaged and cannot be read as {_NOUNS[kind]}; get a fresh copy and add that"
        ) from fault
    content = content.cleaned()
    return replace(content, title=content.title or title_for(content.text, name))


def _parsed(kind: Kind, data: bytes, text: str, url: str) -> Content:
    match kind:
        case "pdf":
            from retrieval.extract.pdf import read_pdf

            return read_pdf(data)
        case "docx":
            from retrieval.extract.docx import read_docx

            return read_docx(data)
        case "html":
            from retrieval.extract.html import read_html

            return read_html(text, url)
        case "markdown":
            from retrieval.extract.markdown import read_markdown

            return read_markdown(text)
        case "text":
            from retrieval.extract.plain import read_plain

            return read_plain(text)
