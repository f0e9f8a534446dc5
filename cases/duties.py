"""
Duties (thẩm quyền) granted on units, and the roles that bundle them.

A role is a template: its title, its duties, the levels of unit it may be given on, and the days it
exists there. Who gives a role holds APPOINT at a level that the template names.
"""

from datetime import date
from enum import StrEnum


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


class Duty(StrEnum):
    """A permission granted on one unit at a time, never site-wide."""

    VIEW = "view_cases"
    RECORD_REQUEST = "record_request"
    OPEN_ROUND = "open_round"
    COMPILE_LIST = "compile_list"
    SURVEY = "survey"
    CLASSIFY = "classify"
    CHAIR_MEETING = "chair_meeting"
    KEEP_MINUTES = "keep_minutes"
    POST = "post_list"
    RECEIVE_COMPLAINT = "receive_complaint"
    REVERIFY = "reverify"
    RECORD_DEPARTURE = "record_departure"
    SIGN_REPORT = "sign_report"
    GIVE_OPINION = "give_opinion"
    SIGN_DECISION = "sign_decision"
    MANAGE_UNITS = "manage_units"
    IMPORT = "import_sheets"
    READ_REPORTS = "read_reports"
    MANAGE_STANDARDS = "manage_standards"
    AUDIT = "audit"
    APPOINT = "appoint"  # give and end roles on the unit and below, as the templates say
    DELEGATE = "delegate"  # lend one's own duties; arrange who stands in for whom one appoints


class Role(StrEnum):
    """What a person is called by the commune; a role carries duties on its unit."""

    REVIEWER = "REVIEWER"
    VILLAGE_HEAD = "VILLAGE_HEAD"
    MEETING_SECRETARY = "MEETING_SECRETARY"
    COMMUNE_OFFICER = "COMMUNE_OFFICER"
    COMMUNE_COMMITTEE = "COMMUNE_COMMITTEE"
    COMMUNE_CHAIR = "COMMUNE_CHAIR"
    SUPERIOR_CHAIR = "SUPERIOR_CHAIR"
    DEPARTMENT = "DEPARTMENT"
    MINISTRY = "MINISTRY"
    AUDITOR = "AUDITOR"
    FRONT = "FRONT"
    INSPECTION = "INSPECTION"


DUTY_TITLES: dict[Duty, str] = {
    Duty.VIEW: _("Xem hồ sơ"),
    Duty.RECORD_REQUEST: _("Ghi giấy đề nghị"),
    Duty.OPEN_ROUND: _("Mở đợt rà soát"),
    Duty.COMPILE_LIST: _("Lập danh sách"),
    Duty.SURVEY: _("Khảo sát"),
    Duty.CLASSIFY: _("Phân loại"),
    Duty.CHAIR_MEETING: _("Chủ trì họp dân"),
    Duty.KEEP_MINUTES: _("Ghi biên bản họp"),
    Duty.POST: _("Niêm yết"),
    Duty.RECEIVE_COMPLAINT: _("Nhận khiếu nại"),
    Duty.REVERIFY: _("Phúc tra"),
    Duty.RECORD_DEPARTURE: _("Ghi hộ rời danh sách"),
    Duty.SIGN_REPORT: _("Ký báo cáo"),
    Duty.GIVE_OPINION: _("Cho ý kiến"),
    Duty.SIGN_DECISION: _("Ký quyết định"),
    Duty.MANAGE_UNITS: _("Quản lý thôn, tổ dân phố"),
    Duty.IMPORT: _("Nhập tệp Excel"),
    Duty.READ_REPORTS: _("Xem báo cáo"),
    Duty.MANAGE_STANDARDS: _("Quản lý chuẩn, quy trình"),
    Duty.AUDIT: _("Kiểm tra, giám sát"),
    Duty.APPOINT: _("Phân công"),
    Duty.DELEGATE: _("Ủy quyền"),
}

ROLE_TITLES: dict[Role, str] = {
    Role.REVIEWER: _("Rà soát viên"),
    Role.VILLAGE_HEAD: _("Trưởng thôn"),
    Role.MEETING_SECRETARY: _("Thư ký cuộc họp"),
    Role.COMMUNE_OFFICER: _("Cán bộ giảm nghèo cấp xã"),
    Role.COMMUNE_COMMITTEE: _("Ban Chỉ đạo rà soát cấp xã"),
    Role.COMMUNE_CHAIR: _("Chủ tịch UBND cấp xã"),
    Role.SUPERIOR_CHAIR: _("Chủ tịch UBND cấp trên"),
    Role.DEPARTMENT: _("Cơ quan chuyên môn cấp tỉnh"),
    Role.MINISTRY: _("Bộ chủ quản"),
    Role.AUDITOR: _("Kiểm tra, giám sát"),
    Role.FRONT: _("Ủy ban Mặt trận Tổ quốc"),
    Role.INSPECTION: _("Thanh tra, kiểm tra"),
}

OVERSIGHT = frozenset({Duty.VIEW, Duty.READ_REPORTS, Duty.AUDIT})

ROLE_DUTIES: dict[Role, frozenset[Duty]] = {
    Role.REVIEWER: frozenset({Duty.VIEW, Duty.SURVEY}),
    Role.VILLAGE_HEAD: frozenset({Duty.VIEW, Duty.CHAIR_MEETING, Duty.KEEP_MINUTES, Duty.POST}),
    Role.MEETING_SECRETARY: frozenset({Duty.VIEW, Duty.KEEP_MINUTES}),
    Role.COMMUNE_OFFICER: frozenset(
        {
            Duty.VIEW,
            Duty.RECORD_REQUEST,
            Duty.RECORD_DEPARTURE,
            # The officer enters signed paper forms for the reviewers; the sheet keeps their names.
            Duty.SURVEY,
            Duty.RECEIVE_COMPLAINT,
            Duty.IMPORT,
            Duty.MANAGE_UNITS,
            Duty.READ_REPORTS,
        }
    ),
    Role.COMMUNE_COMMITTEE: frozenset(
        {
            Duty.VIEW,
            Duty.COMPILE_LIST,
            Duty.CLASSIFY,
            Duty.POST,
            Duty.RECEIVE_COMPLAINT,
            Duty.REVERIFY,
            Duty.READ_REPORTS,
        }
    ),
    Role.COMMUNE_CHAIR: frozenset(
        {
            Duty.VIEW,
            Duty.OPEN_ROUND,
            Duty.SIGN_REPORT,
            Duty.SIGN_DECISION,
            Duty.READ_REPORTS,
            Duty.APPOINT,
            Duty.DELEGATE,
        }
    ),
    Role.SUPERIOR_CHAIR: frozenset(
        {Duty.VIEW, Duty.GIVE_OPINION, Duty.READ_REPORTS, Duty.APPOINT, Duty.DELEGATE}
    ),
    # On its province: the province's own poverty standard. The nation's things ask for the nation.
    Role.DEPARTMENT: frozenset({Duty.VIEW, Duty.READ_REPORTS, Duty.MANAGE_STANDARDS}),
    Role.MINISTRY: frozenset(
        {Duty.VIEW, Duty.READ_REPORTS, Duty.MANAGE_STANDARDS, Duty.APPOINT, Duty.DELEGATE}
    ),
    Role.AUDITOR: OVERSIGHT,
    Role.FRONT: OVERSIGHT,
    Role.INSPECTION: OVERSIGHT,
}

# Whoever borrows duties cannot pass them on, nor give roles in the lender's place.
NEVER_LENT = frozenset({Duty.APPOINT, Duty.DELEGATE})
# One at a time on a unit; whoever stands in does so by a loan of duties, not by a second seat.
SEATS = frozenset({Role.VILLAGE_HEAD, Role.COMMUNE_CHAIR, Role.SUPERIOR_CHAIR})

# The district tier is there until 30/06/2025.
DISTRICTS_END = date(2025, 7, 1)
# Levels as cases.models.units.Level writes them.
_VILLAGE, _COMMUNE, _DISTRICT = "VILLAGE", "COMMUNE", "DISTRICT"
_PROVINCE, _NATION = "PROVINCE", "NATION"
_ANY_OFFICE = (_COMMUNE, _DISTRICT, _PROVINCE, _NATION)
ROLE_LEVELS: dict[Role, tuple[str, ...]] = {
    Role.REVIEWER: (_VILLAGE, _COMMUNE),
    Role.VILLAGE_HEAD: (_VILLAGE,),
    Role.MEETING_SECRETARY: (_VILLAGE,),
    Role.COMMUNE_OFFICER: (_COMMUNE,),
    Role.COMMUNE_COMMITTEE: (_COMMUNE,),
    Role.COMMUNE_CHAIR: (_COMMUNE,),
    Role.SUPERIOR_CHAIR: (_DISTRICT, _PROVINCE),
    Role.DEPARTMENT: (_PROVINCE,),
    Role.MINISTRY: (_NATION,),
    Role.AUDITOR: _ANY_OFFICE,
    Role.FRONT: _ANY_OFFICE,
    Role.INSPECTION: _ANY_OFFICE,
}
# The commune's own people; whoever heads or watches over a unit is named from above it.
OF_THE_COMMUNE = frozenset(
    {
        Role.REVIEWER,
        Role.VILLAGE_HEAD,
        Role.MEETING_SECRETARY,
        Role.COMMUNE_OFFICER,
        Role.COMMUNE_COMMITTEE,
    }
)
_ABOVE: dict[str, tuple[str, ...]] = {
    _COMMUNE: (_DISTRICT, _PROVINCE),
    _DISTRICT: (_PROVINCE,),
    _PROVINCE: (_NATION,),
}


def role_ends(role: Role, level: str) -> date | None:
    """Return the first day on which the role is not there any more on that level, if there is one."""
    return DISTRICTS_END if level == _DISTRICT else None


def appointing_levels(role: Role, level: str) -> tuple[str, ...]:
    """
    Return at which levels APPOINT must be held to give the role on a unit of a level.

    Empty: nobody gives it on a page; the ministry's people and the nation's auditors are entered by
    an administrator's command.
    """
    return (_COMMUNE,) if role in OF_THE_COMMUNE else _ABOVE.get(level, ())
