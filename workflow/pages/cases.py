"""One household's case: facts, the score explained, what happened, what can be done next."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.duties import Duty
from cases.models import (
    Case,
    HouseholdClass,
    IncomeClass,
    IncomeRecord,
    Member,
    PostedEntry,
    ReviewKind,
    Standing,
)
from cases.permissions import holds_duty
from cases.rules.packs import PACKS
from cases.rules.standards import MeasureError
from workflow import clock
from workflow.ledger.receipts import GIVEN_FOR
from workflow.machine.apply import legal_day
from workflow.pages.corrections import may_be_corrected, open_proposal
from workflow.pages.doors import On, case_or_404, door
from workflow.pages.dossier import asked_again, decisions_on, kin_of
from workflow.pages.forms.incomes import verdict_of
from workflow.pages.forms.requests import ReceiveRequestForm
from workflow.pages.person import person
from workflow.pages.possible import ActCard, awaited_acts, outside_window, possible_acts
from workflow.pages.progress import deadlines, shown_deadline
from workflow.pages.scores import explain, local_results
from workflow.titles import act_title, state_title

DIGITS_SHOWN = 3
# Begun from the round: the household has no case before it.
FROM_THE_ROUND = (
    "receive_request",
    "receive_exit_request",
    "receive_worker_request",
    "record_arrival",
)
# Only these facts of an act leave the database: a list act also names other households.
FACT_LABELS = (
    ("number", gettext_lazy("Số văn bản")),
    ("minutes_number", gettext_lazy("Số biên bản")),
    ("held_on", gettext_lazy("Ngày họp")),
    ("attendance", gettext_lazy("Số người dự họp")),
    ("village_place", gettext_lazy("Niêm yết tại thôn")),
    ("commune_place", gettext_lazy("Niêm yết tại xã")),
    ("paper", gettext_lazy("Giấy tờ")),
    ("conflict_noted", gettext_lazy("Người có liên quan")),
)
# Who writes personal numbers down compares them with the card; everybody else reads the last digits.
MAY_READ_NUMBERS = (Duty.RECORD_REQUEST, Duty.IMPORT)
MAY_READ_COMPLAINANTS = (Duty.RECEIVE_COMPLAINT, Duty.REVERIFY)


@door("office", Duty.VIEW, on=On.CASE)
@require_safe
def case(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show everything about one case, and every act on it: possible, or not yet because."""
    case = case_or_404(request, key, code)
    at = clock.now()
    day = legal_day(at)
    surveys = list(case.surveys.order_by("-attempt"))
    acts = [c for c in possible_acts(case, person(request), at) if c.code not in FROM_THE_ROUND]
    return render(
        request,
        "workflow/case.html",
        {
            "case": case,
            "round": case.round,
            "review": case.village_review,
            "facts": _facts(case),
            "members": _members(case, _holds_one(request, MAY_READ_NUMBERS, case)),
            "change": _change(case),
            "standings": Standing.objects.filter(household=case.household_id).order_by("-year"),
            "surveys": surveys,
            "by_score": "survey" in PACKS[case.round.pack].by_code,
            "score": explain(surveys[0]) if surveys else None,
            "local_results": local_results(surveys[0], case.round) if surveys else [],
            "screenings": case.screenings.order_by("pk"),
            "tallies": case.tallies.select_related("meeting").order_by("meeting__number"),
            "postings": PostedEntry.objects.filter(case=case)
            .select_related("posting")
            .order_by("posting__posted_at", "pk"),
            "complaints": case.complaints.order_by("pk"),
            "name_complainants": _holds_one(request, MAY_READ_COMPLAINANTS, case),
            "opinions": case.opinion_items.select_related("opinion").order_by("pk"),
            "certificates": case.certificate_rows.select_related("cancelled_by").order_by("pk"),
            "refusal_letters": case.refusal_letters.order_by("pk"),
            "decisions": decisions_on(case),
            "proposal": open_proposal(case),
            "may_propose": may_be_corrected(case)
            and holds_duty(person(request), Duty.RECORD_REQUEST, case),
            "incomes": [(r, _verdict(r)) for r in case.incomes.select_related("case__round")],
            "kin": kin_of(case, person(request)),
            "asked_again": asked_again(case),
            "deadlines": [
                shown_deadline(term, day)
                for term in deadlines(person(request), [case.round]).filter(case=case)
            ],
            "timeline": _timeline(case),
            "awaited": awaited_acts(case, person(request), at),
            "cards": [card for card in acts if card.possible and not card.seldom],
            "seldom": [card for card in acts if card.possible and card.seldom],
            "not_yet": [
                card
                for card in acts
                if card.within_duty and not card.possible and not _only_seldom(card)
            ],
            "others": [card for card in acts if not card.within_duty],
            "outside_window": outside_window(case.round, at),
            "final": case.state in PACKS[case.round.pack].final_states,
        },
    )


def _holds_one(request: HttpRequest, duties: Iterable[Duty], case: Case) -> bool:
    return any(holds_duty(person(request), duty, case) for duty in duties)


def _only_seldom(card: ActCard) -> bool:
    """Test if an act is seldom done and merely not at its step: no reason worth reading."""
    return card.seldom and card.codes == ["wrong_state"]


def masked(number: str) -> str:
    """Return a personal number with all but its last three digits hidden."""
    if not number:
        return ""
    return "•" * (len(number) - DIGITS_SHOWN) + number[-DIGITS_SHOWN:]


def _facts(case: Case) -> list[dict[str, Any]]:
    household = case.household
    on_list = case.get_basis_display()
    if case.basis_paper:
        on_list = f"{on_list}, {case.basis_paper}"
    rows = [
        (_("Mã hộ"), household.code),
        (_("Thôn, tổ dân phố"), case.village_review.village_name),
        (_("Xã, phường"), case.round.commune_name),
        (_("Khu vực"), case.round.get_area_display()),
        (_("Số nhân khẩu"), case.persons),
        (_("Dân tộc"), household.ethnicity or None),
        (_("Vì sao có trong danh sách"), on_list),
        (_("Đã từng trong danh sách"), _("Có") if case.relapse else _("Không")),
    ]
    if case.member is not None:
        rows.insert(1, (_("Người lao động"), case.member.full_name))
    if livelihood := _livelihood(case):
        rows.append((_("Nghề của hộ"), livelihood))
    if case.departure:
        rows.append((_("Lý do ra khỏi danh sách"), case.get_departure_display()))
    if case.refusal_reason:
        rows.append((_("Lý do không công nhận"), case.refusal_reason))
    return [{"label": label, "value": value} for label, value in rows]


def _members(case: Case, in_full: bool) -> list[dict[str, Any]]:
    members = Member.objects.filter(household=case.household_id, valid_until=None)
    return [
        {
            "position": member.position,
            "full_name": member.full_name,
            "relation": member.relation,
            "sex": member.get_sex_display() if member.sex else "",
            "birth_date": member.birth_date,
            "personal_number": member.personal_number
            if in_full
            else masked(member.personal_number),
        }
        for member in members.order_by("position")
    ]


def _livelihood(case: Case) -> str:
    """Return what the household lives on, as its request named it; asked by Article 6 alone."""
    if case.review != ReviewKind.AVERAGE_LIVING:
        return ""
    told = case.events.filter(act__code="receive_request").values_list("act__facts__livelihood")
    titles = dict(ReceiveRequestForm.base_fields["livelihood"].choices)  # type: ignore[attr-defined]
    return str(titles.get(told[0][0], "")) if told else ""


def _verdict(record: IncomeRecord) -> Any:
    try:
        return verdict_of(record)
    except MeasureError:  # its line is no longer held here; what was found stays
        return None


def _change(case: Case) -> dict[str, Any]:
    """Return last year's class, this year's, and what the change is called."""
    before = case.opening_class or HouseholdClass.NOT_POOR.value
    after = case.decided_class or case.result_class
    return {
        "before": case.opening_class,
        "after": after,
        "words": _change_in_words(before, after, case.relapse),
        "settled": _settled(case),
        "of_income": after in IncomeClass.values,
    }


def _settled(case: Case) -> str:
    if case.state in ("reopened", "reexamined"):
        return _("đang xem xét lại")
    return _("đã quyết định") if case.decided_class else _("chưa quyết định")


def _change_in_words(before: str, after: str, relapse: bool) -> str:
    if not after:
        return _("Chưa phân loại năm nay.")
    if after in IncomeClass.values:
        return _("Đợt này xét thu nhập; phân loại nghèo, cận nghèo không đổi.")
    if before == after:
        return _("Không đổi so với đầu kỳ.")
    if before == HouseholdClass.NOT_POOR:
        return (
            _("Trở lại danh sách: đã từng có trong danh sách những năm trước.")
            if relapse
            else _("Mới vào danh sách: đầu kỳ không có trong danh sách.")
        )
    words = {
        ("POOR", "NEAR_POOR"): _("Thoát nghèo, thành hộ cận nghèo."),
        ("POOR", "NOT_POOR"): _("Thoát nghèo, không còn là hộ cận nghèo."),
        ("NEAR_POOR", "NOT_POOR"): _("Thoát cận nghèo."),
        ("NEAR_POOR", "POOR"): _("Từ hộ cận nghèo thành hộ nghèo."),
    }
    return words[before, after]


def _timeline(case: Case) -> list[dict[str, Any]]:
    """Return what happened to the case, the latest first, in one query."""
    columns = [
        "sequence",
        "from_state",
        "to_state",
        "act__at",
        "act__code",
        "act__pack",
        "act__actor_name",
        "act__article",
        "act__sequence",
        "act__village_review__village_name",
        *(f"act__facts__{name}" for name, _label in FACT_LABELS),
    ]
    rows = case.events.order_by("-sequence").values(*columns)
    return [_entry(case, row) for row in rows]


def _entry(case: Case, row: dict[str, Any]) -> dict[str, Any]:
    facts = [
        {"label": label, "value": _shown(name, value)}
        for name, label in FACT_LABELS
        if (value := row[f"act__facts__{name}"]) not in (None, "", False)
    ]
    facts.append({"label": _("Việc số"), "value": row["act__sequence"]})
    return {
        "at": row["act__at"],
        "title": act_title(row["act__code"], row["act__pack"]),
        "who": row["act__actor_name"],
        "where": row["act__village_review__village_name"] or case.round.commune_name,
        "article": row["act__article"],
        "from_state_title": state_title(row["from_state"]),
        "to_state_title": state_title(row["to_state"]),
        "facts": facts,
        **_receipt(case, row),
    }


def _receipt(case: Case, row: dict[str, Any]) -> dict[str, Any]:
    if row["act__code"] not in GIVEN_FOR:
        return {}
    kwargs = {"key": case.round.key, "code": case.code, "number": row["act__sequence"]}
    return {"url": reverse("receipt", kwargs=kwargs), "link": _("Giấy biên nhận")}


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, dict):  # the hash of what was erased
        return _("đã xóa theo quy định")
    if name == "conflict_noted":
        return _("đã ghi lý do vẫn làm")
    if name == "held_on":
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    return value


urlpatterns: list[URLPattern] = [path("dot/<str:key>/ho/<str:code>/", case, name="case")]
