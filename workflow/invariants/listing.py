"""The window and the list: INV-01 to INV-04 (QĐ 24/2021/QĐ-TTg, Điều 3 và khoản 1 Điều 4)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import (
    AD_HOC,
    AFTER_THE_WINDOW,
    BEFORE_THE_START,
    EXIT_REQUEST,
    PERIODIC,
    REQUESTS,
    day_of,
)
from workflow.invariants.record import ActRow, Dossier, Record

START_OF_MONTHLY = "QĐ 24/2021/QĐ-TTg, Điều 3 khoản 1 điểm b, khoản 2"
BY_FORM = ("REQUEST", "EXIT")


@of_round("INV-01")
def acts_inside_the_window(record: Record) -> Iterator[Found]:
    for act in record.acts.values():
        day = day_of(act.at)
        if day != act.day:
            yield Found(_("Ngày ghi của việc khác ngày của giờ đã ghi."), act.sequence)
        free = AFTER_THE_WINDOW if record.kind == PERIODIC else BEFORE_THE_START
        if act.code not in free and not (
            _inside(record, act, act.day) and _inside(record, act, day)
        ):
            yield _outside(record, act)


def _inside(record: Record, act: ActRow, day: date) -> bool:
    first, last = record.figures_of(act).days_of(record.round.year, record.round.month)
    return first <= day and (last is None or day <= last)


def _outside(record: Record, act: ActRow) -> Found:
    if record.kind == PERIODIC:
        sentence = _("Việc ghi ngày %(day)s, ngoài thời gian rà soát của năm %(year)d.")
        return Found(
            sentence % {"day": f"{act.day:%d/%m/%Y}", "year": record.round.year}, act.sequence
        )
    sentence = _("Việc ghi ngày %(day)s, trước ngày %(start)s là ngày bắt đầu của đợt tháng.")
    days = {"day": f"{act.day:%d/%m/%Y}", "start": f"{record.starts_on:%d/%m/%Y}"}
    return Found(sentence % days, act.sequence, article=START_OF_MONTHLY)


@of_round("INV-01")
def papers_inside_the_window(record: Record) -> Iterator[Found]:
    for sentence, rows in (
        (
            _("Ngày khảo sát trên Phiếu B nằm ngoài thời gian rà soát hoặc sau ngày ghi."),
            record.sheet_rows,
        ),
        (
            _("Ngày xác định thu nhập nằm trước ngày bắt đầu đợt hoặc sau ngày ghi."),
            record.income_rows,
        ),
    ):
        for case_id, _attempt, kind, act_id, _cls, day, *_rest in rows:
            act = record.acts.get(act_id)
            if act and not _fits(record, act, date.fromisoformat(day), kind):
                yield Found(sentence, act.sequence, record.codes[case_id])
    for screening in record.screenings:
        act = record.acts.get(screening.act_id)
        if act and not _fits(record, act, screening.screened_on):
            yield Found(
                _("Ngày trên Phiếu A nằm ngoài thời gian rà soát hoặc sau ngày ghi."),
                act.sequence,
                record.codes[screening.case_id],
            )
    for meeting in record.meetings.values():
        act = record.acts.get(meeting.act_id)
        if act and not _fits(record, act, meeting.held_on):
            yield Found(
                _("Ngày họp nằm ngoài thời gian rà soát hoặc sau ngày ghi biên bản."), act.sequence
            )


def _fits(record: Record, act: ActRow, day: date, kind: str = "") -> bool:
    """Test if a paper's day lies in the review and not after its act; who is heard again may be later."""
    return day <= act.day and (kind == "REEXAMINATION" or _inside(record, act, day))


@of_round("INV-02")
def last_years_households_have_one_case(record: Record) -> Iterator[Found]:
    if lists := record.acts_of["build_list"]:
        for code in record.unlisted:
            yield Found(
                _("Hộ nghèo, cận nghèo của năm trước không có hồ sơ trong đợt rà soát."),
                lists[-1].sequence,
                code,
            )
    for code in record.elsewhere:
        yield Found(_("Hộ có hồ sơ trong hai đợt rà soát của cùng một kỳ."), None, code)


@of_case("INV-02")
def last_years_household_is_listed_as_such(dossier: Dossier, record: Record) -> Iterator[Found]:
    face = dossier.face
    lists = record.acts_of["build_list"]
    if record.kind != PERIODIC or not face.before:
        return
    if lists and not dossier.steps:
        yield Found(
            _("Hộ nghèo, cận nghèo của năm trước chưa được đưa vào danh sách rà soát."),
            lists[-1].sequence,
        )
    if face.basis != "ARRIVAL" and face.opening_class != face.before:
        yield Found(
            _("Phân loại đầu kỳ của hồ sơ khác kết quả đã công nhận năm trước."),
            dossier.first_number,
        )


@of_case("INV-03")
def each_household_has_its_basis(dossier: Dossier, record: Record) -> Iterator[Found]:
    face, steps = dossier.face, dossier.steps
    if not steps:
        return
    if face.basis == "LAST_YEAR" and record.kind == PERIODIC:
        if not face.before:
            yield Found(
                _("Hộ ghi là của danh sách năm trước nhưng năm trước không có."),
                dossier.first_number,
            )
    elif face.basis == "ARRIVAL" and record.kind == PERIODIC:
        if not face.has_paper:
            yield Found(
                _("Hộ chuyển đến, tách hoặc nhập hộ không có giấy tờ."), dossier.first_number
            )
    elif face.basis not in BY_FORM or (face.basis == "EXIT" and record.kind != AD_HOC):
        yield Found(_("Hồ sơ không ghi căn cứ vào danh sách."), dossier.first_number)
    elif record.kind != AD_HOC:
        yield from asked_by_its_form(dossier)


def asked_by_its_form(dossier: Dossier) -> Iterator[Found]:
    """Yield a case that was made by a request without its form having been received."""
    asks_exit = dossier.face.basis == "EXIT"
    code = dossier.steps[0].code
    if not dossier.face.has_paper:
        yield Found(
            _("Hộ không có Giấy đề nghị (Mẫu số 04).")
            if asks_exit
            else _("Hộ không có Giấy đề nghị (Mẫu số 01)."),
            dossier.first_number,
        )
    if (code != EXIT_REQUEST) if asks_exit else (code not in REQUESTS):
        yield Found(
            _("Hộ vào danh sách khi chưa nhận Giấy đề nghị (Mẫu số 04).")
            if asks_exit
            else _("Hộ vào danh sách khi chưa nhận Giấy đề nghị (Mẫu số 01)."),
            dossier.first_number,
        )


@of_round("INV-03")
def each_request_names_its_form(record: Record) -> Iterator[Found]:
    for code in (*REQUESTS, EXIT_REQUEST):
        for act in record.acts_of[code]:
            forms = act.facts.get("forms") or {}
            if not forms or not all(forms.values()):
                yield Found(_("Việc nhận Giấy đề nghị không ghi số giấy."), act.sequence)
            if len(forms) != act.count:
                yield Found(_("Số Giấy đề nghị đã ghi khác số hồ sơ đã nhận."), act.sequence)


@of_round("INV-03")
def each_arrival_names_its_paper(record: Record) -> Iterator[Found]:
    for act in record.acts_of["record_arrival"]:
        if not act.facts.get("paper"):
            yield Found(_("Hộ chuyển đến, tách hoặc nhập hộ không có giấy tờ."), act.sequence)


@of_round("INV-04")
def one_person_in_one_household(record: Record) -> Iterator[Found]:
    for code in record.shared_persons:
        yield Found(_("Một người của hộ cũng là nhân khẩu của hộ khác được rà soát."), None, code)
