"""However officers stumble through a round, counts, events and versions stay true."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count

from cases.models import Act, Case, Event, Household, Round, StateCount, Unit
from cases.rules.packs import PACKS, Span
from tests.conftest import Road, moment
from workflow.acts import registry
from workflow.machine.refusals import Refused

STEPS = 160
AFTERWARDS = ("accept_grievance", "revoke_decision", "correct_decision")
LAST_MOMENT = moment("2024-12-14", 22)


class Stumbler:
    """Does acts in no particular order, with facts that are right more often than wrong."""

    def __init__(self, road: Road, seed: int) -> None:
        self.road, self.chance = road, random.Random(seed)
        self.pack = PACKS[road.round.pack]
        self.done: list[str] = []
        self.refused: set[str] = set()

    def step(self) -> None:
        code = self.chance.choice(self._promising())
        act = self.pack.by_code[code]
        self.road.at = min(
            self.road.at + timedelta(hours=self.chance.choice([1, 8, 30])), LAST_MOMENT
        )
        target = self._target(act.span, act.sources, code)
        if target is None:
            return
        by = self.road.cast[self._who(code)]
        key = next(self.road.keys)
        try:
            registry.do(code, target, self._facts(code), by=by, at=self.road.at, key=key)
        except Refused as refused:
            self.refused |= refused.codes
        else:
            self.done.append(code)

    def _promising(self) -> list[str]:
        """Return mostly acts that some case waits for, and now and then any act."""
        acts = [a for a in self.pack.acts if a.moves and a.code != "record_arrival"]
        if self.chance.random() < 0.15:
            return [act.code for act in acts]
        present = set(self.road.round.cases.values_list("state", flat=True))
        waiting = [a.code for a in acts if present & set(a.sources)]
        rare = {"record_departure", "complain", "receive_request", "withdraw"}
        rare |= {"interrupt_posting", "interrupt_reposting", *AFTERWARDS}
        if self.chance.random() < 0.8:
            waiting = [code for code in waiting if code not in rare] or waiting
        return waiting or ["build_list", "receive_request"]

    def _target(self, span: Span, sources: tuple[str, ...], code: str) -> Any:
        round_ = self.road.round
        if span == Span.ROUND or code in ("receive_request", "refuse"):
            return round_
        cases = round_.cases.filter(state__in=sources)
        if self.chance.random() < 0.1 or not cases.exists():
            cases = round_.cases.all()
        case = self.chance.choice(list(cases.order_by("pk")) or [None])
        return case.village_review if case and span == Span.VILLAGE else case

    def _who(self, code: str) -> str:
        holders = {
            "receive_request": "minh",
            "complain": "minh",
            "record_departure": "minh",
            "withdraw": "minh",
            "accept_grievance": "minh",
            "reexamine": "hoa",
            "build_list": "hoa",
            "classify": "hoa",
            "reverify": "hoa",
            "screen": "lan",
            "survey": "lan",
            "hold_meeting": "thu",
            "give_opinion": "quyen",
        }
        posts = {"post_list", "repost", "close_posting", "close_reposting"}
        posts |= {"interrupt_posting", "interrupt_reposting"}
        if self.chance.random() < 0.05:
            return self.chance.choice(list(self.road.cast))
        return "hung" if code in posts else holders.get(code, "binh")

    def _facts(self, code: str) -> dict[str, Any]:
        chance, day = self.chance, self.road.at.date()
        waiting = Household.objects.exclude(cases__round=self.road.round).order_by("pk")
        reported = self.road.round.cases.filter(state="reported").values_list("code", flat=True)
        questioned = [c for c in reported if chance.random() < 0.3]
        return {
            "household": household.code if (household := waiting.first()) else "24646-00001",
            "form_number": chance.choice(["15/GĐN"] * 9 + [""]),
            "screened_on": day,
            "surveyed_on": day,
            "passed": chance.random() < 0.7,
            "income_score": chance.choice([100, 100, 130, 300]),
            "deprived": [chance.random() < 0.3 for _ in range(12)],
            "chair": self.road.cast["hung"],
            "held_on": day,
            "attendance": 40,
            "committee_present": 1,
            "reviewers_present": 1,
            "households_present": 30,
            "front_invited": chance.random() < 0.95,
            "minutes_number": "01/BB",
            "minutes_signed": True,
            "agree": chance.choice([19, 20, 40, 40, 41]),
            "village_place": "Nhà văn hóa",
            "commune_place": "Trụ sở",
            "complainant": "Một người dân",
            "content": "Không đúng",
            "outcome": "Giữ nguyên",
            "number": "05/VB",
            "questions": dict.fromkeys(questioned, "Cần xem lại"),
            "paper": "1/GT",
            **({"reason": "MOVED"} if code == "record_departure" else {"reason": "Vượt chuẩn"}),
        }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_events_and_versions_are_true_after_every_act(
    road: Road, make_households: Callable[..., list[Household]], seed: int
) -> None:
    first, second = Unit.objects.filter(code__startswith="24646.").order_by("code")
    make_households(second, 4)
    make_households(first, 2, standing="")
    make_households(second, 2, standing="")
    road.open().list()
    stumbler = Stumbler(road, seed)

    for _ in range(STEPS):
        stumbler.step()
        assert counted(road.round) == grouped(road.round), stumbler.done[-1]

    assert_events_tell_the_cases(road.round)
    # A walk that did nothing, or met no refusal, would prove nothing.
    assert len(set(stumbler.done)) >= 10 and len(stumbler.refused) >= 3


def counted(round_: Round) -> set[tuple[int, str, str, int]]:
    rows = StateCount.objects.filter(village_review__round=round_)
    return set(rows.values_list("village_review", "state", "household_class", "n"))


def grouped(round_: Round) -> set[tuple[int, str, str, int]]:
    rows = Case.objects.filter(round=round_).order_by()
    groups = rows.values("village_review", "state", "result_class").annotate(n=Count("pk"))
    return set(groups.values_list("village_review", "state", "result_class", "n"))


def assert_events_tell_the_cases(round_: Round) -> None:
    """Check that each case's events are numbered without a gap and lead from new to its state."""
    told: dict[int, list[str]] = {}
    for event in Event.objects.filter(case__round=round_).order_by("case", "sequence"):
        path = told.setdefault(event.case_id, ["new"])
        assert (event.sequence, event.from_state) == (len(path), path[-1])
        path.append(event.to_state)
    for case in round_.cases.all():
        path = told.get(case.pk, ["new"])
        assert (path[-1], len(path) - 1) == (case.state, case.version), case.code
    acts = Act.objects.filter(round=round_).annotate(n=Count("events"))
    assert all(act.count == act.n for act in acts)
    numbers = Act.objects.filter(round=round_).values_list("sequence", flat=True)
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
