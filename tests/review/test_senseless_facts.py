"""An act given senseless facts answers BadFact or Refused, and leaves nothing behind."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.models import Act, Event, Meeting, Posting, Survey, Tally
from cases.rules.standards import MeasureError
from tests.conftest import Road, moment
from tests.taken_back import taken_back
from workflow.acts import registry
from workflow.acts.registry import BadFact
from workflow.machine.refusals import Refused

NO_ANSWER: tuple[type[Exception], ...] = (BadFact, Refused, MeasureError)

GARBAGE: list[Any] = [
    None,
    "",
    "chữ",
    "\x00",
    "a\x00b",
    "<script>alert(1)</script>" * 50_000,
    "x" * 1_000_000,
    -1,
    0,
    3.5,
    32_768,
    2**31,
    10**30,
    True,
    [],
    {},
    {"24646-00001": None},
    {"24646-00001": 5},
    {"24646-00001": "abc"},
    {"24646-00001": [1, -1, 0]},
    {"24646-00001": [10**30]},
    {"24646-00001": [None]},
    {"24646-00001": ["40"]},
    {"24646-00001": "\x00"},
    {5: "lý do"},
    {None: None},
    {"x" * 100_000: "lý do"},
    {"không có": "lý do"},
    object(),
    date(1, 1, 1),
    date(9999, 12, 31),
    date(2024, 12, 31),
    datetime(2024, 10, 1),
    [None] * 12,
    ["yes"] * 12,
    [True] * 13,
]

POOR_FLAGS = [True, True, True] + [False] * 9
DAY = date(2024, 10, 1)
PLACES = {"village_place": "Nhà văn hóa", "commune_place": "UBND xã"}
MINUTES: dict[str, Any] = {
    "held_on": DAY,
    "place": "Nhà văn hóa",
    "chair": "hung",
    "secretary_name": "Thu",
    "attendance": 40,
    "committee_present": 2,
    "reviewers_present": 1,
    "households_present": 30,
    "organisations_present": 2,
    "front_invited": True,
    "minutes_number": "01/BB",
    "minutes_signed": True,
    "tallies": {f"24646-0000{n}": (40, 0, 0) for n in range(1, 6)},
    "agree": 40,
}
SHEET = {
    "surveyed_on": DAY,
    "reviewer_name": "Lan",
    "income_score": 100,
    "deprived": POOR_FLAGS,
}

# act, who, how far the road is walked first, what it is on, good facts
STEPS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    (
        "open_round",
        "binh",
        "",
        "commune",
        {"year": 2024, "plan_paper": "1", "committee_paper": "2"},
    ),
    ("receive_request", "minh", "open", "round", {"household": "24646-00001", "form_number": "7"}),
    ("survey", "lan", "open list", "case", SHEET),
    ("hold_meeting", "thu", "open list survey classify", "village", MINUTES),
    ("post_list", "hung", "open list survey classify meet", "village", PLACES),
    (
        "complain",
        "minh",
        "open list survey classify meet post",
        "case",
        {"complainant": "Bà Năm", "content": "Nhà ấy có xe"},
    ),
    ("record_departure", "minh", "open list", "case", {"reason": "MOVED", "paper": "Giấy"}),
    (
        "sign_report",
        "binh",
        "open list survey classify meet post wait close",
        "round",
        {"number": "1/BC"},
    ),
    (
        "give_opinion",
        "quyen",
        "open list survey classify meet post wait close report",
        "round",
        {"number": "1", "questions": {"24646-00001": "Xem lại"}},
    ),
    (
        "sign_decision",
        "binh",
        "open list survey classify meet post wait close report consent",
        "round",
        {"number": "9/QĐ"},
    ),
]


def walk(road: Road, steps: str) -> None:
    for step in steps.split():
        road.pass_days(7) if step == "wait" else getattr(road, step)()


def target_of(road: Road, kind: str) -> Any:
    if kind == "commune":
        return road.commune
    if kind == "round":
        return road.round
    return road.reviews[0] if kind == "village" else road.cases()[0]


def rows() -> list[int]:
    return [model.objects.count() for model in (Act, Event, Meeting, Tally, Survey, Posting)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[0])
def test_garbage_in_any_fact_is_answered_and_leaves_nothing(road: Road, step: Any) -> None:
    code, who, steps, kind, good = step
    walk(road, steps)
    target, before = target_of(road, kind), rows()
    wrong: list[str] = []
    for field in good:
        for number, value in enumerate(GARBAGE):
            facts = {**good, field: value}
            done = None
            try:
                with taken_back():
                    key = f"{code}-{field}-{number}"
                    done = registry.do(code, target, facts, by=road.cast[who], at=road.at, key=key)
            except NO_ANSWER:
                pass
            except Exception as error:  # noqa: BLE001 (every other answer is a fault)
                wrong.append(f"{field}={str(value)[:40]!r}: {type(error).__name__} {error}"[:160])
            if done and isinstance(value, str) and (len(value) > 5000 or "\x00" in value):
                wrong.append(f"{field}={value[:40]!r} was taken")
            if rows() != before:
                raise AssertionError(f"{field}={value!r} left rows")
    assert wrong == []


def test_votes_below_zero_do_not_make_room_for_more_yes(road: Road) -> None:
    road.open().list().survey().classify()
    votes = dict.fromkeys(MINUTES["tallies"], (100, -60, 0))
    facts = {**MINUTES, "tallies": votes}
    with pytest.raises(BadFact):
        registry.do("hold_meeting", road.reviews[0], facts, **road.who("thu"))


@pytest.mark.parametrize(
    "held_on", [date(2024, 10, 2), date(2024, 8, 31), date(2024, 9, 30), date(1999, 1, 1)]
)
def test_a_meeting_is_held_after_its_surveys_within_the_window_and_not_in_the_future(
    road: Road, held_on: date
) -> None:
    road.open().list().survey().classify()
    facts = {**MINUTES, "held_on": held_on}
    with pytest.raises(Refused) as refused:
        registry.do("hold_meeting", road.reviews[0], facts, **road.who("thu"))
    assert refused.value.codes == {"met_in_round"}


@pytest.mark.parametrize(
    "part",
    ["committee_present", "reviewers_present", "households_present", "organisations_present"],
)
def test_no_part_of_those_present_is_larger_than_all(road: Road, part: str) -> None:
    road.open().list().survey().classify()
    facts = {**MINUTES, part: 41}
    with pytest.raises(Refused) as refused:
        registry.do("hold_meeting", road.reviews[0], facts, **road.who("thu"))
    assert refused.value.codes == {"parts_fit_attendance"}


def test_a_household_is_reverified_after_its_complaint_not_before(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(2)
    case = road.cases()[0]
    complaint = {"complainant": "Bà Năm", "content": "Nhà ấy có xe"}
    registry.do("complain", case, complaint, **road.who("minh"))
    facts = {**SHEET, "surveyed_on": date(2024, 10, 2), "outcome": "giữ nguyên"}
    with pytest.raises(Refused) as refused:
        registry.do("reverify", case, facts, **road.who("hoa"))
    assert refused.value.codes == {"surveyed_anew"}
    facts["surveyed_on"] = date(2024, 10, 3)
    registry.do("reverify", case, facts, **road.who("hoa"))


def test_a_household_the_meeting_sent_back_is_surveyed_after_that_meeting(road: Road) -> None:
    road.open().list().survey().classify()
    road.pass_days(2).meet(agree=3).pass_days(2)
    case = road.cases()[0]
    facts = {**SHEET, "surveyed_on": date(2024, 10, 2)}
    with pytest.raises(Refused) as refused:
        registry.do("survey", case, facts, **road.who("lan"))
    assert refused.value.codes == {"surveyed_anew"}
    registry.do("survey", case, {**facts, "surveyed_on": date(2024, 10, 3)}, **road.who("lan"))


def test_text_typed_as_separate_marks_is_kept_as_whole_letters(road: Road) -> None:
    import unicodedata

    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    facts = {"complainant": unicodedata.normalize("NFD", "Bà Nguyễn Thị Năm"), "content": "a\nb"}
    registry.do("complain", case, facts, **road.who("minh"))
    complaint = case.complaints.get()
    assert (complaint.complainant, complaint.content) == ("Bà Nguyễn Thị Năm", "a\nb")


def test_an_act_of_another_year_meets_the_window_of_its_own_round(road: Road) -> None:
    road.open()
    road.at = moment("2025-10-01")
    with pytest.raises(Refused) as refused:
        registry.do("build_list", road.round, {}, **road.who("hoa"))
    assert refused.value.codes == {"within_window"}


def test_two_rounds_of_two_years_do_not_touch_each_other(road: Road) -> None:
    road.open().list()
    first = road.round
    road.at += timedelta(days=365)
    facts = {"year": 2025, "plan_paper": "1", "committee_paper": "2"}
    second = registry.do("open_round", road.commune, facts, **road.who("binh"))
    with pytest.raises(Refused) as refused:
        registry.do("build_list", second, {}, **road.who("hoa"))
    assert refused.value.codes == {"nothing_to_do"}
    assert first.cases.count() == 5
