"""
One sentence for each row of a household's certificate: what shows that it was done.

Numbers of papers, days, votes and scores; of persons only who held an office.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.ledger.entries import ERASED
from cases.models.cases import RESULT_CLASSES
from cases.rules.packs import PACKS
from workflow.invariants.law import day_of
from workflow.ledger.certificate_road import Row
from workflow.ledger.certificate_shown import Shown
from workflow.titles import state_title

# What a village's lists show: sentences that speak of no household.
OF_LISTS = frozenset(
    {
        "round_papers",
        "pack",
        "meeting",
        "minutes",
        "posting",
        "posting_days",
        "report",
        "opinion",
        "decision",
        "number",
        "paper",
        "carried",
        "handed",
    }
)


def evidence(shown: Shown, row: Row) -> str:
    """Return what shows a row; empty where nothing was done yet."""
    name = row.demand.evidence
    if not name or (row.act is None and name != "record"):
        return ""
    if shown.own_dossier is None and name not in OF_LISTS:
        return _("%(count)d hộ") % {"count": row.act.count} if row.act else ""
    return _WORDS[name](shown, row)


def _facts(row: Row) -> dict[str, Any]:
    """Return what the act was told; what was erased of it says so."""
    told = row.act.facts if row.act else {}
    return {name: _readable(value) for name, value in told.items()}


def _readable(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if set(value) == {ERASED}:
        return _("(đã xóa)")
    return {name: _readable(each) for name, each in value.items()}


def _day(value: date | datetime | str | None) -> str:
    if isinstance(value, str):
        try:
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        except ValueError:  # erased
            return value
    if isinstance(value, datetime):
        value = day_of(value)
    return f"{value:%d/%m/%Y}" if value else ""


def class_title(code: str) -> str:
    return str(dict(RESULT_CLASSES).get(code, code))


def _round_papers(shown: Shown, row: Row) -> str:
    papers = (shown.record.round.committee_paper, shown.record.round.plan_paper)
    return "; ".join(paper for paper in papers if paper)


def _pack(shown: Shown, row: Row) -> str:
    round_ = shown.record.round
    pack = PACKS.get(round_.pack)
    return _("%(pack)s; chuẩn nghèo %(standard)s") % {
        "pack": _(pack.title) if pack else round_.pack,
        "standard": round_.standard,
    }


def _basis(shown: Shown, row: Row) -> str:
    case = shown.case
    said = [case.get_basis_display(), case.basis_paper]
    if case.opening_class:
        said.append(_("đầu kỳ: %(cls)s") % {"cls": class_title(case.opening_class)})
    return "; ".join(str(each) for each in said if each)


def _request(shown: Shown, row: Row) -> str:
    number = (_facts(row).get("forms") or {}).get(shown.case.code, "")
    return _("Giấy đề nghị số %(number)s") % {"number": number}


def _screen(shown: Shown, row: Row) -> str:
    facts, code = _facts(row), shown.case.code
    words = _("đạt") if (facts.get("passed") or {}).get(code) else _("không đạt")
    return _("Phiếu A ngày %(day)s: %(words)s") % {
        "day": _day((facts.get("days") or {}).get(code)),
        "words": words,
    }


def _survey_day(shown: Shown, row: Row) -> str:
    sheet = shown.sheets.get(row.act_pk)
    if sheet is None:
        return ""
    return _("Phiếu B lần %(attempt)d, ngày %(day)s, rà soát viên %(name)s") % {
        "attempt": sheet[1],
        "day": _day(sheet[5]),
        "name": shown.reviewers.get(row.act_pk, ""),
    }


def _score(shown: Shown, row: Row) -> str:
    sheet = shown.sheets.get(row.act_pk)
    if sheet is None:
        return ""
    return _("B1 = %(b1)d, B2 = %(b2)d, khu vực %(area)s: %(cls)s") % {
        "b1": sheet[8],
        "b2": sheet[9],
        "area": shown.record.round.get_area_display().lower(),
        "cls": class_title(sheet[4]),
    }


def _income_day(shown: Shown, row: Row) -> str:
    sheet = shown.incomes.get(row.act_pk)
    if sheet is None:
        return ""
    return _("Lần %(attempt)d, ngày %(day)s, người xác định %(name)s") % {
        "attempt": sheet[1],
        "day": _day(sheet[5]),
        "name": shown.reviewers.get(row.act_pk, ""),
    }


def _income(shown: Shown, row: Row) -> str:
    sheet = shown.incomes.get(row.act_pk)
    return class_title(sheet[4]) if sheet else ""


def _result(shown: Shown, row: Row) -> str:
    found = ""
    for sheet in shown.dossier.sheets:
        act = shown.record.acts.get(sheet.act_id)
        if act and row.act and act.sequence < row.act.sequence:
            found = sheet.household_class
    return class_title(found) if found else ""


def _meeting(shown: Shown, row: Row) -> str:
    held = shown.meeting(row)
    if held is None:
        return ""
    return _(
        "Lần %(number)d, ngày %(day)s; chủ trì %(chair)s; Ban Chỉ đạo %(committee)d, rà soát viên "
        "%(reviewers)d, hộ dân %(households)d người"
    ) % {
        "number": held.number,
        "day": _day(held.held_on),
        "chair": held.chair_name,
        "committee": held.committee_present,
        "reviewers": held.reviewers_present,
        "households": held.households_present,
    }


def _vote(shown: Shown, row: Row) -> str:
    held = shown.meeting(row)
    votes = [
        vote
        for vote in shown.record.vote_rows
        if held and vote[0] == shown.case.pk and vote[1] == held.pk
    ]
    if not votes:
        return ""
    _case, _meeting_id, cls, agree, _disagree, _silent, attendance = votes[0]
    target = row.step.target if row.step else ""
    return _("%(agree)d/%(attendance)d người đồng ý là %(cls)s: %(words)s") % {
        "agree": agree,
        "attendance": attendance,
        "cls": class_title(cls),
        "words": str(state_title(target)).lower() if target else "",
    }


def _minutes(shown: Shown, row: Row) -> str:
    held = shown.meeting(row)
    return _("Biên bản số %(number)s") % {"number": held.minutes_number} if held else ""


def _posting(shown: Shown, row: Row) -> str:
    hung_up = shown.record.posting_of_act.get(row.act_pk)
    if hung_up is None:
        return ""
    places = "; ".join(p for p in (hung_up.village_place, hung_up.commune_place) if p)
    return _("Từ %(day)s tại %(places)s") % {"day": _day(hung_up.posted_at), "places": places}


def _posted_class(shown: Shown, row: Row) -> str:
    hung_up = shown.record.posting_of_act.get(row.act_pk)
    classes = [
        line.household_class
        for line in shown.dossier.shown
        if hung_up and line.posting_id == hung_up.pk
    ]
    return class_title(classes[0]) if classes else ""


def _posting_days(shown: Shown, row: Row) -> str:
    hung_up = shown.posting_closed_by(row)
    if hung_up is None:
        return ""
    term = shown.record.term_of_act.get(hung_up.act_id)
    last = shown.record.last_day_of(term) if term else None
    return _("Từ %(start)s; đủ %(days)d ngày làm việc vào hết %(last)s; kết thúc %(closed)s") % {
        "start": _day(hung_up.posted_at),
        "days": term.days if term else 0,
        "last": _day(last),
        "closed": _day(hung_up.closed_at),
    }


def _interruption(shown: Shown, row: Row) -> str:
    hung_up = shown.posting_closed_by(row)
    return hung_up.interruption if hung_up else ""


def _complaint(shown: Shown, row: Row) -> str:
    filed = next((c for c in shown.dossier.apart.complaints if c.act_id == row.act_pk), None)
    if filed is None:
        return ""
    words = _("Nhận %(day)s, hạn %(due)s") % {
        "day": _day(filed.received_at),
        "due": _day(filed.due_on),
    }
    if filed.answered_at:
        words += "; " + _("có kết quả %(day)s") % {"day": _day(filed.answered_at)}
    return words


def _report(shown: Shown, row: Row) -> str:
    sent = next((r for r in shown.record.reports if r.act_id == row.act_pk), None)
    if sent is None:
        return ""
    return _("Báo cáo số %(number)s, hạn trả lời %(due)s") % {
        "number": sent.number,
        "due": _day(sent.due_on),
    }


def _opinion(shown: Shown, row: Row) -> str:
    words = _("Văn bản số %(number)s") % {"number": _facts(row).get("number", "")}
    if row.step and row.step.target == "objected":
        return words + ": " + _("chưa thống nhất về hộ này")
    return words + (": " + _("thống nhất về hộ này") if row.step else "")


def _decision(shown: Shown, row: Row) -> str:
    return _("Quyết định số %(number)s ngày %(day)s") % {
        "number": _facts(row).get("number", ""),
        "day": _day(row.act.day if row.act else None),
    }


def _decided_class(shown: Shown, row: Row) -> str:
    return str(state_title(row.step.target)) if row.step else ""


def _later_decision(shown: Shown, row: Row) -> str:
    why = next((why for act, _kind, why in shown.dossier.apart.named if act == row.act_pk), "")
    return f"{_decision(shown, row)}: {why}" if why else _decision(shown, row)


def _proposer(shown: Shown, row: Row) -> str:
    by = shown.proposers.get((row.act_pk, shown.case.code))
    return _("Người đề nghị: %(name)s") % {"name": by.name} if by else ""


def _certificate(shown: Shown, row: Row) -> str:
    rows = [each for each in shown.dossier.certificates if each.act_id == row.act_pk]
    if not rows:
        return ""
    return _("Năm %(year)d: %(cls)s") % {
        "year": rows[0].year,
        "cls": class_title(rows[0].household_class),
    }


def _refusal(shown: Shown, row: Row) -> str:
    letter = next((each for each in shown.dossier.apart.letters if each.act_id == row.act_pk), None)
    if letter is None:
        return ""
    return _("Văn bản số %(number)s: %(reason)s") % {
        "number": letter.number,
        "reason": letter.reason,
    }


def _departure(shown: Shown, row: Row) -> str:
    return "; ".join(p for p in (shown.case.get_departure_display(), _paper(shown, row)) if p)


def _paper(shown: Shown, row: Row) -> str:
    return str(_facts(row).get("paper", ""))


def _number(shown: Shown, row: Row) -> str:
    return str(_facts(row).get("number", ""))


def _carried(shown: Shown, row: Row) -> str:
    facts = _facts(row)
    return f"{facts.get('from', '')} → {facts.get('to', '')}; {facts.get('paper', '')}"


def _handed(shown: Shown, row: Row) -> str:
    facts = _facts(row)
    return f"{facts.get('from', '')} → {facts.get('keeper', '')}; {facts.get('paper', '')}"


def _recorded(shown: Shown, row: Row) -> str:
    return _("%(events)d sự kiện, đánh số liên tục") % {"events": len(shown.dossier.steps)}


_WORDS: Mapping[str, Callable[[Shown, Row], str]] = {
    "round_papers": _round_papers,
    "pack": _pack,
    "basis": _basis,
    "request": _request,
    "screen": _screen,
    "survey_day": _survey_day,
    "score": _score,
    "income_day": _income_day,
    "income": _income,
    "result": _result,
    "meeting": _meeting,
    "vote": _vote,
    "minutes": _minutes,
    "posting": _posting,
    "posted_class": _posted_class,
    "posting_days": _posting_days,
    "interruption": _interruption,
    "complaint": _complaint,
    "report": _report,
    "opinion": _opinion,
    "decision": _decision,
    "decided_class": _decided_class,
    "later_decision": _later_decision,
    "proposer": _proposer,
    "certificate": _certificate,
    "refusal": _refusal,
    "departure": _departure,
    "paper": _paper,
    "number": _number,
    "carried": _carried,
    "handed": _handed,
    "record": _recorded,
}
