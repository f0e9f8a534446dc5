"""What the machine itself promises: ENG-01 to ENG-09. Everything is told again from the events."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Act
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import IN_THE_VILLAGE
from workflow.invariants.outcomes import outcome
from workflow.invariants.record import ActRow, Dossier, Record

# Which rows of a household each of its steps must have entered.
ROW_OF_STEP = {
    "survey": "sheets",
    "reverify": "sheets",
    "reexamine": "sheets",
    "determine_income": "sheets",
    "redetermine_income": "sheets",
    "hold_meeting": "votes",
    "post_list": "shown",
    "repost": "shown",
    "screen": "screenings",
    "complain": "complaints",
    "accept_grievance": "complaints",
    "issue_certificates": "certificates",
    "refuse": "letters",
    "revoke_decision": "named",
    "amend_decision": "named",
    "correct_decision": "named",
}


DECISIONS = ("sign_decision", "revoke_decision", "amend_decision", "correct_decision")


@of_case("ENG-01")
def events_lead_to_the_state(dossier: Dossier, record: Record) -> Iterator[Found]:
    state = "new"
    for step in dossier.steps:
        if step.source != state:
            yield Found(_("Sự kiện không nối tiếp sự kiện trước nó."), step.number)
        state = step.target
    before = dossier.steps[-1].source if dossier.steps else "new"
    if (dossier.face.state, dossier.face.prev_state) != (state, before):
        yield Found(
            _("Trạng thái của hồ sơ không phải là trạng thái mà các sự kiện dẫn tới."),
            dossier.steps[-1].number if dossier.steps else None,
        )


@of_case("ENG-02")
def versions_have_no_holes(dossier: Dossier, record: Record) -> Iterator[Found]:
    steps, face = dossier.steps, dossier.face
    last = steps[-1] if steps else None
    if [step.sequence for step in steps] != list(range(1, len(steps) + 1)):
        yield Found(_("Sự kiện của hồ sơ không được đánh số liên tục."), last and last.number)
    elif face.version != len(steps) or face.last_act_id != (last.act_id if last else None):
        yield Found(
            _("Phiên bản hoặc việc cuối cùng của hồ sơ khác với sự kiện cuối."),
            last and last.number,
        )


@of_round("ENG-03")
def acts_have_no_holes(record: Record) -> Iterator[Found]:
    count, top, length = record.chain
    if count == top == length:
        return
    numbers = set(
        Act.objects.filter(commune=record.round.commune_id).values_list("sequence", flat=True)
    )
    for missing in sorted(set(range(1, max(top, length) + 1)) - numbers)[:20]:
        yield Found(_("Thiếu một việc trong dãy việc đã ghi của xã."), missing)
    if top > length:
        yield Found(_("Có việc ghi ngoài dãy việc của xã."), top)


@of_round("ENG-04")
def counts_equal_cases(record: Record) -> Iterator[Found]:
    counted: Counter[tuple[int, str, str]] = Counter()
    for dossier in record.dossiers:
        face = dossier.face
        counted[face.village_review_id, face.state, face.result_class] += dossier.size
    for key in sorted(counted.keys() | record.counts.keys()):
        if counted[key] != record.counts.get(key, 0):
            yield Found(
                _("Số đếm của %(village)s, trạng thái %(state)s là %(told)d, đếm lại là %(n)d.")
                % {
                    "village": record.village_codes[record.village_keepers[key[0]]],
                    "state": key[1],
                    "told": record.counts.get(key, 0),
                    "n": counted[key],
                }
            )


@of_round("ENG-05")
def charts_agree(record: Record) -> Iterator[Found]:
    for chart in record.charts:
        yield Found(_("Sơ đồ không chờ đúng bước của hồ sơ: %(chart)s.") % {"chart": chart})


@of_case("ENG-06")
def each_step_is_declared_by_its_act(dossier: Dossier, record: Record) -> Iterator[Found]:
    before = 0
    for step in dossier.steps:
        act = step.act
        pack = record.pack_of(act) if act else None
        declared = pack.by_code.get(step.code) if pack else None
        if act is None or declared is None:
            yield Found(_("Sự kiện không có việc nào của đợt rà soát."), step.number)
            continue
        if not any(step.source in m.sources and step.target == m.target for m in declared.moves):
            yield Found(
                _("Việc đã ghi không dẫn từ trạng thái này sang trạng thái kia."), step.number
            )
        if act.village_review_id not in (None, dossier.face.village_review_id):
            yield Found(_("Việc của thôn khác làm thay đổi hồ sơ."), step.number)
        if act.sequence <= before:
            yield Found(_("Sự kiện của hồ sơ không theo thứ tự của các việc."), step.number)
        before = act.sequence


@of_round("ENG-06")
def each_act_moved_as_many_as_it_says(record: Record) -> Iterator[Found]:
    for act in record.acts.values():
        if record.moved.get(act.pk, 0) != act.count:
            yield Found(
                _("Việc ghi là %(told)d hồ sơ nhưng có %(n)d sự kiện.")
                % {"told": act.count, "n": record.moved.get(act.pk, 0)},
                act.sequence,
            )


@of_case("ENG-07")
def each_step_entered_its_row(dossier: Dossier, record: Record) -> Iterator[Found]:
    apart = dossier.apart
    rows = {
        "sheets": {sheet.act_id for sheet in dossier.sheets},
        "votes": {record.meetings[vote.meeting_id].act_id for vote in dossier.votes},
        "shown": {record.postings[line.posting_id].act_id for line in dossier.shown},
        "screenings": {row.act_id for row in apart.screenings},
        "complaints": {row.act_id for row in apart.complaints},
        "certificates": {row.act_id for row in dossier.certificates},
        "letters": {row.act_id for row in apart.letters},
        "named": {act_id for act_id, _kind, _why in apart.named},
    }
    moved_by = set()
    for step in dossier.steps:
        moved_by.add(step.act_id)
        if (row := ROW_OF_STEP.get(step.code)) and step.act_id not in rows[row]:
            yield Found(
                _("Việc đã ghi nhưng không có giấy tờ của hộ mà việc đó nhập."), step.number
            )
    for row_acts in rows.values():
        for act_id in row_acts - moved_by:
            yield Found(
                _("Có giấy tờ của hộ mà không có sự kiện của việc đã nhập nó."),
                record.sequence_of(act_id),
            )


@of_case("ENG-07")
def each_named_household_has_its_reason(dossier: Dossier, record: Record) -> Iterator[Found]:
    for act_id, kind, why in dossier.apart.named:
        if kind in ("REVOCATION", "CORRECTION") and not why.strip():
            yield Found(
                _("Đính chính hoặc thu hồi quyết định mà không nêu lý do."),
                record.sequence_of(act_id),
            )


@of_round("ENG-07")
def each_act_entered_its_paper(record: Record) -> Iterator[Found]:
    decisions = [decision.act_id for decision in record.decisions]
    of_code = {
        code: [pk for pk in decisions if (act := record.acts.get(pk)) and act.code == code]
        for code in DECISIONS
    }
    unknown = [pk for pk in decisions if not any(pk in acts for acts in of_code.values())]
    papers = of_code | {
        "hold_meeting": [meeting.act_id for meeting in record.meetings.values()],
        "post_list": [p.act_id for p in record.postings.values() if p.case_id is None],
        "repost": [p.act_id for p in record.postings.values() if p.case_id is not None],
        "sign_report": [report.act_id for report in record.reports],
        "give_opinion": [opinion.act_id for opinion in record.opinions],
        "sign_monthly_report": [report.act_id for report in record.monthly_reports],
        "sign_decision": [*of_code["sign_decision"], *unknown],
    }
    for code, act_ids in papers.items():
        entered = Counter(act_ids)
        for act in record.acts_of[code]:
            if entered.pop(act.pk, 0) != 1:
                yield Found(_("Việc đã ghi nhưng không có đúng một văn bản của nó."), act.sequence)
        for act_id in entered:
            yield Found(_("Có văn bản mà không có việc đã nhập nó."), record.sequence_of(act_id))


@of_case("ENG-08")
def the_case_shows_what_its_rows_say(dossier: Dossier, record: Record) -> Iterator[Found]:
    face = dossier.face
    # A requester who was answered without a survey has no class at all.
    shown = dossier.shown[-1].household_class if dossier.shown else ""
    wrong = [
        name
        for name, said, derived in (
            (_("lần khảo sát"), face.attempt, len(dossier.sheets)),
            (_("kết quả phân loại"), face.result_class, dossier.last_class),
            (_("kết quả đã niêm yết"), face.posted_class, shown),
            (_("kết quả họp"), face.agreed_class, _agreed(dossier, record)),
            (_("kết quả quyết định"), face.decided_class, outcome(dossier, record).decided),
            (_("ý kiến cấp trên"), face.opinion, _opinion(dossier)),
            (_("lý do ra khỏi danh sách"), face.departure, _departure(dossier)),
            (_("Phiếu A"), face.screen_passed, _screened(dossier)),
            (_("xã"), face.commune_id, record.round.keeper_id),
            (_("thôn"), face.village_id, record.village_keepers[face.village_review_id]),
        )
        if said != derived
    ]
    if wrong:
        yield Found(
            _("Hồ sơ hiện thông tin khác với giấy tờ đã ghi: %(names)s.")
            % {"names": ", ".join(wrong)},
            dossier.steps[-1].number if dossier.steps else None,
        )


@of_round("ENG-08")
def rows_say_what_the_acts_recorded(record: Record) -> Iterator[Found]:
    changed = _("Giấy tờ của hộ khác với nội dung đã ghi cùng việc.")
    acts, codes, meetings = record.acts, record.codes, record.meetings
    for (
        case_id,
        _attempt,
        _kind,
        act_id,
        _cls,
        day,
        _area,
        _std,
        income,
        _b2,
        flags,
    ) in record.sheet_rows:
        act, code = acts.get(act_id), codes[case_id]
        if act is None:
            continue
        facts = act.facts
        told = facts.get("results", {}).get(code)
        if told != [income, flags] or facts.get("days", {}).get(code) != day:
            yield Found(changed, act.sequence, code)
    for case_id, _attempt, _kind, act_id, _cls, day, _area, *sums in record.income_rows:
        act, code = acts.get(act_id), codes[case_id]
        if act is None:
            continue
        told = act.facts.get("incomes", {}).get(code)
        if told != sums or act.facts.get("days", {}).get(code) != day:
            yield Found(changed, act.sequence, code)
    for case_id, meeting_id, _cls, *votes, _attendance in record.vote_rows:
        act, code = acts.get(meetings[meeting_id].act_id), codes[case_id]
        if act and act.facts.get("tallies", {}).get(code) != votes:
            yield Found(changed, act.sequence, code)
    for screening in record.screenings:
        act, code = acts.get(screening.act_id), codes[screening.case_id]
        if act and act.facts.get("passed", {}).get(code) is not screening.passed:
            yield Found(changed, act.sequence, code)
    named = {(act_id, codes[case_id]) for act_id, case_id in record.verdicts}
    asked = {
        (act.pk, code)
        for act in record.acts_of["give_opinion"]
        for code in act.facts.get("questioned", [])
    }
    for act_id, code in named ^ asked:
        yield Found(changed, record.sequence_of(act_id), code)


@of_round("ENG-08")
def papers_say_what_the_acts_recorded(record: Record) -> Iterator[Found]:
    papers: list[Any] = [
        *record.reports,
        *record.opinions,
        *record.decisions,
        *record.letters,
        *record.monthly_reports,
    ]
    for paper in papers:
        act = record.acts.get(paper.act_id)
        if act and act.facts.get("number") != paper.number:
            yield Found(_("Số văn bản khác với số đã ghi cùng việc."), act.sequence)
    for posting in record.postings.values():
        act = record.acts.get(posting.act_id)
        if act and any(
            act.facts.get(name) != getattr(posting, name)
            for name in ("village_place", "commune_place")
        ):
            yield Found(_("Nơi niêm yết khác với nơi đã ghi cùng việc."), act.sequence)


@of_round("ENG-08")
def round_and_lists_are_with_whom_the_acts_gave_them_to(record: Record) -> Iterator[Found]:
    last = max((act.sequence for act in record.acts.values()), default=0) + 1
    if record.keeper_at(last) != record.round.keeper_id:
        handed = record.acts_of["hand_over"]
        yield Found(
            _("Đơn vị đang giữ đợt khác với đơn vị mà các việc bàn giao dẫn tới."),
            handed[-1].sequence if handed else None,
        )
    for review, keeper in record.village_keepers.items():
        if record.village_keeper_at(review, last) != keeper:
            yield Found(
                _("Thôn đang giữ danh sách %(village)s khác với thôn đã tiếp nhận.")
                % {"village": record.village_codes[keeper]}
            )


@of_round("ENG-09")
def whoever_acted_held_the_duty(record: Record) -> Iterator[Found]:
    for act in record.acts.values():
        pack = record.pack_of(act)
        declared = pack.by_code.get(act.code) if pack else None
        if declared is None or (act.duty, act.article) != (declared.duty, declared.source.article):
            yield Found(_("Thẩm quyền hoặc căn cứ của việc không như gói quy trình."), act.sequence)
        elif not record.holds_duty(act):
            yield Found(
                _("Người làm không được phân công thẩm quyền này vào ngày đó."), act.sequence
            )
        elif act.duty_unit_id not in _competent(record, act):
            yield Found(
                _("Việc được làm với thẩm quyền ở một đơn vị không giữ đợt vào lúc đó."),
                act.sequence,
            )


@of_round("ENG-09")
def whoever_took_over_followed_by_law(record: Record) -> Iterator[Found]:
    for act in (*record.acts_of["hand_over"], *record.acts_of["hand_over_village"]):
        review = act.village_review_id
        before = (
            record.keeper_at(act.sequence)
            if review is None
            else record.village_keeper_at(review, act.sequence)
        )
        keeper = record.units.get(str(act.facts.get("keeper", "")))
        followed = {new for new, day in record.successors.get(before, ()) if day <= act.day}
        if keeper not in followed or not act.facts.get("paper"):
            yield Found(
                _("Đơn vị tiếp nhận không phải là đơn vị kế tục, hoặc không có văn bản sắp xếp."),
                act.sequence,
            )


def _competent(record: Record, act: ActRow) -> set[int | None]:
    """Return the units at which the act could be done: whoever had the round or the list then."""
    keeper = record.keeper_at(act.sequence)
    if act.code == "hand_over":
        return {new for new, day in record.successors.get(keeper, ()) if day <= act.day}
    if act.code == "give_opinion":
        return set(record.above_at(act))
    if act.code not in IN_THE_VILLAGE:
        return {keeper}
    reviews = [act.village_review_id] if act.village_review_id else record.villages
    return {keeper, *(record.village_keeper_at(review, act.sequence) for review in reviews)}


def _agreed(dossier: Dossier, record: Record) -> str:
    classes = {record.meetings[v.meeting_id].act_id: v.household_class for v in dossier.votes}
    last = dossier.last_step("hold_meeting")
    return classes.get(last.act_id, "") if last and last.target == "agreed" else ""


def _opinion(dossier: Dossier) -> str:
    last = dossier.last_step("give_opinion")
    if last is None:
        return ""
    return "QUESTIONED" if last.target == "objected" else "CONSENT"


def _departure(dossier: Dossier) -> str:
    last = dossier.last_step("record_departure")
    return str(last.act.facts.get("departure", "")) if last and last.act else ""


def _screened(dossier: Dossier) -> bool | None:
    return dossier.apart.screenings[-1].passed if dossier.apart.screenings else None
