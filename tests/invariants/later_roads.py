"""
One small round that goes down the roads beside the straight one: a request taken back, a household
split, postings that came down, a pause, another edition, another commune, and what follows a decision.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from cases import pack_editions
from cases.duties import Role
from cases.models import (
    Area,
    Case,
    DeclaredInterest,
    Household,
    Level,
    Unit,
    UnitSuccession,
    User,
)
from cases.rules.packs import PACKS
from tests.conftest import NEAR_POOR, POOR, Road, make_unit
from tests.packs.files import edition_file
from workflow import pack_editions as loading
from workflow.acts import registry
from workflow.acts.reconsidering import propose_correction
from workflow.editions import dry_run

NOT_POOR = (False,) * 12
EDITION = "qd24-2021-3cap-e2"  # seven days to re-verify
CLOSE, CONTESTED, AGGRIEVED, REVOKED, SPLIT = (f"24646-0000{n}" for n in range(1, 6))
TAKEN_BACK, NEW = "24646-00006", "24646-00007"
PLACES = {"village_place": "Nhà văn hóa thôn", "commune_place": "Trụ sở UBND xã"}
Appoint = Callable[..., User]


def walk_later_roads(
    road: Road, make_households: Callable[..., list[Household]], appoint: Appoint
) -> None:
    first = Unit.objects.get(code="24646.001")
    make_households(first, 2, standing="")
    _declare(road)
    road.open()
    do(road, "minh", "receive_request", road.round, household=TAKEN_BACK, form_number="15/GĐN")
    road.list()
    do(road, "minh", "withdraw", case(road, TAKEN_BACK), paper="Đơn ngày 01/10/2024")
    _split(road)
    for each in road.cases(state="listed"):
        note = {"conflict_note": "Thôn chỉ có một rà soát viên"} if each.code == CLOSE else {}
        do(road, "lan", "survey", each, **look(road), **note)
    road.classify()
    _meet(road)
    road.post().pass_days(1)
    do(road, "hung", "interrupt_posting", road.reviews[0], reason="Bão làm rơi bảng niêm yết")
    road.post()
    _carry_over(road, appoint)
    _contest(road)
    road.pass_days(7).close()
    do(road, "hung", "close_reposting", case(road, CONTESTED))
    _hand_over(road, appoint)
    do(road, "new_binh", "sign_report", road.round, number="05/BC-UBND")
    do(road, "quyen", "give_opinion", road.round, number="77/UBND-VX")
    why = "Người ký là bà con của hộ"
    do(road, "new_binh", "sign_decision", road.round, number="90/QĐ-UBND", conflict_note=why)
    do(road, "new_binh", "issue_certificates", road.round)
    _hear_again(road)


def do(road: Road, who: str, code: str, target: Any, **facts: Any) -> Any:
    return registry.do(code, target, facts, by=road.cast[who], at=road.at, key=next(road.keys))


def case(road: Road, code: str) -> Case:
    return Case.objects.select_related("round", "village_review").get(round=road.round, code=code)


def look(road: Road, deprived: tuple[bool, ...] = POOR, score: int = 100) -> dict[str, Any]:
    return {"surveyed_on": road.at.date(), "income_score": score, "deprived": list(deprived)}


def _declare(road: Road) -> None:
    """Lan is a relative of one household."""
    lan = road.cast["lan"]
    DeclaredInterest.objects.create(
        user=lan,
        household=Household.objects.get(code=CLOSE),
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=lan,
    )


def _split(road: Road) -> None:
    do(road, "minh", "record_departure", case(road, SPLIT), reason="SPLIT", paper="12/TH")
    facts = {"household": NEW, "reason": "SPLIT", "paper": "12/TH", "from": [SPLIT]}
    do(road, "minh", "record_arrival", road.round, **facts)


def _meet(road: Road) -> None:
    facts = {
        "held_on": road.at.date(),
        "chair": road.cast["hung"],
        "attendance": 40,
        "committee_present": 1,
        "reviewers_present": 1,
        "households_present": 30,
        "front_invited": True,
        "minutes_number": "01/BB",
        "minutes_signed": True,
        "agree": 20,
    }
    do(road, "thu", "hold_meeting", road.reviews[0], **facts)


def _carry_over(road: Road, appoint: Appoint) -> None:
    """Carry the round to an edition that one officer loaded and another approved."""
    nation = Unit.objects.get(code="VN")
    xuan = appoint("xuan", "Mai Thị Xuân", Role.MINISTRY, nation)
    thanh = appoint("thanh", "Hồ Văn Thành", Role.MINISTRY, nation)
    text = edition_file(PACKS["qd24-2021-3cap"], EDITION)
    pack_editions.load_edition(text=text, name="moi.toml", by=xuan, at=road.at, paper="1/QĐ")
    loading.approve(code=EDITION, by=thanh, at=road.at)
    road.round.refresh_from_db()
    seen = dry_run(road.round, PACKS[EDITION]).token
    do(road, "binh", "carry_over", road.round, to=EDITION, dry_run=seen, paper="13/TT")
    road.round.refresh_from_db()


def _contest(road: Road) -> None:
    do(road, "minh", "complain", case(road, CONTESTED), complainant="Ông Ba", content="Có xe")
    term = {"term": "reverification", "village": "", "case": CONTESTED}
    why = {"reason": "Bão lụt, không đến được hộ", "paper": "14/UBND"}
    do(road, "hoa", "suspend_term", road.round, **term, **why)
    road.pass_days(5)
    do(road, "hoa", "resume_term", road.round, **term, **why)
    again = look(road) | {"reviewer_name": "Đỗ Thị Hoa", "outcome": "Giữ nguyên"}
    do(road, "hoa", "reverify", case(road, CONTESTED), **again)
    do(road, "hung", "repost", case(road, CONTESTED), **PLACES)
    do(road, "hung", "interrupt_reposting", case(road, CONTESTED), reason="Bị gỡ")
    road.pass_days(1)
    do(road, "hung", "repost", case(road, CONTESTED), **PLACES)


def _hand_over(road: Road, appoint: Appoint) -> None:
    """Tân Lập became part of a new commune, which finishes its round."""
    district = Unit.objects.get(code="662")
    commune = make_unit("24999", Level.COMMUNE, "Xã Mới", "xã", district, Area.RURAL)
    UnitSuccession.objects.create(
        predecessor=road.commune,
        successor=commune,
        on_date=road.at.date(),
        source_document="1/NQ-UBTVQH",
    )
    road.cast["new_binh"] = appoint("binh3", "Chủ tịch xã mới", Role.COMMUNE_CHAIR, commune)
    road.cast["new_hoa"] = appoint("hoa3", "Ban Chỉ đạo xã mới", Role.COMMUNE_COMMITTEE, commune)
    road.cast["new_minh"] = appoint("minh3", "Cán bộ xã mới", Role.COMMUNE_OFFICER, commune)
    do(road, "new_binh", "hand_over", road.round, keeper="24999", paper="1/NQ-UBTVQH")
    road.round.refresh_from_db()


def _hear_again(road: Road) -> None:
    road.pass_days(5)
    words = {"complainant": "Bà Tư", "content": "Chấm điểm sai"}
    do(road, "new_minh", "accept_grievance", case(road, AGGRIEVED), **words)
    do(road, "new_binh", "revoke_decision", case(road, REVOKED), number="130/QĐ", reason="Khai sai")
    road.pass_days(2)
    for code, found in (
        (AGGRIEVED, look(road, NEAR_POOR)),
        (REVOKED, look(road, NOT_POOR, 300)),
    ):
        sheet = found | {"reviewer_name": "Ban Chỉ đạo xã mới", "outcome": "Đã xem lại"}
        do(road, "new_hoa", "reexamine", case(road, code), **sheet)
    do(road, "new_binh", "amend_decision", case(road, AGGRIEVED), number="131/QĐ", reason="Đúng")
    do(road, "new_binh", "amend_decision", case(road, REVOKED), number="132/QĐ", reason="Đúng")
    do(road, "new_binh", "issue_certificates", road.round)
    propose_correction(case=case(road, CONTESTED), reason="Tên", by=road.cast["minh"], at=road.at)
    do(road, "new_binh", "correct_decision", case(road, CONTESTED), number="133/QĐ", reason="Tên")
