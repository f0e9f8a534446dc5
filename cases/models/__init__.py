"""What is true: one subject a file."""

from cases.models.acts import Act, ActChain, ConflictNote, Event
from cases.models.auditing import Finding, FindingEntry, Sample, SampleItem
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.models.cases import Basis, Case, Departure, IncomeClass, Verdict
from cases.models.decisions import (
    CertificateRow,
    CorrectionProposal,
    Decision,
    DecisionItem,
    MonthlyReport,
    Opinion,
    OpinionItem,
    RefusalLetter,
    Report,
)
from cases.models.editions import PackEdition
from cases.models.households import (
    Household,
    HouseholdClass,
    HouseholdSuccession,
    Member,
    Sex,
    Standing,
)
from cases.models.incomes import IncomeRecord
from cases.models.ledger import (
    Acceptance,
    Anchor,
    DailyRoot,
    Erasure,
    Reading,
    ReadingChain,
    TimeStamp,
)
from cases.models.meetings import Meeting, Tally
from cases.models.people import (
    DeclaredInterest,
    Leave,
    Office,
    OfficeMember,
    RoleAssignment,
    UnitGroupPermission,
    UnitUserPermission,
    User,
)
from cases.models.postings import Complaint, PostedEntry, Posting
from cases.models.refusals import RecordedRefusal
from cases.models.rounds import ReviewKind, Round, StateCount, VillageReview
from cases.models.standards import Assessment, LocalStandard
from cases.models.surveys import Screening, Survey
from cases.models.terms import RunningTerm, TermPause, TermRecount
from cases.models.units import Area, Level, Unit, UnitSuccession, UnitVersion

__all__ = [
    "TimeStamp",
    "ReadingChain",
    "Reading",
    "DailyRoot",
    "Anchor",
    "Acceptance",
    "Act",
    "ActChain",
    "Area",
    "Assessment",
    "Basis",
    "CalendarDay",
    "CalendarEdition",
    "Case",
    "CertificateRow",
    "Complaint",
    "ConflictNote",
    "CorrectionProposal",
    "Decision",
    "DecisionItem",
    "DeclaredInterest",
    "Departure",
    "Erasure",
    "Event",
    "Finding",
    "FindingEntry",
    "Household",
    "HouseholdClass",
    "HouseholdSuccession",
    "IncomeClass",
    "IncomeRecord",
    "Leave",
    "Level",
    "LocalStandard",
    "Meeting",
    "Member",
    "MonthlyReport",
    "Office",
    "OfficeMember",
    "Opinion",
    "OpinionItem",
    "PackEdition",
    "PostedEntry",
    "Posting",
    "RecordedRefusal",
    "RefusalLetter",
    "Report",
    "ReviewKind",
    "RoleAssignment",
    "Round",
    "RunningTerm",
    "Sample",
    "SampleItem",
    "Screening",
    "Sex",
    "Standing",
    "StateCount",
    "Survey",
    "Tally",
    "TermPause",
    "TermRecount",
    "Unit",
    "UnitGroupPermission",
    "UnitSuccession",
    "UnitUserPermission",
    "UnitVersion",
    "User",
    "Verdict",
    "VillageReview",
]
