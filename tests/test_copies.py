"""Copies count as one voice, updates take their older version's place, and figures that differ are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from libraries import NOW, draft, library_in

from retrieval.copies.alike import independent
from retrieval.types import SHARED, Document, Draft, Scope, person

WIRE = (
    "The ferry Sel Vara ran aground off Hartmoor on Sunday evening with 214 people aboard, the coast guard "
    "said. All passengers were taken off by lifeboats within three hours, and two of them were treated for "
    "cuts. The ferry had left Eastley at 17:40 and lost power in its port engine an hour later.\n\n"
    "Divers found a tear of nine metres in the hull. The company, Vara Lines, said the ship had been "
    "inspected in September without complaint. Its chief engineer, Tove Lind, had reported a leaking valve "
    "in October, according to a log that the harbour office published on Monday.\n\n"
    "Traffic between the two islands is served by a smaller boat until the end of the month. The accident "
    "board expects to report in spring."
)
HEAD, FOOT = (
    "HARTMOOR, Nov. 16 (Northwire) –",
    "Reporting by A. Berg; editing by L. Moe. Sign up for our letters.",
)
NAMES = ("Anders", "Birgit", "Cecilie", "Dagfinn")
OTHER = (
    "Passengers of the ferry that ran aground off Hartmoor have told of a calm night in the lifeboats. "
    "“We sang,” said Mari Ness, a teacher from Eastley, who had been on her way home from a wedding. "
    "Children were wrapped in blankets that the crew had carried up before anybody asked for them. "
    "Two people are still in hospital, where a doctor called their injuries slight."
)


def wire(publisher: str, text: str = WIRE, *, title: str = "Ferry runs aground", **about: object) -> Draft:
    url = f"https://{publisher}/{len(text)}"
    return draft(url, text, title=title, url=url, publisher=publisher, published=NOW, **about)


async def test_a_syndicated_copy_is_a_sibling_and_no_second_voice(tmp_path):
    async with library_in(tmp_path) as library:
        first, copy, other = (
            await library.add(
                [
                    wire("northwire.example"),
                    wire("eastley.example", f"{HEAD} {WIRE}\n\n{FOOT}", title="Ferry aground off Hartmoor"),
                    wire("herald.example", OTHER, title="A night in the lifeboats"),
                ]
            )
        ).added
        assert await library.siblings(first, Scope()) == [copy]
        assert await library.siblings(copy, Scope()) == [first]
        assert not await library.siblings(other, Scope())
        assert independent([first, copy]) == 1
        assert independent([first, copy, other]) == 2


async def test_an_answer_cites_one_of_several_copies(tmp_path):
    async with library_in(tmp_path) as library:
        drafts = [
            wire(f"paper{n}.example", f"{WIRE}\n\nSeen by {name}. {FOOT}") for n, name in enumerate(NAMES)
        ]
        await library.add(drafts)
        hits = await library.search("How many people were aboard the ferry Sel Vara?", Scope())
        told = [hit for hit in hits if "214" in hit.passage.text]
        assert [len(hit.siblings) for hit in told] == [3]
        answer = await library.ask("How many people were aboard the ferry Sel Vara?", Scope())
        assert answer.answered
        assert [len(statement.citations) for statement in answer.statements][:1] == [1]


@pytest.mark.parametrize("numbers", [("12", "17"), ("Twelve", "Seventeen")])
async def test_two_texts_that_differ_in_a_number_are_not_one_and_their_conflict_is_shown(tmp_path, numbers):
    text = (
        "A train derailed near Hartmoor station on Monday morning. {n} people were injured, the fire service "
        "said. The line will stay closed until Thursday. Engineers are looking at the points, which were "
        "replaced last year. Buses run between Hartmoor and Eastley meanwhile."
    )
    async with library_in(tmp_path) as library:
        for n, publisher in zip(numbers, ("one.example", "two.example"), strict=True):
            await library.add([wire(publisher, text.format(n=n), title="Train derails at Hartmoor")])
        hits = await library.search("How many people were injured at Hartmoor?", Scope())
        if numbers[0].isdigit():
            assert [hit.siblings for hit in hits] == [(), ()]
        answer = await library.ask("How many people were injured at Hartmoor?", Scope())
        assert sorted(side.value for side in answer.conflicts[0].sides) == sorted(numbers)
        for statement in answer.statements:
            said = [each for each in numbers if each in statement.text]
            quotes = [citation.quote.text for citation in answer.cited_by(statement)]
            assert all(each in quote for each in said for quote in quotes)


async def test_reports_of_one_form_are_no_copies(tmp_path):
    form = (
        "The Eastley index closed {a} points up at {b} on {day}. Of the {c} shares that were traded, {d} "
        "rose and {e} fell. Turnover came to {f} million crowns, against {g} million the day before. The "
        "crown stood at {h} to the euro, and ten-year bonds paid {i} per cent. Trading resumes at 9:00."
    )
    days = ("Monday", "Tuesday", "Wednesday")
    async with library_in(tmp_path) as library:
        reports = [
            wire(
                "exchange.example",
                form.format(
                    day=day, **{name: str(37 * at + 11 * place) for place, name in enumerate("abcdefghi")}
                ),
                title="Eastley index closes higher",
                aliases=(f"close:{day}",),
            )
            for at, day in enumerate(days, 3)
        ]
        reports = [
            replace(each, key=f"{each.key}{at}", url=f"{each.url}{at}") for at, each in enumerate(reports)
        ]
        added = (await library.add(reports)).added
        assert len(added) == 3
        assert not await library.siblings(added[0], Scope())


async def test_an_update_at_another_address_of_its_publisher_takes_the_older_ones_place(tmp_path):
    first = wire("herald.example", title="LIVE: Ferry runs aground")
    update = replace(
        wire("www.herald.example", f"{WIRE}\n\nThe board said on Monday that the valve had been replaced."),
        publisher="herald.example",
        published=NOW + timedelta(hours=3),
    )
    async with library_in(tmp_path) as library:
        older = (await library.add([first])).added[0]
        quoted = (await library.search("lost power in its port engine", Scope()))[0].passage
        newer = (await library.add([update])).replaced[0]
        assert (newer.number, newer.url) == (older.number, update.url)
        assert (await library.passage(quoted.number, Scope())).replaced
        # the older address, and one that is older still, change nothing
        assert (await library.add([first])).documents == (newer,)
        assert (await library.show(newer.id, Scope()))[1] == update.text


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"title": "What we know of the Sel Vara"}, id="another title"),
        pytest.param({"published": NOW + timedelta(days=9)}, id="another time"),
    ],
)
async def test_what_is_not_clearly_an_update_stays_a_document_of_its_own(tmp_path, about):
    async with library_in(tmp_path) as library:
        first = (await library.add([wire("herald.example")])).added[0]
        again = replace(wire("herald.example", f"{WIRE}\n\n{OTHER}"), **about)
        (second,) = (await library.add([again])).added
        assert await library.siblings(first, Scope()) == [second]
        assert independent([first, second]) == 1


async def test_copies_are_known_after_a_restart_and_forgotten_with_the_text(tmp_path):
    async with library_in(tmp_path) as library:
        first = (await library.add([wire("northwire.example")])).added[0]
    async with library_in(tmp_path) as library:
        copies = [wire(f"paper{n}.example", f"{WIRE}\n\n{n} of a kind. {FOOT}") for n in range(2)]
        one, two = (await library.add(copies)).added
        assert await library.siblings(one, Scope()) == [first, two]
        await library.remove(first.number, SHARED)
        assert [each.number for each in await library.siblings(one, Scope())] == [two.number]
        await library.add([replace(copies[0], text=OTHER)])
        assert not await library.siblings(two, Scope())
        await library.add([wire("late.example", f"{HEAD} {WIRE}")])
        assert [each.publisher for each in await library.siblings(two, Scope())] == ["late.example"]


async def test_nobody_learns_of_anothers_copy(tmp_path):
    anna, ben = person(1), person(2)
    async with library_in(tmp_path) as library:
        hers = (await library.add([wire("a.example", f"{HEAD} {WIRE}")], anna)).added[0]
        his = (await library.add([wire("b.example", f"{WIRE} {FOOT}")], ben)).added[0]
        assert his.copy_of is None
        shared = (await library.add([wire("northwire.example")])).added[0]
        assert shared.copy_of is None
        assert not await library.siblings(hers, Scope.of(anna))
        late = (await library.add([wire("c.example", f"{WIRE}\n\nMore to come.")], anna)).added[0]
        assert {each.number for each in await library.siblings(late, Scope.of(anna))} >= {shared.number}
        for scope in (Scope(), Scope.of(ben)):
            assert all(each.owner != anna for each in await library.siblings(shared, scope))


async def test_what_everybody_prints_is_no_sign_of_a_copy(tmp_path):
    notice = "Subscribe to our letters, follow us wherever you like, and write to the desk with corrections. "
    async with library_in(tmp_path) as library:
        drafts = [
            wire(
                f"p{n}.example",
                " ".join(f"Word{n}x{i} tells of matter{n}y{i}." for i in range(60)) + notice * 3,
            )
            for n in range(70)
        ]
        added = (await library.add(drafts)).added
        assert len(added) == 70
        assert {document.copy_of for document in added} == {None}


def test_publishers_are_counted_by_voice():
    def document(number: int, publisher: str | None, copy_of: int | None = None) -> Document:
        return Document(number, str(number), SHARED, "T", "s", publisher, copy_of=copy_of)

    assert independent([]) == 0
    assert independent([document(1, "a"), document(2, "a")]) == 1
    assert independent([document(1, "a"), document(2, "b"), document(3, "b", 1)]) == 1
    assert independent([document(1, None), document(2, None)]) == 2
    posts = [replace(document(n, name), url=f"https://t.me/{name}/{n}") for n, name in enumerate("ab", 1)]
    assert independent(posts) == 2
    pages = [replace(document(n, name), url="https://www.paper.example/x") for n, name in enumerate("ab", 1)]
    assert independent(pages) == 1
