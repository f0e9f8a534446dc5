"""What the demonstration shows at the auditor's bench: a sample, and findings at three stages."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.models import Case, Finding, Round, User
from cases.permissions import ask_on
from workflow.auditing import findings
from workflow.auditing.samples import draw, keep
from workflow.auditing.scope import audited_cases
from workflow.machine.apply import legal_day

AUDITOR, FINISHED, OPEN = "giamsat", "24652", "24640"
SEED = "XSKT 25/10/2024: 482915"
SIZE = 10


def show_the_bench(year: int, at: datetime) -> None:
    """Draw a sample of the district and enter findings, as its auditor would."""
    auditor = _person(AUDITOR, at)
    unit = auditor.assignments.get().unit
    for kind in ("RANDOM", "RISK"):
        drawing = draw(
            audited_cases(auditor), unit, year, seed=SEED, size=SIZE, kind=kind, until=at
        )
        if drawing.drawn:
            keep(drawing, unit, year, review="", kind=kind, size=SIZE, by=auditor, at=at)
    finished = _round(FINISHED, year)
    case = Case.objects.filter(round=finished).order_by("pk")[0]
    officer = _person(f"canbo.{FINISHED}", at)
    review = case.village_review
    for number, (subject, text) in enumerate(
        (
            (case, _("Đề nghị cho xem Phiếu B có chữ ký của hộ.")),
            (None, _("Biên bản họp của thôn ghi bao nhiêu đại diện hộ dân ký?")),
        )
    ):
        found = findings.find(
            round=finished,
            village_review=review,
            case=subject,
            text=text,
            source=Finding.Source.SAMPLE,
            by=auditor,
            at=at,
        )
        findings.answer(found, text=_("Đã gửi bản chụp kèm văn bản."), by=officer, at=at)
        if number:
            findings.close(found, text=_("Đã xem, đúng với biên bản."), by=auditor, at=at)
    findings.find(
        round=_round(OPEN, year),
        text=_("Đề nghị xã cho biết ngày họp dân dự kiến của từng tổ dân phố còn lại."),
        source=Finding.Source.HAND,
        by=auditor,
        at=at,
    )


def _person(username: str, at: datetime) -> User:
    user = User.objects.get(username=username)
    ask_on(user, legal_day(at))
    return user


def _round(commune: str, year: int) -> Round:
    return Round.objects.get(commune__code=commune, year=year, kind="PERIODIC")
