"""Posting at both places, complaints, posting again, and the end of each."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import IncomeClass, PostedEntry, VillageReview
from cases.rules.packs import PACKS
from workflow.pages.forms.base import (
    ActForm,
    ConfirmForm,
    PaperField,
    case_rows,
    class_counts,
    households,
    name_within,
)


class PlacesForm(ActForm):
    """The two places where a list hangs."""

    village_place = PaperField(
        label=gettext_lazy("Nơi niêm yết tại thôn"),
        help_text=gettext_lazy("Nhà văn hóa hoặc nhà sinh hoạt cộng đồng."),
        max_length=200,
    )
    commune_place = PaperField(label=gettext_lazy("Nơi niêm yết tại xã"), max_length=200)

    @property
    def village_review(self) -> VillageReview:
        return self.target if isinstance(self.target, VillageReview) else self.target.village_review

    def prepare(self) -> None:
        if "posted_at_both_places" not in self.declared.conditions:
            del self.fields["village_place"]  # Article 6: at the commune office alone

    def first_answers(self) -> dict[str, Any]:
        village = name_within(self.village_review.village_name)
        commune = name_within(self.target.round.commune_name)
        return {
            "village_place": _("Nhà văn hóa %(village)s") % {"village": village},
            "commune_place": _("Trụ sở UBND %(commune)s") % {"commune": commune},
        }


class PostListForm(PlacesForm):
    code = "post_list"
    looked_at_again = True
    above = "workflow/acts/counted_term.html"
    below = "workflow/acts/to_post.html"
    afterwards = "workflow/acts/counted_term.html"

    def tables(self) -> dict[str, Any]:
        return {"to_post": case_rows(self.movable(), "result_class")}

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Từ lúc niêm yết, người dân được khiếu nại kết quả của từng hộ."),
        ]


class RepostForm(PlacesForm):
    code = "repost"
    above = "workflow/acts/repost_above.html"


class InterruptionForm(ActForm):
    """A posting that came down before its time; its days start anew with a new one."""

    looked_at_again = True

    reason = PaperField(
        label=gettext_lazy("Vì sao niêm yết bị gián đoạn"),
        help_text=gettext_lazy("Bị gỡ, mưa bão, sai danh sách…"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def consequences(self) -> list[str]:
        return [
            _("Ngày niêm yết đã qua không được tính: niêm yết lại thì đếm lại từ đầu."),
        ]

    def lines(self) -> list[str]:
        return [*super().lines(), *self.consequences()]


class InterruptPostingForm(InterruptionForm):
    code = "interrupt_posting"

    def consequences(self) -> list[str]:
        return [*super().consequences(), _("Hộ đang có khiếu nại ở nguyên bước của mình.")]


class InterruptRepostingForm(InterruptionForm):
    code = "interrupt_reposting"
    above = "workflow/acts/case_facts.html"


class ClosePostingForm(ConfirmForm):
    """The end of a village's posting; only households under complaint stay behind."""

    code = "close_posting"
    button = gettext_lazy("Kết thúc niêm yết")
    above = "workflow/acts/class_counts.html"

    def lines(self) -> list[str]:
        staying = self.scope.cases().filter(state__in=("contested", "reverified", "reposted"))
        return [
            *super().lines(),
            _("%(n)s có khiếu nại ở lại cho đến khi phúc tra và niêm yết lại xong.")
            % {"n": households(staying.count())},
        ]

    def tables(self) -> dict[str, Any]:
        counts = class_counts(self.movable())
        return {
            "class_counts": counts,
            "class_total": sum(row["n"] for row in counts),
            "class_caption": _("Kết quả đã niêm yết, hết khiếu nại"),
        }


class CloseRepostingForm(ConfirmForm):
    code = "close_reposting"
    button = gettext_lazy("Kết thúc niêm yết lại")
    above = "workflow/acts/case_facts.html"


class ComplainForm(ActForm):
    """Somebody objects to the posted result of this household."""

    code = "complain"
    above = "workflow/acts/complain_above.html"

    complainant = PaperField(
        label=gettext_lazy("Người khiếu nại"),
        help_text=gettext_lazy("Họ và tên, nơi ở. Không hiện ở trang công khai."),
        max_length=120,
    )
    content = PaperField(
        label=gettext_lazy("Nội dung khiếu nại"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Chỉ hộ này dừng lại; các hộ khác của thôn đi tiếp."),
        ]


def posting_groups(review: VillageReview) -> dict[str, Any]:
    """
    Return what a village's posting sheet shows: households by proposed result and nothing else.

    The list that hangs now, or else the one that the meeting agreed to.
    """
    posting = review.postings.filter(case__isnull=True).order_by("-pk").first()
    agreed = case_rows(
        review.cases.filter(state__in=_to_post(review)), "result_class", "opening_class"
    )
    if posting and not agreed:
        entries = PostedEntry.objects.filter(posting=posting)
        rows = [
            {
                "code": entry["case__code"],
                "head": entry["case__household__head_name"],
                "result_class": entry["household_class"],
                "opening_class": entry["case__opening_class"],
            }
            for entry in entries.order_by("case__code").values(
                "case__code", "case__household__head_name", "household_class", "case__opening_class"
            )
        ]
    else:
        posting, rows = None, agreed
    # `until` is the first moment after the last day.
    last_day = timezone.localdate(posting.until - timedelta(seconds=1)) if posting else None
    return {"posting": posting, "last_day": last_day, "groups": _four_lists(rows)}


def _to_post(review: VillageReview) -> tuple[str, ...]:
    """Return the states from which households go onto the sheet, in the round's own review."""
    return PACKS[review.round.pack].by_code["post_list"].sources


def _four_lists(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    titles: dict[tuple[str, str], Any] = {
        ("POOR", ""): _("Hộ nghèo"),
        ("NEAR_POOR", ""): _("Hộ cận nghèo"),
        ("NOT_POOR", "POOR"): _("Hộ thoát nghèo"),
        ("NOT_POOR", "NEAR_POOR"): _("Hộ thoát cận nghèo"),
        ("NOT_POOR", ""): _("Hộ đề nghị, kết quả không nghèo, không cận nghèo"),
    }
    always = list(titles)[:4]
    if any(row["result_class"] in IncomeClass.values for row in rows):
        titles = {(code, ""): title for code, title in IncomeClass.choices}
        always = []
    lists: dict[tuple[str, str], list[dict[str, Any]]] = {key: [] for key in titles}
    for row in rows:
        result = row["result_class"]
        lists[result, row["opening_class"] if result == "NOT_POOR" else ""].append(row)
    return [
        {"title": titles[key], "rows": lists[key]} for key in titles if key in always or lists[key]
    ]
