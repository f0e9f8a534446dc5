"""What the auditor's forms share: naming a unit of one's own scope."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Unit, User
from workflow.auditing.scope import NoSuchUnit, audited_unit


class UnitField(forms.CharField):
    """A unit that somebody audits, by its code or name."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Đơn vị"))
        options.setdefault("help_text", gettext_lazy("Mã hoặc tên xã, huyện, tỉnh."))
        super().__init__(max_length=120, **options)

    def unit_for(self, user: User, text: str) -> Unit | None:
        """
        Return the unit; None when none was named.

        :raises ValidationError: if the user audits no such unit
        """
        if not text:
            return None
        try:
            return audited_unit(user, text)
        except NoSuchUnit as error:
            if error.several:
                raise forms.ValidationError(
                    _("Nhiều đơn vị có tên này, hãy ghi mã: %(codes)s.")
                    % {"codes": ", ".join(error.several)},
                    code="several_units",
                ) from error
            raise forms.ValidationError(
                _("Không có đơn vị này trong phạm vi kiểm tra của bà/ông."), code="no_unit"
            ) from error
