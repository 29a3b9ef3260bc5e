"""The Bot API double can be told to fail in every way collected, and asks for patience when hurried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botapi
import httpx
import pytest
from botapi import BotApi, Fault, Person
from botapi.records import Chat
from botapi.rules import RefusalError, check_pace

FAULTS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "security" / "telegram_faults.jsonl"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as double:
        yield double


@pytest.fixture
def anna(api: BotApi) -> Person:
    """Anna, who has already pressed Start."""
    person = api.person(7, "Anna")
    person.starts()
    return person


def call(api: BotApi, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
    answer = httpx.post(f"{api.url}/bot{api.token}/{method}", json=params)
    return answer.status_code, answer.json()


def test_every_fault_that_others_collected_can_be_ordered(api: BotApi, anna: Person) -> None:
    if not FAULTS.exists():
        pytest.skip("the collected faults are not on this machine")
    for row in map(json.loads, FAULTS.read_text().splitlines()):
        fault = dict(row["fault"])
        method = fault.pop("method", "sendMessage")
        if fault.pop("fault", None) == "dns":
            with api.unreachable(), pytest.raises(httpx.ConnectError):
                call(api, "sendMessage", chat_id=anna.id, text="hi")
        elif fault.pop("update", None):
            assert "too big" in call(api, "getFile", file_id=_large_file(anna, **fault))[1]["description"]
        elif "repeat" in fault or "count" in fault:
            continue  # told above: updates come again, a backlog comes in hundreds
        elif "file_path" in fault:
            api.breaks("getFile", botapi.altered(**fault))
            file = anna.uploads(b"x").file
            assert file is not None
            assert call(api, "getFile", file_id=file.id)[1]["result"]["file_path"] == fault["file_path"]
        else:
            before = len(api.sent(anna))
            api.breaks(method, Fault(**fault))
            answer = httpx.post(f"{api.url}/bot{api.token}/{method}", json={"chat_id": anna.id, "text": "hi"})
            assert answer.status_code == fault.get("status", 200)
            assert fault.get("description", "") in answer.text
            assert len(api.sent(anna)) - before == fault.get("delivered", False)


def _large_file(person: Person, file_size: int) -> str:
    file = person.uploads(b"x", size=file_size).file
    assert file is not None
    return file.id


def test_with_pacing_on_it_asks_for_patience() -> None:
    with BotApi(pacing=True) as api:
        anna, ben = api.person(7, "Anna"), api.person(8, "Ben")
        anna.starts()
        ben.starts()
        answers = [call(api, "sendMessage", chat_id=to.id, text="hi") for to in (anna, ben, anna)]
        assert [status for status, _ in answers] == [200, 200, 429]
        assert answers[2][1]["parameters"] == {"retry_after": 1}
        frames = [
            call(api, "sendMessageDraft", chat_id=to.id, draft_id=1, text="hi") for to in (anna, ben, anna)
        ]
        assert [status for status, _ in frames] == [200, 200, 429]
        assert frames[2][1]["parameters"] == {"retry_after": 3}


def test_the_pace_of_groups_and_of_all_chats_together() -> None:
    group, other = Chat(-1, "supergroup", "Team"), Chat(-2, "supergroup", "Other")
    minute = [(2.0 * second, -1, False) for second in range(20)]
    check_pace(minute[:19], group, 40.0, edit=False)
    check_pace(minute, other, 40.0, edit=False)
    with pytest.raises(RefusalError, match="retry after 20"):
        check_pace(minute, group, 40.0, edit=False)
    with pytest.raises(RefusalError, match="retry after 1"):
        check_pace([(0.5, number, False) for number in range(30)], group, 1.0, edit=True)
