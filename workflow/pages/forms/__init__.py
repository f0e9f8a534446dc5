"""The forms of the acts, by what an act is on and by its code."""

from cases.models import Case, Round, VillageReview
from workflow.pages.forms.base import ActForm, Target
from workflow.pages.forms.deciding import (
    CertificatesForm,
    DecisionForm,
    OpinionForm,
    RefuseForm,
    SignReportForm,
)
from workflow.pages.forms.departing import DepartureForm
from workflow.pages.forms.listing import BuildListForm, ReceiveRequestForm
from workflow.pages.forms.meeting import MeetingForm
from workflow.pages.forms.posting import (
    ClosePostingForm,
    CloseRepostingForm,
    ComplainForm,
    PostListForm,
    RepostForm,
)
from workflow.pages.forms.surveying import ClassifyForm, ReverifyForm, ScreenForm, SurveyForm

_FORMS: dict[type[Target], tuple[type[ActForm], ...]] = {
    Round: (
        ReceiveRequestForm,
        BuildListForm,
        SignReportForm,
        OpinionForm,
        DecisionForm,
        CertificatesForm,
        RefuseForm,
    ),
    VillageReview: (ClassifyForm, MeetingForm, PostListForm, ClosePostingForm),
    Case: (
        ScreenForm,
        SurveyForm,
        ComplainForm,
        ReverifyForm,
        RepostForm,
        CloseRepostingForm,
        DepartureForm,
    ),
}
# What is done on a round, a village or a case, in the order of the procedure.
ACTS_ON: dict[type[Target], dict[str, type[ActForm]]] = {
    target: {form.code: form for form in forms} for target, forms in _FORMS.items()
}
