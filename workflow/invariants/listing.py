"""The window and the list: INV-01 to INV-04 (QĐ 24/2021/QĐ-TTg, Điều 3 và khoản 1 Điều 4)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import AFTER_THE_WINDOW, POOR_CLASSES, day_of
from workflow.invariants.record import Dossier, Record


@of_round("INV-01")
def acts_inside_the_window(record: Record) -> Iterator[Found]:
    first, last = record.window
    for act in record.acts.values():
        day = day_of(act.at)
        if day != act.day:
            yield Found(_("Ngày ghi của việc khác ngày của giờ đã ghi."), act.sequence)
        outside = not (first <= act.day <= last and first <= day <= last)
        if outside and act.code not in AFTER_THE_WINDOW:
            yield Found(
                _("Việc ghi ngày %(day)s, ngoài thời gian rà soát của năm %(year)d.")
                % {"day": f"{day:%d/%m/%Y}", "year": record.round.year},
                act.sequence,
            )


@of_round("INV-01")
def papers_inside_the_window(record: Record) -> Iterator[Found]:
    first, last = record.window
    bounds = first.isoformat(), last.isoformat()
    for case_id, _attempt, _kind, act_id, _cls, day, *_rest in record.sheet_rows:
        act = record.acts.get(act_id)
        if not bounds[0] <= day <= bounds[1] or (act and day > act.day.isoformat()):
            yield Found(
                _("Ngày khảo sát trên Phiếu B nằm ngoài thời gian rà soát hoặc sau ngày ghi."),
                act.sequence if act else None,
                record.codes[case_id],
            )
    for screening in record.screenings:
        act = record.acts.get(screening.act_id)
        if not first <= screening.screened_on <= last or (act and screening.screened_on > act.day):
            yield Found(
                _("Ngày trên Phiếu A nằm ngoài thời gian rà soát hoặc sau ngày ghi."),
                act.sequence if act else None,
                record.codes[screening.case_id],
            )
    for meeting in record.meetings.values():
        act = record.acts.get(meeting.act_id)
        if not first <= meeting.held_on <= last or (act and meeting.held_on > act.day):
            yield Found(
                _("Ngày họp nằm ngoài thời gian rà soát hoặc sau ngày ghi biên bản."),
                act.sequence if act else None,
            )


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
        yield Found(_("Hộ có hồ sơ trong hai đợt rà soát của cùng một năm."), None, code)


@of_case("INV-02")
def last_years_household_is_listed_as_such(dossier: Dossier, record: Record) -> Iterator[Found]:
    face = dossier.face
    before = face.standing_before if face.standing_before in POOR_CLASSES else None
    lists = record.acts_of["build_list"]
    if before and lists and not dossier.steps:
        yield Found(
            _("Hộ nghèo, cận nghèo của năm trước chưa được đưa vào danh sách rà soát."),
            lists[-1].sequence,
        )
    if before and face.basis != "ARRIVAL" and face.opening_class != before:
        yield Found(
            _("Phân loại đầu kỳ của hồ sơ khác kết quả đã công nhận năm trước."),
            dossier.first_number,
        )


@of_case("INV-03")
def each_household_has_its_basis(dossier: Dossier, record: Record) -> Iterator[Found]:
    face, steps = dossier.face, dossier.steps
    if not steps:
        return
    if face.basis == "LAST_YEAR" and face.standing_before not in POOR_CLASSES:
        yield Found(
            _("Hộ ghi là của danh sách năm trước nhưng năm trước không có."), dossier.first_number
        )
    elif face.basis == "ARRIVAL" and not face.has_paper:
        yield Found(_("Hộ chuyển đến, tách hoặc nhập hộ không có giấy tờ."), dossier.first_number)
    elif face.basis == "REQUEST":
        if not face.has_paper:
            yield Found(_("Hộ không có Giấy đề nghị (Mẫu số 01)."), dossier.first_number)
        if steps[0].code != "receive_request":
            yield Found(
                _("Hộ vào danh sách khi chưa nhận Giấy đề nghị (Mẫu số 01)."), dossier.first_number
            )
    elif face.basis not in ("LAST_YEAR", "ARRIVAL"):
        yield Found(_("Hồ sơ không ghi căn cứ vào danh sách."), dossier.first_number)


@of_round("INV-03")
def each_request_names_its_form(record: Record) -> Iterator[Found]:
    for act in record.acts_of["receive_request"]:
        forms = act.facts.get("forms") or {}
        if not forms or not all(forms.values()):
            yield Found(_("Việc nhận Giấy đề nghị không ghi số giấy."), act.sequence)
        if len(forms) != act.count:
            yield Found(_("Số Giấy đề nghị đã ghi khác số hồ sơ đã nhận."), act.sequence)


@of_round("INV-04")
def one_person_in_one_household(record: Record) -> Iterator[Found]:
    for code in record.shared_persons:
        yield Found(_("Một người của hộ cũng là nhân khẩu của hộ khác được rà soát."), None, code)
