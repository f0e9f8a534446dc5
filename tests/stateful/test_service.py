"""
The service against the oracle: in whatever order people act, the acts it takes are the lawful ones.

HYPOTHESIS_EXAMPLES and HYPOTHESIS_STEPS ask for more than the 100 walks of 30 acts (2000 and 60).
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cases.models import Case, CertificateRow, Household, Round, StateCount, Unit, User
from cases.rules.standards import classify, standard_of_code
from tests.conftest import NEAR_POOR, POOR, Road
from tests.machine.test_random_walks import assert_events_tell_the_cases, counted, grouped
from tests.stateful import oracle
from tests.stateful.oracle import After, Commune, Home
from workflow.acts import registry
from workflow.acts.listing import open_round
from workflow.acts.reconsidering import propose_correction
from workflow.invariants.audit import audit
from workflow.machine.refusals import Refused

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "100"))
STEPS = int(os.environ.get("HYPOTHESIS_STEPS", "30"))
START = datetime(2024, 10, 1, 9, tzinfo=oracle.VIETNAM)
NOBODY = (False,) * 12
FLAGS = st.sampled_from([POOR, POOR, NEAR_POOR, NOBODY])
MOSTLY = st.sampled_from([True] * 9 + [False])
TODAY_OR_NEAR = st.sampled_from([0, 0, 0, 0, 0, -1, -3, 1, -40])
# Steps of the straight road before a walk: most walks begin while lists hang.
DEPTHS = [0, 2, 4, 4, 5, 5, 5, 6, 8, 10, 12]
BY_ROADS = (
    "posted",
    "contested",
    "reverified",
    "reposted",
    "unqualified",
    "certified",
    "reopened",
    "reexamined",
)
ENOUGH = 18  # of the acts below, done and refused, in the shortest run
ACTS = {
    "receive_request",
    "build_list",
    "screen",
    "survey",
    "classify",
    "hold_meeting",
    "post_list",
    "interrupt_posting",
    "complain",
    "reverify",
    "repost",
    "interrupt_reposting",
    "close_posting",
    "close_reposting",
    "sign_report",
    "give_opinion",
    "sign_decision",
    "issue_certificates",
    "refuse",
    "record_departure",
    "withdraw",
    "accept_grievance",
    "revoke_decision",
    "reexamine",
    "amend_decision",
    "correct_decision",
}
PLACES = {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở UBND xã"}


class Service(RuleBasedStateMachine):
    """Does acts on the real service and compares each with what the oracle says of it."""

    road: ClassVar[Road]
    homes: ClassVar[list[tuple[str, int, bool]]]
    done: ClassVar[Counter[str]]
    refused: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.number = 0
        self.commune = Commune(
            {code: Home(code, village, managed) for code, village, managed in self.homes}, START
        )
        self.round = open_round(
            commune=self.road.commune,
            year=2024,
            plan_paper="12/KH",
            committee_paper="34/QĐ",
            **self._by("binh"),
        )

    def teardown(self) -> None:
        try:
            assert_events_tell_the_cases(self.round)
            told = {breach.invariant for breach in audit(Round.objects.filter(pk=self.round.pk))}
            assert told == ({"INV-14"} if self.commune.late else set())
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(
        depth=st.sampled_from(DEPTHS),
        detours=st.integers(0, 8),
        asked=st.booleans(),
        deprived=FLAGS,
        data=st.data(),
    )
    def the_walk_begins_somewhere_on_the_road(
        self, depth: int, detours: int, asked: bool, deprived: Any, data: Any
    ) -> None:
        """Walk some of the road first, so that later acts are met as often as early ones."""
        if not depth:
            return
        for home in self.commune.homes.values():
            if asked and not home.managed:
                expected = oracle.request(self.commune, home, form=True)
                facts = {"household": home.code, "form_number": "15/GĐN"}
                self._try(expected, "minh", "receive_request", self.round, **facts)
        self.the_list_is_made()
        for _step in range(depth):
            for village in (0, 1):
                self.the_village_goes_on(village, deprived, 40)
            self.the_commune_goes_on()
        for _detour in range(detours):
            self.one_goes_on(data, deprived)

    # What people do. ---------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 8, 24, 24, 72, 96]))
    def time_passes(self, hours: int) -> None:
        self.commune.now += timedelta(hours=hours)

    @rule(weeks=st.sampled_from([4, 9, 13]), chance=st.integers(0, 14))
    def weeks_pass(self, weeks: int, chance: int) -> None:
        if chance == 0:
            self.commune.now += timedelta(weeks=weeks)

    @rule(data=st.data())
    def somebody_asks(self, data: Any) -> None:
        home, form = self._home(data), data.draw(MOSTLY)
        expected = oracle.request(self.commune, home, form)
        facts = {"household": home.code, "form_number": "15/GĐN" if form else ""}
        self._try(expected, "minh", "receive_request", self.round, **facts)

    @rule()
    def the_list_is_made(self) -> None:
        self._try(oracle.build_list(self.commune), "hoa", "build_list", self.round)

    @rule(village=st.integers(0, 1), deprived=FLAGS, agree=st.sampled_from([40, 40, 20, 19]))
    def the_village_goes_on(self, village: int, deprived: Any, agree: int) -> None:
        """Do the next step of a village as it should be done, whichever it is."""
        homes = self.commune.of(village)
        states = {home.state for home in homes}
        asked = [h for h in homes if h.state == "listed" and not h.managed]
        to_survey = [h for h in homes if h.state in ("listed", "screened", "disagreed", "objected")]
        if asked:
            for home in asked:
                self._screen(home, 0, passed=True)
        elif to_survey:
            for home in to_survey:
                self._survey(home, 0, deprived)
        elif "surveyed" in states:
            self._classify(village)
        elif "classified" in states:
            self._meet(village, 0, 40, {h.code: agree for h in homes}, whole=True)
        elif states & {"agreed", "interrupted"}:
            self._post(village, both=True)
        elif "posted" in states:
            waits = [h.until for h in homes if h.state == "posted" and h.until]
            self.commune.now = max(self.commune.now, *waits)
            self._close(village)

    @rule()
    def the_commune_goes_on(self) -> None:
        states = {home.state for home in self.commune.known()}
        if "cleared" in states:
            self._report(number=True)
        elif "reported" in states:
            self._opine(number=True, questions={})
        elif "consented" in states:
            self._decide(number=True)
        elif "recognised" in states:
            self._certify()

    @rule(data=st.data(), deprived=FLAGS)
    def one_goes_on(self, data: Any, deprived: Any) -> None:
        """Do with one household what is next for it, the by-roads included."""
        home = self._home(data, *BY_ROADS)
        on, other = self.commune.today, self._reviewer(home, other=True)
        words = {"complainant": "Bà Tư", "content": "Chấm sai"}
        if home.state == "posted":
            self._contest(home, words)
        elif home.state == "contested":
            expected = oracle.reverify(self.commune, home, on, other)
            self._look(expected, "reverify", home, on, deprived, other)
        elif home.state == "reverified":
            self._hang_again(home, PLACES)
        elif home.state == "reposted" and data.draw(st.integers(0, 3)) == 0:
            expected = oracle.interrupt_again(self.commune, home, reason=True)
            self._on_case(expected, "hung", "interrupt_reposting", home, reason="Mưa")
        elif home.state == "reposted":
            self.commune.now = max(self.commune.now, home.until or self.commune.now)
            self._on_case(oracle.close_again(self.commune, home), "hung", "close_reposting", home)
        elif home.state == "unqualified":
            self._answer(home, reason=True)
        elif home.state == "certified":
            self._grieve(home, words)
        elif home.state == "reopened":
            expected = oracle.reexamine(self.commune, home, on, other)
            self._look(expected, "reexamine", home, on, deprived, other)
        elif home.state == "reexamined":
            self._amend(home, number=True)

    @rule(data=st.data(), deprived=FLAGS)
    def another_goes_on(self, data: Any, deprived: Any) -> None:
        self.one_goes_on(data, deprived)

    @rule(village=st.integers(0, 1), deprived=FLAGS)
    def all_go_on(self, village: int, deprived: Any) -> None:
        """Do it again: an act drawn at random is mostly refused, and the walk should get on."""
        self.the_village_goes_on(village, deprived, 40)
        self.the_commune_goes_on()

    @rule(data=st.data(), passed=MOSTLY, shift=TODAY_OR_NEAR)
    def one_is_screened(self, data: Any, passed: bool, shift: int) -> None:
        self._screen(self._home(data), shift, passed)

    @rule(data=st.data(), shift=TODAY_OR_NEAR, deprived=FLAGS)
    def one_is_surveyed(self, data: Any, shift: int, deprived: Any) -> None:
        self._survey(self._home(data), shift, deprived)

    @rule(village=st.integers(0, 1))
    def a_village_is_classified(self, village: int) -> None:
        self._classify(village)

    @rule(data=st.data(), village=st.integers(0, 1), whole=MOSTLY, shift=TODAY_OR_NEAR)
    def a_village_meets(self, data: Any, village: int, whole: bool, shift: int) -> None:
        votes = st.sampled_from([0, 19, 20, 21, 40, 41])
        agree = {home.code: data.draw(votes) for home in self.commune.homes.values()}
        self._meet(village, shift, 40, agree, whole)

    @rule(village=st.integers(0, 1), both=MOSTLY)
    def a_list_is_hung(self, village: int, both: bool) -> None:
        self._post(village, both)

    @rule(village=st.integers(0, 1), reason=MOSTLY)
    def a_list_comes_down(self, village: int, reason: bool) -> None:
        expected = oracle.interrupt(self.commune, village, reason)
        facts = {"reason": "Bão" if reason else ""}
        self._try(expected, "hung", "interrupt_posting", self._village(village), **facts)

    @rule(data=st.data(), words=MOSTLY)
    def somebody_complains(self, data: Any, words: bool) -> None:
        home = self._home(data, "posted", "reposted", "contested")
        content = "Nhà có xe" if words else ""
        self._contest(home, {"complainant": "Ông Ba", "content": content})

    @rule(data=st.data(), shift=TODAY_OR_NEAR, deprived=FLAGS, same=MOSTLY)
    def one_is_reverified(self, data: Any, shift: int, deprived: Any, same: bool) -> None:
        home = self._home(data, "contested")
        on, reviewer = self._day(shift), self._reviewer(home, other=same)
        expected = oracle.reverify(self.commune, home, on, reviewer)
        self._look(expected, "reverify", home, on, deprived, reviewer)

    @rule(data=st.data(), both=MOSTLY)
    def one_is_hung_again(self, data: Any, both: bool) -> None:
        home = self._home(data, "reverified")
        self._hang_again(home, PLACES if both else {"village_place": "Nhà văn hóa"})

    @rule(data=st.data(), reason=MOSTLY)
    def one_comes_down(self, data: Any, reason: bool) -> None:
        home = self._home(data, "reposted")
        expected = oracle.interrupt_again(self.commune, home, reason)
        self._on_case(expected, "hung", "interrupt_reposting", home, reason="Mưa" if reason else "")

    @rule(village=st.integers(0, 1))
    def a_list_is_closed(self, village: int) -> None:
        self._close(village)

    @rule(data=st.data())
    def one_is_closed(self, data: Any) -> None:
        home = self._home(data, "reposted")
        self._on_case(oracle.close_again(self.commune, home), "hung", "close_reposting", home)

    @rule(number=MOSTLY)
    def the_chair_reports(self, number: bool) -> None:
        self._report(number)

    @rule(data=st.data(), number=MOSTLY)
    def the_superior_answers(self, data: Any, number: bool) -> None:
        reasons = st.sampled_from(["", "", "", "Cần xem lại", " "])
        drawn = {home.code: data.draw(reasons) for home in self.commune.homes.values()}
        self._opine(number, {code: why for code, why in drawn.items() if why})

    @rule(number=MOSTLY)
    def the_chair_decides(self, number: bool) -> None:
        self._decide(number)

    @rule()
    def certificates_are_signed(self) -> None:
        self._certify()

    @rule(data=st.data(), reason=MOSTLY)
    def somebody_is_answered(self, data: Any, reason: bool) -> None:
        self._answer(self._home(data, "unqualified"), reason)

    @rule(data=st.data(), chance=st.integers(0, 3))
    def somebody_leaves(self, data: Any, chance: int) -> None:
        home = self._home(data)
        if chance == 0:
            facts = {"reason": "MOVED", "paper": "1/GT"}
            expected = oracle.leave(self.commune, home)
            self._on_case(expected, "minh", "record_departure", home, **facts)

    @rule(data=st.data(), paper=MOSTLY)
    def somebody_withdraws(self, data: Any, paper: bool) -> None:
        home = self._home(data)
        expected = oracle.withdraw(self.commune, home, paper)
        self._on_case(expected, "minh", "withdraw", home, paper="Đơn" if paper else "")

    @rule(data=st.data(), words=MOSTLY)
    def somebody_grieves(self, data: Any, words: bool) -> None:
        home = self._home(data, "recognised", "certified", "escaped", "refused")
        content = "Chấm sai" if words else ""
        self._grieve(home, {"complainant": "Bà Tư", "content": content})

    @rule(data=st.data(), number=MOSTLY, reason=MOSTLY)
    def a_decision_is_revoked(self, data: Any, number: bool, reason: bool) -> None:
        home = self._home(data, "certified", "recognised", "escaped")
        expected = oracle.revoke(self.commune, home, number, reason)
        if self._on_case(expected, "binh", "revoke_decision", home, **_paper(number, reason)):
            home.again_since = self.commune.today

    @rule(data=st.data(), shift=TODAY_OR_NEAR, deprived=FLAGS, other=MOSTLY)
    def one_is_reexamined(self, data: Any, shift: int, deprived: Any, other: bool) -> None:
        home = self._home(data, "reopened")
        on, reviewer = self._day(shift), self._reviewer(home, other=other)
        expected = oracle.reexamine(self.commune, home, on, reviewer)
        self._look(expected, "reexamine", home, on, deprived, reviewer)

    @rule(data=st.data(), number=MOSTLY)
    def a_new_decision_is_signed(self, data: Any, number: bool) -> None:
        self._amend(self._home(data, "reexamined"), number)

    @rule(data=st.data(), number=MOSTLY, reason=MOSTLY)
    def a_decision_is_corrected(self, data: Any, number: bool, reason: bool) -> None:
        home = self._home(data, "certified", "recognised", "escaped")
        expected = oracle.correct(self.commune, home, number, reason)
        if case := Case.objects.filter(code=home.code).first():
            minh = User.objects.get(username="minh")
            propose_correction(case=case, reason="Sai tên", by=minh, at=self.commune.now)
        self._on_case(expected, "binh", "correct_decision", home, **_paper(number, reason))

    @rule(data=st.data(), code=st.sampled_from(["build_list", "sign_decision", "give_opinion"]))
    def a_neighbour_tries(self, data: Any, code: str) -> None:
        who = data.draw(st.sampled_from(["other_binh", "other_hoa", "son", "lan"]))
        facts = {"number": "1", "questions": {}}
        self._try(None, who, code, self.round, **facts)

    # What must be so after each of them. ---------------------------------------------------------

    @invariant()
    def every_household_is_where_the_oracle_says(self) -> None:
        known = {h.code: h.state for h in self.commune.known()}
        assert dict(Case.objects.values_list("code", "state")) == known

    @invariant()
    def counts_are_true(self) -> None:
        assert counted(self.round) == grouped(self.round)
        assert StateCount.objects.filter(n=0).count() == 0

    @invariant()
    def only_who_is_recognised_has_a_valid_certificate(self) -> None:
        valid = set(
            CertificateRow.objects.filter(cancelled_by=None).values_list("case__code", flat=True)
        )
        certified = {h.code for h in self.commune.known() if h.state == "certified"}
        heard = {h.code for h in self.commune.known() if h.state in ("reopened", "reexamined")}
        assert certified <= valid <= certified | heard

    # How it is done. -------------------------------------------------------------------------

    def _by(self, who: str) -> dict[str, Any]:
        self.number += 1
        return {
            "by": self.road.cast[who],
            "at": self.commune.now,
            "key": f"state-{self.number}",
        }

    def _home(self, data: Any, *states: str) -> Home:
        """Return a household, more often one that is where the act wants it."""
        homes = list(self.commune.homes.values())
        wanted = [home for home in homes if home.state in states]
        if wanted and data.draw(MOSTLY):
            homes = wanted
        return homes[data.draw(st.integers(0, len(homes) - 1))]

    def _day(self, shift: int) -> Any:
        return self.commune.today + timedelta(days=shift)

    def _village(self, number: int) -> Any:
        return self.round.village_reviews.get(village__code=f"24646.00{number + 1}")

    @staticmethod
    def _reviewer(home: Home, *, other: bool) -> str:
        return "Trần Thanh" if other and home.reviewer != "Trần Thanh" else home.reviewer or "Lan"

    def _try(self, expected: After | None, who: str, code: str, target: Any, **facts: Any) -> bool:
        """Do the act, hold the answer against the oracle's, and remember where everybody is."""
        self.commune.past.append(code)
        try:
            registry.do(code, target, facts, **self._by(who))
        except Refused as refused:
            assert expected is None, f"{code}: {sorted(refused.codes)}, the law allows {expected}"
            self.refused[code] += 1
            return False
        assert expected is not None, f"{code} was done and the law forbids it"
        self.done[code] += 1
        for household, state in expected.items():
            self.commune.homes[household].state = state
        return True

    def _on_case(
        self, expected: After | None, who: str, code: str, home: Home, **facts: Any
    ) -> bool:
        if not home.state:
            return False  # there is no case to do anything on
        case = Case.objects.select_related("round", "village_review").get(code=home.code)
        return self._try(expected, who, code, case, **facts)

    def _look(
        self, expected: After | None, code: str, home: Home, on: Any, deprived: Any, reviewer: str
    ) -> None:
        score = 300 if deprived == NOBODY else 100
        facts = {
            "surveyed_on": on,
            "income_score": score,
            "deprived": list(deprived),
            "reviewer_name": reviewer,
        }
        who = "lan" if code == "survey" else "hoa"
        if self._on_case(expected, who, code, home, **facts):
            standard = standard_of_code(self.round.standard)
            home.result = classify(standard, self.round.area, score, deprived).cls.value
            home.surveyed_on, home.reviewer = on, reviewer
            if code == "reverify":
                self.commune.late |= home.due is not None and self.commune.today > home.due
                home.due = None

    def _screen(self, home: Home, shift: int, passed: bool) -> None:
        on = self._day(shift)
        expected = oracle.screen(self.commune, home, on, passed)
        self._on_case(expected, "lan", "screen", home, screened_on=on, passed=passed)

    def _survey(self, home: Home, shift: int, deprived: Any) -> None:
        on = self._day(shift)
        expected = oracle.survey(self.commune, home, on)
        self._look(expected, "survey", home, on, deprived, "Nguyễn Thị Lan")

    def _classify(self, village: int) -> None:
        expected = oracle.classify(self.commune, village)
        self._try(expected, "hoa", "classify", self._village(village))

    def _meet(
        self, village: int, shift: int, attending: int, agree: dict[str, int], whole: bool
    ) -> None:
        on = self._day(shift)
        expected = oracle.meet(self.commune, village, on, attending, agree, whole)
        judged = [h for h in self.commune.of(village) if h.state == "classified"]
        done = self._try(
            expected,
            "thu",
            "hold_meeting",
            self._village(village),
            held_on=on,
            chair=self.road.cast["hung"],
            attendance=attending,
            committee_present=1,
            reviewers_present=1,
            households_present=30,
            front_invited=True,
            minutes_number="01/BB" if whole else "",
            minutes_signed=whole,
            tallies={h.code: [agree[h.code]] for h in judged},
        )
        if done:
            for home in judged:
                home.again_since = on

    def _post(self, village: int, both: bool) -> None:
        expected = oracle.post(self.commune, village, both)
        places = PLACES if both else {"commune_place": "Trụ sở UBND xã"}
        if self._try(expected, "hung", "post_list", self._village(village), **places):
            for code in expected or {}:
                self._hang(self.commune.homes[code])

    def _hang(self, home: Home) -> None:
        home.until = oracle.over_from(self.commune.today, 3)
        home.posted_as = home.result

    def _contest(self, home: Home, words: dict[str, str]) -> None:
        expected = oracle.complain(self.commune, home, bool(words["content"]))
        if self._on_case(expected, "minh", "complain", home, **words):
            # A further complaint about a household that waits starts a term of its own.
            home.again_since = self.commune.today
            home.due = home.due or oracle.weekdays_after(self.commune.today, 3)

    def _grieve(self, home: Home, words: dict[str, str]) -> None:
        expected = oracle.grieve(self.commune, home, bool(words["content"]))
        if self._on_case(expected, "minh", "accept_grievance", home, **words):
            home.again_since = self.commune.today

    def _hang_again(self, home: Home, places: dict[str, str]) -> None:
        expected = oracle.repost(self.commune, home, len(places) == len(PLACES))
        if self._on_case(expected, "hung", "repost", home, **places):
            self._hang(home)

    def _answer(self, home: Home, reason: bool) -> None:
        expected = oracle.answer(self.commune, [home] if home.state else [], reason)
        facts = {"number": "91/UBND", "reasons": {home.code: "Vượt chuẩn" if reason else " "}}
        if self._try(expected, "binh", "refuse", self.round, **facts):
            home.decided_on = self.commune.today

    def _amend(self, home: Home, number: bool) -> None:
        expected = oracle.amend(self.commune, home, number)
        if self._on_case(expected, "binh", "amend_decision", home, **_paper(number, reason=True)):
            home.decided_on = self.commune.today

    def _close(self, village: int) -> None:
        expected = oracle.close(self.commune, village)
        self._try(expected, "hung", "close_posting", self._village(village))

    def _report(self, number: bool) -> None:
        expected = oracle.report(self.commune, number)
        self._try(expected, "binh", "sign_report", self.round, number="05/BC" if number else "")

    def _opine(self, number: bool, questions: dict[str, str]) -> None:
        expected = oracle.opine(self.commune, number, questions)
        facts = {"number": "77/UBND" if number else "", "questions": questions}
        if self._try(expected, "quyen", "give_opinion", self.round, **facts):
            for code in questions:
                self.commune.homes[code].again_since = self.commune.today

    def _decide(self, number: bool) -> None:
        expected = oracle.decide(self.commune, number)
        facts = {"number": "90/QĐ" if number else ""}
        if self._try(expected, "binh", "sign_decision", self.round, **facts):
            self.commune.decided = True
            for code in expected or {}:
                self.commune.homes[code].decided_on = self.commune.today

    def _certify(self) -> None:
        self._try(oracle.certify(self.commune), "binh", "issue_certificates", self.round)


def _paper(number: bool, reason: bool) -> dict[str, str]:
    return {"number": "120/QĐ" if number else "", "reason": "Sai tên" if reason else " "}


def test_the_service_takes_exactly_the_acts_the_law_allows(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    first, second = Unit.objects.filter(code__startswith="24646.").order_by("code")
    Household.objects.all().delete()
    homes = [
        *((h.code, 0, True) for h in make_households(first, 2)),
        *((h.code, 0, False) for h in make_households(first, 1, standing="")),
        *((h.code, 1, True) for h in make_households(second, 1)),
        *((h.code, 1, False) for h in make_households(second, 1, standing="")),
    ]
    known = {"road": road, "homes": homes, "done": Counter(), "refused": Counter()}
    machine: Any = type("ServiceOfTheRoad", (Service,), known)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Walks that get nowhere would prove nothing.
    assert len(machine.done) >= ENOUGH, sorted(ACTS - set(machine.done))
    assert set(machine.refused) <= ACTS and len(machine.refused) >= ENOUGH
