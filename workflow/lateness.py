"""Whose an overdue thing is: for each time limit who owes the act, and who must know one level up."""

from dataclasses import dataclass

from cases.duties import Duty
from cases.models import Level, Unit
from cases.rules.packs import Seat
from cases.running_terms import POSTED
from workflow.models import MONTHLY_REPORT, TermProcess

OPINION = "opinion"


def _(text: str) -> str:
    """Mark a Vietnamese text for translation: notices are read in the reader's language."""
    return text


@dataclass(frozen=True)
class Lateness:
    """What is said when a last day is over, and whom it is said to first."""

    title: str
    duties: tuple[Duty, ...]
    seat: Seat = Seat.COMMUNE


LATENESS: dict[str, Lateness] = {
    "posting": Lateness(_("Đã đủ ngày niêm yết, có thể kết thúc"), (Duty.POST,), Seat.VILLAGE),
    "reposting": Lateness(
        _("Đã đủ ngày niêm yết lại, có thể kết thúc"), (Duty.POST,), Seat.VILLAGE
    ),
    "reverification": Lateness(_("Quá hạn phúc tra"), (Duty.REVERIFY,)),
    OPINION: Lateness(_("Quá hạn cho ý kiến về báo cáo"), (Duty.GIVE_OPINION,), Seat.SUPERIOR),
    "whole": Lateness(_("Quá hạn xét đợt tháng"), (Duty.COMPILE_LIST, Duty.SIGN_DECISION)),
    "grievance": Lateness(
        _("Quá hạn giải quyết khiếu nại quyết định"), (Duty.REVERIFY, Duty.SIGN_DECISION)
    ),
    MONTHLY_REPORT: Lateness(_("Quá hạn ký báo cáo tháng"), (Duty.SIGN_REPORT,)),
}
# A loaded edition may name a time limit of its own.
ANY_OTHER = Lateness(_("Có việc quá hạn"), (Duty.COMPILE_LIST, Duty.SIGN_DECISION))


def lateness(code: str) -> Lateness:
    return LATENESS.get(code, ANY_OTHER)


def is_waited_out(code: str) -> bool:
    """Test if the term is time that must pass: nobody is late the day after."""
    return code in POSTED


def owner(process: TermProcess) -> Unit:
    """Return the unit that owes what ends the term."""
    seat = lateness(process.code).seat
    if seat == Seat.SUPERIOR:
        return process.round.superior
    if seat == Seat.VILLAGE and process.term and process.term.village_review:
        return process.term.village_review.keeper
    return process.round.keeper


def unit_above(process: TermProcess) -> Unit:
    """Return the unit that must know: the superior; for its own opinion, province or nation."""
    round = process.round
    if lateness(process.code).seat != Seat.SUPERIOR:
        return round.superior
    if round.superior_id == round.province_id:
        return Unit.objects.get(level=Level.NATION)
    return round.province
