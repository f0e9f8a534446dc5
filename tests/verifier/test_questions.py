"""The twelve questions about a household are answered from the export alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cases.models import Household, Unit, User
from cases.rules.packs import Review
from tests.conftest import Road, moment
from tests.flows.test_charts import reverify
from tests.invariants.roads import (
    CONTESTED,
    DEPARTED,
    DISAGREED,
    PLAIN,
    QUESTIONED,
    SCREENED_OUT,
    UNQUALIFIED,
    WELCOME,
    walk_every_road,
)
from tests.months import Month
from tests.verifier.running import Answer, run
from workflow.acts.pausing import resume_term, suspend_term
from workflow.acts.posting import complain
from workflow.ledger.export import export

ROUND = "2024-24646"
DONE = [True] * 12


def asked(folder: Path, code: str, tmp_path: Path, round: str = ROUND) -> list[Any]:
    answer = run(tmp_path, "case", str(folder), round, code)
    assert answer.code == 0, answer.text
    return list(answer.data["answers"])


def met(answers: list[Any]) -> list[Any]:
    return [answer["met"] for answer in answers]


def lines(answers: list[Any], number: int) -> list[Any]:
    return list(answers[number - 1]["answer"])


def exported(road: Any, folder: Path) -> Path:
    export(road.commune, folder, at=road.at, private=True)
    return folder


@pytest.fixture
def every_road(road: Road, make_households: Callable[..., list[Household]], tmp_path: Path) -> Path:
    walk_every_road(road, make_households)
    return exported(road, tmp_path / "record")


def test_a_household_that_went_the_straight_road(record: Path, tmp_path: Path) -> None:
    answers = asked(record, "24646-00002", tmp_path)

    none = {7: None, 8: None, 11: None}
    assert met(answers) == [none.get(number, True) for number in range(1, 13)]
    assert lines(answers, 1)[0]["basis"] == "LAST_YEAR"
    assert lines(answers, 2)[0]["days"] == "2024-10-01"
    assert lines(answers, 3)[0]["results"] == [100, "111000000000"]
    assert (lines(answers, 4)[0]["tallies"], lines(answers, 4)[0]["attendance"]) == ([40, 0, 0], 40)
    assert lines(answers, 5)[0]["minutes_number"] == "01/BB"
    (posted, closed) = lines(answers, 6)
    assert (posted["day"], posted["until"]) == ("2024-10-01", "2024-10-04")
    assert posted["village_place"] == "Nhà văn hóa thôn"
    assert closed["day"] > posted["until"]
    assert lines(answers, 9)[1]["opinion"] == "CONSENT"
    assert lines(answers, 10)[0]["by"] == "Võ Văn Bình"
    assert lines(answers, 12)[0]["pack"] == "qd24-2021-3cap"


def test_a_complaint_and_its_reverification(private_record: Path, tmp_path: Path) -> None:
    answers = asked(private_record, "24646-00001", tmp_path)

    assert met(answers) == DONE
    complaint, reverification = lines(answers, 7)
    assert (complaint["code"], reverification["code"]) == ("complain", "reverify")
    assert complaint["content"] == "Nhà ông ấy có hai xe máy"
    assert reverification["outcome"] == "Giữ nguyên"
    assert [line["code"] for line in lines(answers, 11)] == ["reverify"]
    assert lines(answers, 2)[0]["reviewers"] == "Nguyễn Thị Lan"


def test_who_surveyed_is_withheld_where_names_were_not_given_out(
    record: Path, tmp_path: Path
) -> None:
    answers = asked(record, "24646-00001", tmp_path)

    assert "reviewers" not in lines(answers, 2)[0]
    assert not {"content", "outcome"} & {name for line in lines(answers, 7) for name in line}


@pytest.mark.parametrize(
    "code", [PLAIN, CONTESTED, QUESTIONED, DISAGREED, DEPARTED, WELCOME, UNQUALIFIED, SCREENED_OUT]
)
def test_nothing_is_unmet_on_any_lawful_road(code: str, every_road: Path, tmp_path: Path) -> None:
    answers = asked(every_road, code, tmp_path)

    # The meeting at which fewer than half agreed is told, and that another was held.
    assert False not in met(answers)
    if code == DISAGREED:
        assert len(lines(answers, 4)) == 2


def test_a_late_reverification_is_not_met(road: Road, tmp_path: Path) -> None:
    contested = with_a_complaint(road)
    reverify(road.pass_days(9), contested)

    answers = asked(exported(road, tmp_path / "record"), contested.code, tmp_path)

    assert answers[7]["met"] is False
    assert lines(answers, 8)[0]["until"] < lines(answers, 8)[1]["day"]


def test_a_reverification_that_still_may_come_is_not_judged(road: Road, tmp_path: Path) -> None:
    contested = with_a_complaint(road)

    answers = asked(exported(road, tmp_path / "record"), contested.code, tmp_path)

    assert (answers[6]["met"], answers[7]["met"]) == (True, None)


def test_one_that_never_came_is_overdue(road: Road, tmp_path: Path) -> None:
    contested = with_a_complaint(road)
    road.pass_days(30)

    answers = asked(exported(road, tmp_path / "record"), contested.code, tmp_path)

    assert answers[7]["met"] is False


def test_a_limit_that_stood_still_is_told_and_not_judged(road: Road, tmp_path: Path) -> None:
    contested = with_a_complaint(road)
    named = {"term": "reverification", "village": "24646.001", "case": contested.code}
    words = {**named, "reason": "bão", "paper": "1/CV"}
    suspend_term(round=road.round, **words, **road.who("hoa"))
    road.pass_days(9)
    resume_term(round=road.round, **words, **road.who("hoa"))
    reverify(road, contested)

    answers = asked(exported(road, tmp_path / "record"), contested.code, tmp_path)

    assert answers[7]["met"] is True
    told = [line["code"] for line in lines(answers, 8)]
    assert told == ["complain", "suspend_term", "resume_term", "reverify"]


def with_a_complaint(road: Road) -> Any:
    road.open().list().survey().classify().meet().post().pass_days(1)
    contested = road.cases()[0]
    complain(case=contested, complainant="Ông Tám", content="Sai", **road.who("minh"))
    return contested


def test_an_opinion_that_is_overdue(road: Road, tmp_path: Path) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    waiting = asked(exported(road, tmp_path / "early"), "24646-00001", tmp_path)
    road.pass_days(20)
    overdue = asked(exported(road, tmp_path / "late"), "24646-00001", tmp_path)

    assert (waiting[8]["met"], overdue[8]["met"]) == (None, False)


def test_a_month_without_meeting_and_opinion(
    calendar: None,
    cast: dict[str, User],
    tan_lap: Unit,
    make_households: Callable[..., list[Household]],
    tmp_path: Path,
) -> None:
    (household,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    month = Month(cast, tan_lap, Review.AVERAGE_LIVING).open()
    case = month.ask(household)
    month.on("2024-05-15").start().earn(case, 100_000_000)
    month.do("hoa", "post_list", month.review, commune_place="Trụ sở UBND xã")

    key = month.round.key
    answers = asked(exported(month, tmp_path / "record"), case.code, tmp_path, key)

    assert lines(answers, 1)[0]["forms"] == "15/GĐN"
    assert lines(answers, 3)[0]["incomes"] == [4, 100_000_000, 0]
    assert (answers[3]["answer"], answers[3]["met"]) == ([], None)


def test_an_ad_hoc_month(
    calendar: None,
    cast: dict[str, User],
    tan_lap: Unit,
    make_households: Callable[..., list[Household]],
    tmp_path: Path,
) -> None:
    (household,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    month = Month(cast, tan_lap).open()
    case = month.ask(household)
    month.on("2024-05-15").start()
    month.survey(case)
    month.meet().post().on("2024-05-21").close().decide().answer()

    answers = asked(exported(month, tmp_path / "record"), case.code, tmp_path, month.round.key)

    assert False not in met(answers)
    assert (lines(answers, 9), answers[8]["met"]) == ([], None)
    assert lines(answers, 10)[0]["decided_class"] == "POOR"


def test_a_vote_under_half_that_was_called_agreed_is_not_met(record: Path, tmp_path: Path) -> None:
    from tests.verifier.running import load

    verifier = load()
    check = verifier.Check(ROUND, "24646-00002")
    check.run(record)
    (meeting,) = [act for act in check.story if act["code"] == "hold_meeting"]
    meeting["told"]["facts/tallies/24646-00002"] = [19, 0, 0]

    assert verifier.answers(check)[3]["met"] is False


def test_what_the_pack_demands_and_nobody_did_is_not_met(record: Path) -> None:
    from tests.verifier.running import load

    verifier = load()
    check = verifier.Check(ROUND, "24646-00002")
    check.run(record)
    check.story = [act for act in check.story if act["code"] != "hold_meeting"]

    assert [verifier.answers(check)[n]["met"] for n in (3, 4, 5)] == [False, False, True]


def test_a_case_that_is_not_there_is_refused(record: Path, tmp_path: Path) -> None:
    for round, code in ((ROUND, "24646-99999"), ("2023-24646", "24646-00001")):
        answer = run(tmp_path, "case", str(record), round, code)
        assert (answer.code, answer.errors) == (2, "")


def test_the_answers_read_in_vietnamese_and_in_english(record: Path, tmp_path: Path) -> None:
    def text(*options: str) -> str:
        answer: Answer = run(
            tmp_path, "case", str(record), ROUND, "24646-00001", *options, as_json=False
        )
        assert answer.code == 0
        return answer.text

    assert "4. Họp dân" in text()
    assert "4. Meeting" in text("--english")
    assert moment("2024-10-01").date().isoformat() in text()
