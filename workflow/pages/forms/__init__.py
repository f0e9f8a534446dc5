"""The forms of the acts, by what an act is on and by its code."""

from cases.models import Case, Round, VillageReview
from workflow.pages.forms.base import ActForm, Target
from workflow.pages.forms.deciding import (
    CertificatesForm,
    DecisionForm,
    OpinionForm,
    RefuseForm,
    SignMonthlyReportForm,
    SignReportForm,
)
from workflow.pages.forms.departing import DepartureForm, WithdrawForm
from workflow.pages.forms.incomes import IncomeForm, RedetermineIncomeForm
from workflow.pages.forms.keeping import CarryOverForm, HandOverForm, HandOverVillageForm
from workflow.pages.forms.listing import BuildListForm
from workflow.pages.forms.meeting import MeetingForm
from workflow.pages.forms.pausing import ResumeTermForm, SuspendTermForm
from workflow.pages.forms.posting import (
    ClosePostingForm,
    CloseRepostingForm,
    ComplainForm,
    InterruptPostingForm,
    InterruptRepostingForm,
    PostListForm,
    RepostForm,
)
from workflow.pages.forms.reconsidering import AmendForm, CorrectForm, GrievanceForm, RevokeForm
from workflow.pages.forms.requests import (
    ArrivalForm,
    ReceiveExitRequestForm,
    ReceiveRequestForm,
    ReceiveWorkerRequestForm,
)
from workflow.pages.forms.surveying import (
    ClassifyForm,
    ReexamineForm,
    ReverifyForm,
    ScreenForm,
    SurveyForm,
)

_FORMS: dict[type[Target], tuple[type[ActForm], ...]] = {
    Round: (
        ReceiveRequestForm,
        ReceiveExitRequestForm,
        ReceiveWorkerRequestForm,
        ArrivalForm,
        BuildListForm,
        SignReportForm,
        OpinionForm,
        DecisionForm,
        CertificatesForm,
        RefuseForm,
        SignMonthlyReportForm,
        SuspendTermForm,
        ResumeTermForm,
        CarryOverForm,
        HandOverForm,
    ),
    VillageReview: (
        ClassifyForm,
        MeetingForm,
        PostListForm,
        InterruptPostingForm,
        ClosePostingForm,
        HandOverVillageForm,
    ),
    Case: (
        ScreenForm,
        SurveyForm,
        IncomeForm,
        ComplainForm,
        ReverifyForm,
        RedetermineIncomeForm,
        RepostForm,
        InterruptRepostingForm,
        CloseRepostingForm,
        DepartureForm,
        WithdrawForm,
        GrievanceForm,
        RevokeForm,
        ReexamineForm,
        AmendForm,
        CorrectForm,
    ),
}
# What is done on a round, a village or a case.
ACTS_ON: dict[type[Target], dict[str, type[ActForm]]] = {
    target: {form.code: form for form in forms} for target, forms in _FORMS.items()
}
