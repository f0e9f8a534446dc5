"""What one officer loads and another approves, as pages ask for it and tell of it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.approvals import TwoOfficers
from workflow.pages.forms.base import PaperField


class FileField(forms.FileField):
    """A TOML file that a person chooses; pages name what it is a file of."""

    widget = forms.ClearableFileInput(attrs={"accept": ".toml"})
    default_error_messages = {
        "required": gettext_lazy("Hãy chọn một tệp."),
        "empty": gettext_lazy("Tệp rỗng: hãy chọn lại tệp."),
    }


def rests_on() -> PaperField:
    """Return the field of the paper a file is loaded by; its absence is denied below the form."""
    return PaperField(
        label=gettext_lazy("Văn bản làm căn cứ nạp"),
        max_length=300,
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành."),
    )


class RejectionForm(forms.Form):
    """Why a draft is put aside."""

    reason = PaperField(label=gettext_lazy("Lý do từ chối"), max_length=500)


def officers_of(row: TwoOfficers) -> list[tuple[str, str]]:
    """Return, as lines of a page, the paper of a loaded text and who did what with it."""
    facts = [
        (_("Văn bản làm căn cứ nạp"), row.paper),
        (_("Người nạp"), row.loaded_by.get_full_name()),
    ]
    if row.approved_by:
        facts.append((_("Người duyệt"), row.approved_by.get_full_name()))
    if row.rejected_by:
        facts.append((_("Người từ chối"), row.rejected_by.get_full_name()))
        facts.append((_("Lý do từ chối"), row.rejection))
    return facts
