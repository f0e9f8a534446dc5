"""Scenes of the refusals that belong to months, to later roads, and to the round as a whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cases.models import Basis, DeclaredInterest, Household, Round
from cases.rules.packs import PACKS, Review
from cases.rules.packs.assembly import assemble
from cases.rules.packs.periodic import TWO_TIERS
from tests.conftest import POOR, Road
from tests.months import Month, fresh
from workflow.acts import listing, registry
from workflow.editions import dry_run
from workflow.machine.apply import apply
from workflow.machine.scope import of_case

Deed = Callable[[], Any]
WITHOUT_SCREENING = "khong-co-phieu-a"


def a_household(standing: str = "") -> Household:
    """Return one of village 1 that is on the managed list, or on none."""
    homes = Household.objects.filter(village__code="24646.001").order_by("pk")
    return homes.filter(standings__isnull=not standing)[0]


def doing(road: Road, who: str, code: str, target: Any, **facts: Any) -> Deed:
    return lambda: registry.do(
        code, target, facts, by=road.cast[who], at=road.at, key=next(road.keys)
    )


def month_of(road: Road, kind: Review = Review.AD_HOC) -> Month:
    return Month(road.cast, road.commune, kind)


def posted(road: Road) -> Road:
    return road.open().list().survey().classify().meet().post()


def decided(road: Road) -> Road:
    return posted(road).pass_days(7).close().report().consent().decide().certify()


def withdrawn(paper: str, asked: bool) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        road.open()
        listing.receive_request(
            round=road.round, household=a_household(), form_number="15", **road.who("minh")
        )
        road.list()
        case = road.cases(basis="REQUEST" if asked else "LAST_YEAR")[0]
        return doing(road, "minh", "withdraw", case, paper=paper)

    return scene


def exit_without_paper(road: Road) -> Deed:
    month = month_of(road).open()
    home = a_household("POOR")
    listing.add_cases(month.round, [listing.NewCase(home, Basis.EXIT, "", "POOR")])
    scope = of_case(month.round.cases.get())
    facts = {"form_number": True}
    return lambda: apply(
        "receive_exit_request", scope, facts=facts, **{**road.who("minh"), "at": month.at}
    )


def opened_in(month: int, day: str) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        rounds = Month(road.cast, road.commune, month=month).on(day)
        return rounds.open

    return scene


def asked_late(road: Road) -> Deed:
    month = month_of(road).open().on("2024-05-16")
    return lambda: month.ask(a_household())


def started_early(road: Road) -> Deed:
    month = month_of(road).open()
    month.ask(a_household())
    return month.on("2024-05-14").start


def asked_in_two_months(road: Road) -> Deed:
    month = month_of(road).open()
    month.ask(a_household())
    month.month = 6
    month.on("2024-05-20").open()
    return lambda: month.ask(a_household())


def left_no_list(road: Road) -> Deed:
    month = month_of(road).open()
    return lambda: month.ask_to_leave(a_household())


def judged(road: Road) -> Month:
    month = month_of(road, Review.AVERAGE_LIVING).open()
    month.ask(a_household())
    return month.on("2024-05-15").start()


def income_left_out(road: Road) -> Deed:
    month = judged(road)
    scope = of_case(month.round.cases.get())
    who = {**road.who("lan"), "at": month.at}
    return lambda: apply("determine_income", scope, facts={"days": {}}, **who)


def posted_in_the_village_only(road: Road) -> Deed:
    month = judged(road)
    month.earn(month.round.cases.get(), 96_000_000)
    return lambda: month.do("hung", "post_list", month.review, village_place="Nhà văn hóa")


def another_livelihood(road: Road) -> Deed:
    month = month_of(road, Review.AVERAGE_LIVING).open()
    facts = {"household": a_household().code, "form_number": "15", "livelihood": "TRADE"}
    return lambda: month.do("minh", "receive_request", month.round, **facts)


def arrived_without_papers(road: Road) -> Deed:
    road.open().list()
    facts = {"household": a_household().code, "reason": "MOVED", "paper": ""}
    return doing(road, "minh", "record_arrival", road.round, **facts)


def interrupted_without_reason(road: Road) -> Deed:
    posted(road)
    return doing(road, "hung", "interrupt_posting", road.reviews[0], reason="")


def looked_at_twice_by_one(road: Road) -> Deed:
    case = posted(road).cases()[0]
    doing(road, "minh", "complain", case, complainant="A", content="B")()
    sheet = {"surveyed_on": road.at.date(), "income_score": 100, "deprived": list(POOR)}
    return doing(road, "hoa", "reverify", fresh(case), **sheet, reviewer_name="Nguyễn Thị Lan")


def surveyed_by_a_relative(road: Road) -> Deed:
    case = road.open().list().cases()[0]
    lan = road.cast["lan"]
    DeclaredInterest.objects.create(
        user=lan,
        household=case.household,
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=lan,
    )
    sheet = {"surveyed_on": road.at.date(), "income_score": 100, "deprived": list(POOR)}
    return doing(road, "lan", "survey", case, **sheet)


def grieved_too_late(road: Road) -> Deed:
    case = decided(road).pass_days(91).cases()[0]
    return doing(road, "minh", "accept_grievance", case, complainant="A", content="B")


def reexamined_tomorrow(road: Road) -> Deed:
    case = decided(road).cases()[0]
    doing(road, "minh", "accept_grievance", case, complainant="A", content="B")()
    tomorrow = road.at.date() + timedelta(days=1)
    sheet = {"surveyed_on": tomorrow, "income_score": 100, "deprived": list(POOR)}
    return doing(road, "hoa", "reexamine", fresh(case), **sheet)


def revoked_without_reason(road: Road) -> Deed:
    case = decided(road).cases()[0]
    return doing(road, "binh", "revoke_decision", case, number="1/QĐ", reason=" ")


def carried(to: str, dry: bool = True) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        road.open()
        token = dry_run(road.round, PACKS[to]).token if dry and to in PACKS else ""
        return doing(road, "binh", "carry_over", road.round, to=to, dry_run=token, paper="1")

    return scene


def carried_to_where_no_road_is(road: Road) -> Deed:
    acts = tuple(act for act in TWO_TIERS.acts if act.code != "screen")
    fields = {
        name: getattr(TWO_TIERS, name)
        for name in (
            "title",
            "review",
            "review_source",
            "in_force_from",
            "in_force_until",
            "superior_level",
            "superior_source",
            "window",
            "window_source",
            "consent",
            "consent_source",
            "terms",
        )
    }
    PACKS[WITHOUT_SCREENING] = replace(
        assemble(code=WITHOUT_SCREENING, acts=acts, **fields), replaces=TWO_TIERS.code
    )
    road.open()
    listing.receive_request(
        round=road.round, household=a_household(), form_number="15", **road.who("minh")
    )
    road.list()
    case = road.cases(basis="REQUEST")[0]
    doing(road, "lan", "screen", case, screened_on=road.at.date(), passed=True)()
    token = dry_run(road.round, PACKS[WITHOUT_SCREENING]).token
    facts = {"to": WITHOUT_SCREENING, "dry_run": token, "paper": "1"}
    return doing(road, "binh", "carry_over", road.round, **facts)


def handed_to_no_successor(road: Road) -> Deed:
    road.open().list()
    facts = {"keeper": "24646.002", "paper": "1"}
    return doing(road, "hoa", "hand_over_village", road.reviews[0], **facts)


def clock(code: str, **facts: Any) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        posted(road).pass_days(7).close().report()
        told = {"term": "opinion", "reason": "Bão", "paper": "1/TB"} | facts
        return doing(road, "hoa", code, road.round, **told)

    return scene


def reported_with_one_unanswered(road: Road) -> Deed:
    month = month_of(road).open()
    month.ask(a_household())
    return lambda: month.on("2024-05-15").do("binh", "sign_monthly_report", month.round, number="1")


def packed_anew(road: Road) -> Deed:
    road.open()
    Round.objects.update(pack_hash=b"\0" * 32)
    road.round.refresh_from_db()
    return road.list


LATER_SCENES: dict[str, Callable[[Road], Deed]] = {
    "arrival_papers": arrived_without_papers,
    "asked_already": asked_in_two_months,
    "asked_by_form": withdrawn("Đơn", asked=False),
    "asks_exit": exit_without_paper,
    "dry_run_current": carried("qd24-2021-2cap", dry=False),
    "each_case_has_a_reason": revoked_without_reason,
    "edition_approved": carried("qd24-2021-2cap-tx"),
    "edition_fits": carried_to_where_no_road_is,
    "grievance_in_time": grieved_too_late,
    "income_complete": income_left_out,
    "intake_open": asked_late,
    "interest_noted": surveyed_by_a_relative,
    "interruption_explained": interrupted_without_reason,
    "livelihood_named": another_livelihood,
    "month_closed": reported_with_one_unanswered,
    "month_reviewed": opened_in(9, "2024-09-05"),
    "not_managed": left_no_list,
    "pack_changed": packed_anew,
    "pause_explained": clock("suspend_term", reason=""),
    "posted_at_commune_office": posted_in_the_village_only,
    "register_open": opened_in(5, "2024-04-15"),
    "reverified_by_another": looked_at_twice_by_one,
    "started": started_early,
    "succession_on_file": handed_to_no_successor,
    "surveyed_by_today": reexamined_tomorrow,
    "term_is_paused": clock("resume_term"),
    "term_may_pause": clock("suspend_term", term="posting"),
    "withdrawal_in_writing": withdrawn("", asked=True),
}
# The other side of a fork: a case that fails these takes the act's other way.
LATER_FORKS = {
    "entry_granted",
    "exit_granted",
    "exit_granted_to_near_poor",
    "income_does_not_qualify",
    "income_qualifies",
    "request_not_granted",
}
