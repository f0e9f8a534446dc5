"""
Who is told: of an act, those who hold the duty that comes next; of a last day that is over, those
who owe the act and the level above. Always in the transaction of what they are told of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from cases.duties import Duty
from cases.models import Act, Round, VillageReview
from cases.permissions import holders_of
from notifications.notices import tell
from workflow.lateness import is_waited_out, lateness, owner, unit_above
from workflow.machine.apply import legal_day
from workflow.models import TermProcess


def _(text: str) -> str:
    """Mark a Vietnamese text for translation: notices are read in the reader's language."""
    return text


@dataclass(frozen=True)
class Telling:
    """What an act makes known: to the holders of which duties, on which unit of the round."""

    title: str
    duties: tuple[Duty, ...]
    unit: Callable[[Act], int | None]


def _commune(act: Act) -> int | None:
    return act.round.keeper_id


def _superior(act: Act) -> int | None:
    return act.round.superior_id


def _village(act: Act) -> int | None:
    return act.village_review.keeper_id if act.village_review else None


TELLINGS: dict[str, Telling] = {
    "hold_meeting": Telling(
        _("Họp dân chưa đồng ý về một số hộ, cần khảo sát lại"), (Duty.SURVEY,), _village
    ),
    "complain": Telling(_("Có khiếu nại về niêm yết, cần phúc tra"), (Duty.REVERIFY,), _commune),
    "sign_report": Telling(_("Có báo cáo chờ ý kiến"), (Duty.GIVE_OPINION,), _superior),
    "give_opinion": Telling(
        _("Cấp trên đã cho ý kiến"), (Duty.SIGN_DECISION, Duty.COMPILE_LIST), _commune
    ),
    "sign_decision": Telling(
        _("Đã ký quyết định công nhận"), (Duty.RECORD_REQUEST, Duty.COMPILE_LIST), _commune
    ),
}


def owe(act: Act) -> None:
    """Write the notices that an act owes; the actor knows already."""
    telling = TELLINGS.get(act.code)
    if telling is None or (act.code == "hold_meeting" and not _somebody_disagreed(act)):
        return
    unit = telling.unit(act)
    if unit is None:
        return
    tell(
        holders_of(telling.duties, unit, act.legal_day)
        .exclude(pk=act.actor_id)
        .values_list("pk", flat=True),
        kind=act.code,
        title=telling.title,
        subject=_place(act),
        url=_page(act),
        act_id=act.pk,
        at=act.at,
    )


def owe_lateness(process: TermProcess, at: datetime) -> None:
    """Write the notices that a last day owes when it is over: to the owner, and one level up."""
    about = lateness(process.code)
    day = legal_day(at)
    users = set(holders_of(about.duties, owner(process).pk, day).values_list("pk", flat=True))
    if not is_waited_out(process.code):
        above = holders_of((Duty.READ_REPORTS,), unit_above(process).pk, day)
        users |= set(above.values_list("pk", flat=True))
    round, review = process.round, process.term.village_review if process.term else None
    tell(
        sorted(users),
        # A term that was counted anew is told of again.
        kind=f"overdue {process.moment.date().isoformat()}",
        title=about.title,
        subject=_place_of(round, review),
        url=_page_of(round, review),
        act_id=process.term.started_by_id if process.term else _opened_by(round),
        at=at,
    )


def _opened_by(round: Round) -> int:
    return Act.objects.filter(round=round, code="open_round").values_list("pk", flat=True)[0]


def _somebody_disagreed(act: Act) -> bool:
    return act.events.filter(to_state="disagreed").exists()


def _place(act: Act) -> str:
    return _place_of(act.round, act.village_review)


def _place_of(round: Round, review: VillageReview | None) -> str:
    return str(round) if review is None else f"{review.village_name}, {round}"


def _page(act: Act) -> str:
    return _page_of(act.round, act.village_review)


def _page_of(round: Round, review: VillageReview | None) -> str:
    if review is None:
        return reverse("round", args=[round.key])
    return reverse("village", args=[round.key, review.village.code])
