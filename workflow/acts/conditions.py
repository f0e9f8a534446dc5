"""What each condition code of the packs asks of an act's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.duties import Duty
from cases.models import User
from cases.permissions import holds_duty
from workflow.machine.bindings import Asking, condition

AS_A_WHOLE: tuple[str, ...] = ()


def _fails_unless(fulfilled: object) -> tuple[str, ...] | None:
    return None if fulfilled else AS_A_WHOLE


def _facts(asking: Asking) -> Mapping[str, Any]:
    return asking.facts or {}


def in_window(asking: Asking, day: date) -> bool:
    """Test if the day lies in the review's window of its year, both ends included."""
    first, last = asking.pack.window
    year = asking.round.year
    return date(year, *first) <= day <= date(year, *last)


@condition
def within_window(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(in_window(asking, asking.legal_day))


@condition
def papers_on_file(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("plan_paper") and facts.get("committee_paper"))


@condition
def form_on_file(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("form_number"))


@condition
def surveyed_in_round(asking: Asking) -> tuple[str, ...] | None:
    days = {code: date.fromisoformat(day) for code, day in _facts(asking)["days"].items()}
    late = [
        code for code, day in days.items() if not in_window(asking, day) or day > asking.legal_day
    ]
    return tuple(late) or None


@condition
def chaired_by_village_head(asking: Asking) -> tuple[str, ...] | None:
    chair = User.objects.filter(pk=_facts(asking).get("chair") or 0).first()
    review = asking.village_review
    return _fails_unless(
        chair and review and holds_duty(chair, Duty.CHAIR_MEETING, review, ["VILLAGE"])
    )


@condition
def required_people_present(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    required = ("committee_present", "reviewers_present", "households_present")
    return _fails_unless(all(facts.get(name, 0) >= 1 for name in required))


@condition
def front_invited(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("front_invited"))


@condition
def tally_fits_attendance(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    if facts["attendance"] < 1:
        return AS_A_WHOLE
    too_many = [
        code for code, votes in facts["tallies"].items() if sum(votes) > facts["attendance"]
    ]
    return tuple(too_many) or None


@condition
def minutes_signed(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("minutes_number") and facts.get("minutes_signed"))


@condition
def posted_at_both_places(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("village_place") and facts.get("commune_place"))


@condition
def no_other_posting_open(asking: Asking) -> tuple[str, ...] | None:
    review = asking.village_review
    open_one = review and review.postings.filter(case__isnull=True, closed_at__isnull=True).exists()
    return _fails_unless(not open_one)


@condition
def complaint_written_down(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("complainant") and facts.get("content"))


@condition
def report_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def opinion_in_writing(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def each_question_has_a_reason(asking: Asking) -> tuple[str, ...] | None:
    questions: Mapping[str, str] = _facts(asking).get("questions", {})
    reported = set(
        asking.round.cases.filter(code__in=questions, state="reported").values_list(
            "code", flat=True
        )
    )
    bad = [code for code, reason in questions.items() if not reason.strip() or code not in reported]
    return tuple(bad) or None


@condition
def decision_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))
