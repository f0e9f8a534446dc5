"""What is true: one subject a file."""

from cases.models.acts import Act, ActChain, Event
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.models.cases import Basis, Case, Departure, Verdict
from cases.models.decisions import (
    CertificateRow,
    Decision,
    Opinion,
    OpinionItem,
    RefusalLetter,
    Report,
)
from cases.models.households import Household, HouseholdClass, Member, Sex, Standing
from cases.models.meetings import Meeting, Tally
from cases.models.people import RoleAssignment, UnitGroupPermission, UnitUserPermission, User
from cases.models.postings import Complaint, PostedEntry, Posting
from cases.models.rounds import Round, StateCount, VillageReview
from cases.models.surveys import Screening, Survey
from cases.models.terms import RunningTerm
from cases.models.units import Area, Level, Unit, UnitSuccession, UnitVersion

__all__ = [
    "Act",
    "ActChain",
    "Area",
    "Basis",
    "CalendarDay",
    "CalendarEdition",
    "Case",
    "CertificateRow",
    "Complaint",
    "Decision",
    "Departure",
    "Event",
    "Household",
    "HouseholdClass",
    "Level",
    "Meeting",
    "Member",
    "Opinion",
    "OpinionItem",
    "PostedEntry",
    "Posting",
    "RefusalLetter",
    "Report",
    "RoleAssignment",
    "Round",
    "RunningTerm",
    "Screening",
    "Sex",
    "Standing",
    "StateCount",
    "Survey",
    "Tally",
    "Unit",
    "UnitGroupPermission",
    "UnitSuccession",
    "UnitUserPermission",
    "UnitVersion",
    "User",
    "Verdict",
    "VillageReview",
]
