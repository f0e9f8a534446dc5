"""What a case said after an act, in plain words: the columns of a snapshot and their values."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, CharField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.ledger.entries import SNAPSHOT
from cases.models import Basis, Case, Departure, Verdict
from workflow.ledger.replay_reading import KEPT
from workflow.templatetags.rasoat import CLASS_TITLES

LABELS: dict[str, str | Promise] = {
    "basis": gettext_lazy("Vì sao có trong danh sách"),
    "opening_class": gettext_lazy("Phân loại đầu kỳ"),
    "relapse": gettext_lazy("Đã từng trong danh sách"),
    "persons": gettext_lazy("Số nhân khẩu"),
    "screen_passed": gettext_lazy("Phiếu A"),
    "attempt": gettext_lazy("Lần khảo sát"),
    "income_score": gettext_lazy("Điểm B1"),
    "deprivation_score": gettext_lazy("Điểm B2"),
    "deprivations": gettext_lazy("Chỉ số thiếu hụt"),
    "result_class": gettext_lazy("Kết quả phân loại"),
    "meeting_agree": gettext_lazy("Số người đồng ý"),
    "meeting_attendance": gettext_lazy("Số người dự họp"),
    "agreed_class": gettext_lazy("Kết quả họp dân đồng ý"),
    "posted_class": gettext_lazy("Kết quả đã niêm yết"),
    "opinion": gettext_lazy("Ý kiến cấp trên"),
    "decided_class": gettext_lazy("Phân loại đã quyết định"),
    "departure": gettext_lazy("Lý do ra khỏi danh sách"),
}
_CHOICES: dict[str, Mapping[str, Any]] = {
    "basis": dict(Basis.choices),
    "departure": dict(Departure.choices),
    "opinion": dict(Verdict.choices),
}
Said = dict[str, Any]


def said(snapshot: str) -> Said | None:
    """Return what a snapshot says, by column and as the column holds it; None: it was erased."""
    if not snapshot or snapshot.startswith(KEPT):
        return None
    values = snapshot.split("|")
    return {name: _value(name, value) for name, value in zip(SNAPSHOT, values, strict=True)}


def _value(name: str, text: str) -> Any:
    field = Case._meta.get_field(name)
    if isinstance(field, BooleanField):
        return {"1": True, "0": False}.get(text)
    if isinstance(field, CharField):
        return text
    return int(text) if text else None


def in_words(name: str, value: Any) -> str:
    """Return a value as a reader says it; a dash for nothing."""
    if value in (None, ""):
        return "—"
    if name == "screen_passed":
        return _("đạt") if value else _("không đạt")
    if name == "relapse":
        return _("có") if value else _("không")
    if name == "deprivations":
        lacking = [str(n) for n, flag in enumerate(value, 1) if flag == "1"]
        return ", ".join(lacking) or _("không thiếu hụt")
    if name.endswith("_class"):
        return str(CLASS_TITLES.get(value, value))
    return str(_CHOICES.get(name, {}).get(value, value))


def changes(before: Said | None, after: Said | None) -> list[dict[str, str]]:
    """Return what an act changed of a case: label, before and after; nothing where either is erased."""
    if after is None or before is None:
        return []
    return [
        {
            "label": str(LABELS[name]),
            "before": in_words(name, before[name]),
            "after": in_words(name, after[name]),
        }
        for name in SNAPSHOT
        if before[name] != after[name]
    ]


def blank() -> Said:
    """Return what a case says before its first event, as far as anything is recorded: nothing."""
    return {name: _value(name, "") for name in SNAPSHOT} | {"relapse": False}
