"""The minutes of a village meeting and the vote on each household."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.duties import Role
from cases.models import Act, Event, RoleAssignment, User
from workflow.pages.forms.base import (
    ActForm,
    CountField,
    DayField,
    PaperField,
    case_rows,
    households,
    name_within,
    posted_rows,
)

VOTES = ("agree", "disagree", "silent")
CROWD = 1_000_000  # no village has more; keeps a slip of the finger out of the column


class MeetingForm(ActForm):
    """
    What the minutes say; each household's votes are read by hand from "agree-CODE" and its kin.

    A form per household would be 400 forms; and the posted names say which households were
    voted on, so that the same page sent twice is the same request.
    """

    code = "hold_meeting"
    looked_at_again = True
    danger = True
    inside = "workflow/acts/votes.html"
    afterwards = "workflow/acts/meeting_outcome.html"

    held_on = DayField(label=gettext_lazy("Ngày họp"))
    place = forms.CharField(label=gettext_lazy("Địa điểm"), max_length=200)
    chair = forms.ModelChoiceField(
        label=gettext_lazy("Người chủ trì"),
        help_text=gettext_lazy("Trưởng thôn của thôn này, theo phân công còn hiệu lực."),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Chọn người chủ trì"),
    )
    secretary_name = forms.CharField(label=gettext_lazy("Thư ký"), max_length=120)
    attendance = CountField(
        label=gettext_lazy("Số người dự họp"),
        help_text=gettext_lazy("Mọi người có mặt: tỷ lệ đồng ý tính trên số này."),
        max_value=CROWD,
    )
    committee_present = CountField(label=gettext_lazy("Trong đó: Ban Chỉ đạo cấp xã"))
    reviewers_present = CountField(label=gettext_lazy("Trong đó: rà soát viên"))
    households_present = CountField(label=gettext_lazy("Trong đó: đại diện hộ dân"))
    organisations_present = CountField(
        label=gettext_lazy("Trong đó: Chi bộ, đoàn thể"), required=False
    )
    front_invited = forms.BooleanField(
        label=gettext_lazy("Đã mời Ủy ban Mặt trận Tổ quốc cấp xã giám sát"), required=False
    )
    minutes_number = PaperField(label=gettext_lazy("Số biên bản"), max_length=60)
    minutes_signed = forms.BooleanField(
        label=gettext_lazy(
            "Biên bản đã lập hai bản, có chữ ký của chủ trì, thư ký và đại diện hộ dân"
        ),
        required=False,
    )
    agree_all = CountField(
        label=gettext_lazy("Số người đồng ý, cho mọi hộ để trống ở bảng dưới"),
        help_text=gettext_lazy("Chỉ ghi khi biên bản cùng một số cho các hộ ấy."),
        max_value=CROWD,
        required=False,
    )

    def prepare(self) -> None:
        in_office = RoleAssignment.objects.giving_rights(self.day).filter(
            role=Role.VILLAGE_HEAD, unit=self.target.village_id
        )
        self.field("chair").queryset = User.objects.filter(
            pk__in=in_office.values("user"), is_active=True
        ).order_by("full_name")

    def also_acting(self) -> Iterable[int]:
        return self.field("chair").queryset.values_list("pk", flat=True)  # type: ignore[no-any-return]

    def first_answers(self) -> dict[str, Any]:
        heads = list(self.field("chair").queryset[:2])
        return {
            "held_on": self.day,
            "place": _("Nhà văn hóa %(village)s")
            % {"village": name_within(self.target.village_name)},
            "secretary_name": self.by.get_full_name(),
            "chair": heads[0] if len(heads) == 1 else None,
        }

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self.tallies, self.wrong = self._read_votes(answers.get("agree_all"))
        for code, sentence in self.wrong.items():
            self.add_error(None, f"{code}: {sentence}")
        return answers

    def _read_votes(
        self, agree_all: int | None
    ) -> tuple[dict[str, tuple[int, int, int]], dict[str, str]]:
        tallies: dict[str, tuple[int, int, int]] = {}
        wrong: dict[str, str] = {}
        given = {name: posted_rows(self.data, f"{name}-") for name in VOTES}
        for code, agree in given["agree"].items():
            texts = [agree, given["disagree"].get(code, ""), given["silent"].get(code, "")]
            if not agree and agree_all is not None:
                texts[0] = str(agree_all)
            if bad := [text for text in texts if text and not _is_count(text)]:
                wrong[code] = _("“%(text)s” không phải là số người.") % {"text": bad[0][:20]}
            elif texts[0]:
                votes = [int(text or 0) for text in texts]
                tallies[code] = (votes[0], votes[1], votes[2])
            elif any(texts):
                wrong[code] = _("Chưa ghi số người đồng ý.")
        return tallies, wrong

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        del facts["agree_all"]
        facts["organisations_present"] = facts["organisations_present"] or 0
        return {**facts, "tallies": self.tallies}

    def tables(self) -> dict[str, Any]:
        rows = case_rows(
            self.movable(), "result_class", "income_score", "deprivation_score", "opening_class"
        )
        given = {name: posted_rows(self.data, f"{name}-") for name in VOTES}
        wrong = getattr(self, "wrong", {})
        for row in rows:
            row["wrong"] = wrong.get(row["code"], "")
            for name in VOTES:
                row[name] = given[name].get(row["code"], "")
        return {"votes": rows}

    def lines(self) -> list[str]:
        share, whole = self.pack.share
        return [
            _("%(n)s được đưa ra họp.") % {"n": households(self.movable().count())},
            _("Hộ có ít nhất %(share)s/%(whole)s số người dự họp đồng ý: kết quả được niêm yết.")
            % {"share": share, "whole": whole},
            _("Hộ không đủ số ấy: khảo sát lại rồi họp lần mới."),
        ]

    def answers(self) -> list[dict[str, Any]]:
        return [
            *super().answers(),
            {"label": _("Số hộ có biểu quyết"), "value": len(self.tallies)},
        ]

    def results(self, act: Act) -> dict[str, Any]:
        """Return whom the meeting agreed on and who is surveyed again, with the votes that say why."""
        share, whole = self.pack.share
        attendance = self.cleaned_data["attendance"]
        events = (
            Event.objects.filter(act=act)
            .order_by("case__code")
            .values(
                "to_state",
                "case__code",
                "case__household__head_name",
                "case__result_class",
                "case__meeting_agree",
            )
        )
        rows = [
            {
                "code": event["case__code"],
                "head": event["case__household__head_name"],
                "result_class": event["case__result_class"],
                "agree": event["case__meeting_agree"],
                "back": event["to_state"] == "disagreed",
            }
            for event in events
        ]
        return {
            **super().results(act),
            "agreed": [row for row in rows if not row["back"]],
            "sent_back": [row for row in rows if row["back"]],
            "attendance": attendance,
            "needed": -(-attendance * share // whole),
        }


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= CROWD
