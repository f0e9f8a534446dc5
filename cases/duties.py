"""Duties (thẩm quyền) granted on units, and the roles that bundle them."""

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
}

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
        {Duty.VIEW, Duty.OPEN_ROUND, Duty.SIGN_REPORT, Duty.SIGN_DECISION, Duty.READ_REPORTS}
    ),
    Role.SUPERIOR_CHAIR: frozenset({Duty.VIEW, Duty.GIVE_OPINION, Duty.READ_REPORTS}),
    # On its province: the province's own poverty standard. The nation's things ask for the nation.
    Role.DEPARTMENT: frozenset({Duty.VIEW, Duty.READ_REPORTS, Duty.MANAGE_STANDARDS}),
    Role.MINISTRY: frozenset({Duty.VIEW, Duty.READ_REPORTS, Duty.MANAGE_STANDARDS}),
    Role.AUDITOR: frozenset({Duty.VIEW, Duty.READ_REPORTS, Duty.AUDIT}),
}
