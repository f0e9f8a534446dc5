"""Every road of the law as a scenario: played to its end, with its refusals, on an empty database."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cases import pack_editions
from cases.models import (
    Act,
    Case,
    CertificateRow,
    ConflictNote,
    Decision,
    HouseholdSuccession,
    Meeting,
    MonthlyReport,
    Opinion,
    Posting,
    RefusalLetter,
    Report,
    Round,
    RunningTerm,
    Standing,
    Survey,
    TermPause,
    TermRecount,
)
from cases.models.rounds import key_parts
from cases.rules.packs import SHIPPED
from tests.imports.conftest import row_counts
from workflow.following import charts_disagree
from workflow.invariants import audit
from workflow.scenarios import play, read_scenario

SCENARIOS = Path("docs/scenarios")
# A road brings its own units and households; the others need the national units and a workbook.
ROADS = sorted(
    path.stem
    for path in SCENARIOS.glob("*.toml")
    if any(step["do"] == "change_units" for step in tomllib.loads(path.read_text("utf-8"))["step"])
)
# What a road leaves late on purpose: the audit says so, and nothing else.
LATE = {
    "khieu-nai": {("INV-14", "90002-00002")},
    "sap-xep-xa": {("INV-22", "90011-00002"), ("INV-22", "90011-00003")},
}
End = Callable[[], None]
ENDS: dict[str, End] = {}


@pytest.fixture(autouse=True)
def stage(calendar: None, demonstration: None) -> Iterator[None]:
    """An empty database with the calendar; scenarios set their stage in demonstrations only."""
    yield
    pack_editions.forget()


def end(name: str) -> Callable[[End], End]:
    """Bind what is true at the end of a road to its file."""

    def bind(check: End) -> End:
        ENDS[name] = check
        return check

    return bind


def cases(key: str) -> dict[str, tuple[str, str]]:
    """Return the state and the decided class of a round's cases by the end of their codes."""
    rows = Case.objects.filter(round__in=Round.objects.filter(**(key_parts(key) or {})))
    told = rows.order_by("code").values_list("code", "state", "decided_class")
    return {code.partition("-")[2].lstrip("0"): (state, cls) for code, state, cls in told}


def listed(key: str) -> dict[str, str]:
    """Return the class at the opening of a round's cases by the end of their codes."""
    rows = Case.objects.filter(round__in=Round.objects.filter(**(key_parts(key) or {})))
    told = rows.exclude(state="new").order_by("code").values_list("code", "opening_class")
    return {code.partition("-")[2].lstrip("0"): cls for code, cls in told}


def certificates(code: str) -> list[tuple[int, str, bool]]:
    """Return year, class and whether it still holds of a household's certificates."""
    rows = CertificateRow.objects.filter(household__code=code).order_by("pk")
    told = rows.values_list("year", "household_class", "cancelled_by")
    return [(year, cls, cancelled is None) for year, cls, cancelled in told]


def days_of_terms(code: str, **of: Any) -> list[tuple[date, date]]:
    terms = RunningTerm.objects.filter(code=code, **of).order_by("pk")
    return [(term.starts_on, term.ends_on) for term in terms]


@pytest.mark.parametrize("name", ROADS)
def test_a_road_leads_to_its_end_and_what_is_refused_on_it_writes_nothing(name: str) -> None:
    scenario = read_scenario(SCENARIOS / f"{name}.toml")
    refusals = {step.number for step in scenario.steps if step.expect != "done"}
    before: dict[str, int] = {}

    for step in play(scenario):
        if step.step in refusals:
            assert row_counts() == before, step
        if step.step + 1 in refusals:
            before = row_counts()

    ENDS[name]()


@pytest.mark.parametrize("name", ROADS)
def test_a_road_that_was_interrupted_goes_on_and_ends_clean_and_once(name: str) -> None:
    scenario = read_scenario(SCENARIOS / f"{name}.toml")
    half = replace(scenario, steps=scenario.steps[: len(scenario.steps) // 2])

    list(play(half))
    list(play(scenario))

    acts, rows = Act.objects.count(), row_counts()
    breaches = {(breach.invariant, breach.case_code) for breach in audit(Round.objects.all())}
    assert breaches == LATE.get(name, set())
    assert charts_disagree() == []
    list(play(scenario))
    assert (Act.objects.count(), row_counts()) == (acts, rows)


@end("khao-sat-lai")
def _surveyed_again() -> None:
    ends = cases("2024-90001")
    assert ends["1"] == ends["4"] == ("certified", "POOR")
    assert ends["2"] == ends["3"] == ("certified", "NEAR_POOR")
    assert ends["12"] == ("refused", "")
    assert Survey.objects.filter(case__code="90001-00003").count() == 3
    assert Meeting.objects.filter(village_review__village__code="90001.001").count() == 3
    assert ConflictNote.objects.count() == 1


@end("khieu-nai")
def _contested() -> None:
    ends = cases("2024-90002")
    assert ends["1"] == ("certified", "NEAR_POOR")
    assert ends["2"] == ends["3"] == ("certified", "POOR")
    assert Posting.objects.filter(case__code="90002-00001").count() == 2
    late = RunningTerm.objects.get(code="reverification", case__code="90002-00002")
    assert late.ends_on == date(2024, 10, 16) and late.ended_at is not None
    assert late.ended_at.date() == date(2024, 10, 21)


@end("gian-doan-niem-yet")
def _interrupted() -> None:
    assert [last for _first, last in days_of_terms("posting")] == [
        date(2024, 10, 11),
        date(2024, 10, 17),
        date(2024, 10, 22),
    ]
    assert Posting.objects.exclude(interruption="").count() == 3
    assert set(cases("2024-90003").values()) == {
        ("certified", "POOR"),
        ("certified", "NEAR_POOR"),
        ("escaped", "NOT_POOR"),
    }


@end("y-kien")
def _questioned() -> None:
    assert (Report.objects.count(), Opinion.objects.count()) == (2, 2)
    assert cases("2024-90004")["1"] == ("certified", "NEAR_POOR")
    assert Decision.objects.get().signed_at.date() == date(2024, 11, 18)


@end("rut-de-nghi")
def _withdrawn() -> None:
    ends = cases("2024-90005")
    assert {code for code, (state, _cls) in ends.items() if state == "withdrawn"} == set("567")
    assert RefusalLetter.objects.get().case.code == "90005-00008"
    assert not RunningTerm.objects.filter(ended_at__isnull=True).exists()


@end("ho-bien-dong")
def _changed_households() -> None:
    ends = cases("2024-90006")
    assert {code for code, (state, _cls) in ends.items() if state == "left"} == set("13478")
    assert ends["11"] == ("certified", "POOR")
    assert ends["12"] == ends["13"] == ("certified", "NEAR_POOR")
    assert "14" not in ends
    pairs = HouseholdSuccession.objects.order_by("old__code").values_list("old__code", "new__code")
    assert [(old[-2:], new[-2:]) for old, new in pairs] == [
        ("02", "11"),
        ("07", "12"),
        ("08", "12"),
    ]


@end("sau-quyet-dinh")
def _after_the_decision() -> None:
    ends = cases("2024-90007")
    assert certificates("90007-00001") == [(2025, "POOR", True)]
    assert ends["2"] == ("escaped", "NOT_POOR")
    assert certificates("90007-00002") == [(2025, "POOR", False)]
    assert certificates("90007-00007") == [(2025, "NEAR_POOR", False), (2025, "POOR", True)]
    assert Standing.objects.get(household__code="90007-00007", year=2024).household_class == "POOR"
    assert ends["10"][0] == "refused"
    assert RefusalLetter.objects.filter(case__code="90007-00010").count() == 2
    assert certificates("90007-00011") == [(2025, "NEAR_POOR", True)]
    assert ends["8"] == ("certified", "NEAR_POOR")


@end("thuong-xuyen")
def _ad_hoc() -> None:
    may = cases("2026tx05-90008")
    assert may["6"] == may["3"] == ("certified", "POOR")
    assert may["2"] == ("certified", "NEAR_POOR")
    assert may["4"] == ("escaped", "NOT_POOR")
    assert may["5"][0] == may["7"][0] == "refused"
    assert days_of_terms("whole") == [(date(2026, 5, 15), date(2026, 6, 1))]
    assert certificates("90008-00006") == [(2026, "POOR", True)]
    reports = MonthlyReport.objects.order_by("pk").values_list(
        "round__month", "entered_poor", "left_near_poor", "refused", "due_on"
    )
    assert list(reports) == [
        (5, 2, 2, 2, date(2026, 6, 5)),
        (6, 0, 0, 0, date(2026, 7, 5)),
    ]
    autumn = {"1": "POOR", "2": "NEAR_POOR", "3": "POOR", "5": "POOR", "6": "POOR"}
    assert listed("2026-90008") == autumn


@end("muc-song-trung-binh")
def _average_living() -> None:
    ends = cases("2026mstb03-90009")
    assert {code for code, (state, _cls) in ends.items() if state == "confirmed"} == set("23")
    assert {code for code, (state, _cls) in ends.items() if state == "refused"} == set("457")
    assert ends["6"] == ("withdrawn", "")
    assert days_of_terms("posting") == [
        (date(2026, 3, 17), date(2026, 3, 24)),
        (date(2026, 3, 18), date(2026, 3, 25)),
    ]
    assert not CertificateRow.objects.exists()


@end("thu-nhap-thap")
def _low_income() -> None:
    ends = cases("2026ltnt03-90010")
    assert {code: state for code, (state, _cls) in ends.items()} == {
        "1.02": "confirmed",
        "1.03": "refused",
        "2.01": "confirmed",
        "3.01": "withdrawn",
        "3.02": "left",
    }
    assert set(Case.objects.values_list("persons", flat=True)) == {1}
    assert not Standing.objects.filter(year=2026).exists()


@end("thuong-xuyen-su-co")
def _ad_hoc_with_trouble() -> None:
    ends = cases("2026tx06-90020")
    assert ends["1"] == ends["2"] == ends["4"] == ("certified", "NEAR_POOR")
    assert ends["3"][0] == "refused"
    whole = RunningTerm.objects.get(code="whole")
    assert whole.ends_on == date(2026, 7, 2)
    assert whole.ended_at is not None and whole.ended_at.date() <= whole.ends_on
    managed = Standing.objects.filter(year=2025, household_class="NEAR_POOR")
    assert managed.filter(household__code__startswith="90020-").count() == 4


@end("sap-xep-xa-mua-thu")
def _communes_merged_in_autumn() -> None:
    certified = {("certified", "POOR"), ("certified", "NEAR_POOR"), ("escaped", "NOT_POOR")}
    for key in ("2025-90021", "2025-90022"):
        assert set(cases(key).values()) <= certified
    following = Case.objects.filter(round__year=2026, round__commune__code="90023")
    assert sorted(following.values_list("code", "opening_class")) == [
        ("90021-00001", "POOR"),
        ("90021-00002", "POOR"),
        ("90021-00003", "POOR"),
        ("90022-00001", "NEAR_POOR"),
        ("90022-00002", "NEAR_POOR"),
    ]


@end("sap-xep-xa")
def _communes_merged() -> None:
    rounds = {round.key: round for round in Round.objects.select_related("keeper", "superior")}
    for key in ("2025tx06-90011", "2025tx07-90012"):
        kept = rounds[key]
        assert (kept.keeper.code, kept.superior.code) == ("90013", "68")
        assert (kept.pack, kept.commune_name) == ("qd24-2021-2cap-tx", kept.commune_version.name)
    assert cases("2025tx06-90011") == {
        "2": ("certified", "POOR"),
        "3": ("escaped", "NOT_POOR"),
    }
    assert cases("2025tx07-90012") == {
        "2": ("certified", "NEAR_POOR"),
        "3": ("refused", "NOT_POOR"),
    }
    # Codes keep the commune that gave them; both are on the one list now.
    autumn = Case.objects.filter(round=rounds["2025-90013"]).order_by("code")
    assert list(autumn.values_list("code", "opening_class")) == [
        ("90011-00001", "POOR"),
        ("90011-00002", "POOR"),
        ("90012-00001", "POOR"),
        ("90012-00002", "NEAR_POOR"),
    ]


@end("sap-xep-thon")
def _villages_merged() -> None:
    first = Case.objects.filter(round__year=2025)
    assert {case.village_review.keeper.code for case in first} == {"90014.004", "90014.005"}
    assert set(cases("2025-90014").values()) == {("certified", "POOR"), ("certified", "NEAR_POOR")}
    following = Case.objects.filter(round__year=2026).order_by("code")
    names = list(following.values_list("village_review__village_name", flat=True))
    assert names == ["Thôn Trung Tâm"] * 6 + ["Thôn 3A"] * 2 + ["Thôn 3B"]


@end("doi-khu-vuc")
def _became_urban() -> None:
    rural, urban = Round.objects.order_by("year")
    assert (rural.area, rural.commune_name) == ("RURAL", "Xã Phú Lộc")
    assert (urban.area, urban.commune_name) == ("URBAN", "Phường Phú Lộc")
    same = Survey.objects.filter(case__code="90015-00004").order_by("pk")
    told = same.values_list("area", "income_score", "proposed_class")
    assert list(told) == [("RURAL", 150, "NOT_POOR"), ("URBAN", 150, "POOR")]


@end("sua-quy-trinh")
def _edition_changed() -> None:
    carried = Round.objects.get()
    assert carried.pack == "qd24-2021-2cap-dientap"
    assert Act.objects.get(code="carry_over").facts["from"] == "qd24-2021-2cap"
    assert days_of_terms("reverification") == [
        (date(2025, 10, 8), date(2025, 10, 13)),
        (date(2025, 10, 10), date(2025, 10, 21)),
    ]
    assert {state for state, _cls in cases("2025-90017").values()} == {"certified", "escaped"}


@end("ngay-nghi-bo-sung")
def _late_holiday() -> None:
    recount = TermRecount.objects.get()
    assert recount.term.code == "posting"
    assert (recount.old_end, recount.new_end) == (date(2025, 11, 13), date(2025, 11, 14))
    assert [last for _first, last in days_of_terms("posting")] == [
        date(2025, 11, 6),
        date(2025, 11, 14),
    ]
    assert cases("2025-90018")["1"] == ("certified", "POOR")


@end("tam-dung")
def _paused() -> None:
    reverification = RunningTerm.objects.get(code="reverification")
    opinion = RunningTerm.objects.get(code="opinion")
    assert (reverification.ends_on, opinion.ends_on) == (date(2024, 10, 23), date(2024, 11, 13))
    assert TermPause.objects.filter(until_day__isnull=False).count() == 2
    for term in (reverification, opinion):
        assert term.ended_at is not None and term.ended_at.date() <= term.ends_on


# --- What the files cover ---------------------------------------------------------------------

# Declared once for all reviews and played in the others: a village, a commune, an edition or a
# clock is the same to each of them.
NOT_IN_EVERY_REVIEW = {
    ("AD_HOC", "hand_over_village"),
    ("AVERAGE", "carry_over"),
    ("AVERAGE", "hand_over"),
    ("AVERAGE", "hand_over_village"),
    ("AVERAGE", "suspend_term"),
    ("AVERAGE", "resume_term"),
    ("LOW_INCOME", "carry_over"),
    ("LOW_INCOME", "hand_over"),
    ("LOW_INCOME", "hand_over_village"),
    ("LOW_INCOME", "suspend_term"),
    ("LOW_INCOME", "resume_term"),
}

# A case that fails one of these goes the other way, or the act's own facts rule it out.
NO_REFUSAL_ON_A_ROAD = {
    "screen_passed": "Phiếu A either passes or fails: the other move takes the case",
    "screen_failed": "as screen_passed",
    "enough_agree": "too few leads back to survey: the other move takes the case",
    "too_few_agree": "as enough_agree",
    "questioned": "the opinion either names a household or consents",
    "not_questioned": "as questioned",
    "class_poor": "the decision has a move for every class and basis",
    "class_not_poor": "as class_poor",
    "on_opening_list": "as class_poor",
    "entry_granted": "the ad hoc decision has a move for every result",
    "exit_granted": "as entry_granted",
    "exit_granted_to_near_poor": "as entry_granted",
    "request_not_granted": "as entry_granted",
    "income_qualifies": "an income either qualifies or not: the other move takes the case",
    "income_does_not_qualify": "as income_qualifies",
    "asks_exit": "receive_exit_request makes its cases with this basis",
    "survey_complete": "a sheet without all scores is no sheet: the entry refuses it before",
    "income_complete": "as survey_complete",
    "departure_known": "a reason that is none is no fact: the entry refuses it before",
    "result_as_posted": "no act changes a posted result without a new posting",
    "key_reused": "the player gives every step its own key",
    "pack_changed": "an edition that changed under its code; no act does that",
}


def steps_of_all() -> list[dict[str, Any]]:
    files = sorted(SCENARIOS.glob("*.toml"))
    return [step for file in files for step in tomllib.loads(file.read_text("utf-8"))["step"]]


def test_every_act_of_every_pack_is_done_in_some_scenario() -> None:
    acts = {act.code for pack in SHIPPED for act in pack.acts}
    done = {step["do"] for step in steps_of_all() if "expect" not in step}

    assert acts - done == set()


def test_every_refusal_of_every_pack_comes_in_some_scenario() -> None:
    rules = {r.code for p in SHIPPED for r in (*p.guards, *p.conditions, *p.refusals)}
    expected = {
        step["expect"].removeprefix("refused:") for step in steps_of_all() if "expect" in step
    }

    assert rules - expected == set(NO_REFUSAL_ON_A_ROAD)


def test_every_act_of_every_review_is_done_in_a_scenario_of_that_review() -> None:
    done: set[tuple[str, str]] = set()
    for file in sorted(SCENARIOS.glob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        done |= {
            (str(_kind(table, step)), step["do"]) for step in table["step"] if "expect" not in step
        }
    wanted = {(pack.review.value, act.code) for pack in SHIPPED for act in pack.acts}

    assert wanted - done == NOT_IN_EVERY_REVIEW


def _kind(table: dict[str, Any], step: dict[str, Any]) -> Any:
    parts = key_parts(step.get("on", {}).get("round", ""))
    return parts["kind"] if parts else table.get("kind", "PERIODIC")
