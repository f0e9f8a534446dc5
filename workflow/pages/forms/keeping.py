"""A round goes on under another edition of its procedure, or in the hands of another unit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Round, UnitSuccession, UnitVersion
from cases.rules.packs import PACKS, Pack
from workflow.acts import registry
from workflow.editions import DryRun, dry_run, edition
from workflow.machine.apply import Done
from workflow.pages.forms.base import ActForm, PaperField
from workflow.titles import act_title


class CarryOverForm(ActForm):
    """
    To another edition of the same review. What was shown is named by a token.

    The first answer starts the dry run; the second sends its token on, so that the act can tell
    whether the round is still what somebody looked at.
    """

    code = "carry_over"
    looked_at_again = True
    danger = True
    button = gettext_lazy("Chuyển đợt")
    below = "workflow/acts/dry_run.html"
    afterwards = "workflow/acts/dry_run.html"

    to = forms.ChoiceField(
        label=gettext_lazy("Chuyển sang bản quy trình"),
        help_text=gettext_lazy("Chỉ những bản đã duyệt của cùng loại rà soát."),
        widget=forms.RadioSelect,
    )
    paper = PaperField(
        label=gettext_lazy("Văn bản áp dụng quy trình mới"),
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành."),
        max_length=200,
    )

    def prepare(self) -> None:
        others = [
            pack
            for pack in PACKS.editions()
            if pack.review == self.pack.review and pack.code != self.target.pack
        ]
        self.field("to").choices = [(pack.code, _(pack.title)) for pack in others]
        self._seen: DryRun | None = None

    def dry_run(self) -> DryRun | None:
        """Return what carrying would mean now; nothing until an edition is chosen."""
        if self._seen is None and (target := edition(self.data.get("to", ""))) is not None:
            self._seen = dry_run(self.target, target)
        return self._seen

    def facts(self) -> dict[str, Any]:
        """Return the token that was sent on; the rehearsal alone takes the one it has just made."""
        told = self.data.get("dry_run", "") if self.data.get("step") == "do" else None
        return {**super().facts(), "dry_run": self.adds()["dry_run"] if told is None else told}

    def adds(self) -> dict[str, str]:
        seen = self.dry_run()
        return {"dry_run": seen.token if seen else ""}

    def carry_out(self) -> Done | Round:
        """Do it on a copy: a rehearsal that is taken back leaves the target as it was."""
        again = Round.objects.select_related("commune", "keeper").get(pk=self.target.pk)
        key = self.cleaned_data["key"]
        self.dry_run()
        return registry.do(self.code, again, self.facts(), by=self.by, at=self.at, key=key)

    def lines(self) -> list[str]:
        return [
            _("Trước hết hệ thống chạy thử và cho xem những gì sẽ đổi; chưa ghi gì."),
            _("Hồ sơ ở nguyên bước của mình; các việc sau theo bản quy trình mới."),
        ]

    def consequences(self) -> list[str]:
        return [_("Đợt theo bản quy trình mới từ lúc này; các việc đã ghi không đổi.")]

    def tables(self) -> dict[str, Any]:
        seen = self.dry_run()
        return {"dry": _in_words(seen)} if seen else {}

    def results(self, act: Any) -> dict[str, Any]:
        return {**super().results(act), **self.tables()}


def _in_words(seen: DryRun) -> dict[str, Any]:
    """Return what differs between two editions, as the pages of acts name it."""
    old, new = seen.source, seen.target
    return {
        "source": _(old.title),
        "target": _(new.title),
        "states": sorted(seen.states.items()),
        "misfits": seen.misfits,
        "acts": _changed_acts(old, new),
        "terms": _changed_terms(old, new),
        "token": seen.token,
    }


def _changed_acts(old: Pack, new: Pack) -> list[dict[str, Any]]:
    codes = dict.fromkeys([*old.by_code, *new.by_code])
    return [
        {"title": act_title(code, (new if code in new.by_code else old).code), "how": how}
        for code in codes
        if (how := _how(old.by_code.get(code), new.by_code.get(code)))
    ]


def _changed_terms(old: Pack, new: Pack) -> list[dict[str, Any]]:
    before, after = ({term.code: term for term in pack.terms} for pack in (old, new))
    return [
        {"title": _(rule.title), "how": how}
        for code, rule in {**before, **after}.items()
        if (how := _how(before.get(code), after.get(code)))
    ]


def _how(before: object, after: object) -> str:
    if before == after:
        return ""
    if before is None:
        return _("thêm mới")
    return _("bỏ đi") if after is None else _("thay đổi")


class KeeperForm(ActForm):
    """Which unit goes on, of those that followed by the paper on the new units."""

    looked_at_again = True
    danger = True
    button = gettext_lazy("Tiếp nhận")
    above = "workflow/acts/keeper_above.html"

    keeper = forms.ChoiceField(
        label=gettext_lazy("Đơn vị tiếp nhận"),
        help_text=gettext_lazy("Những đơn vị kế thừa theo văn bản sắp xếp."),
        widget=forms.RadioSelect,
    )
    paper = PaperField(
        label=gettext_lazy("Văn bản sắp xếp, biên bản bàn giao"),
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành."),
        max_length=200,
    )

    def prepare(self) -> None:
        followed = self._followed()
        versions = UnitVersion.objects.in_force(self.day).filter(
            unit__in=followed.values("successor")
        )
        self.field("keeper").choices = versions.order_by("name").values_list("unit__code", "name")

    def _followed(self) -> Any:
        return UnitSuccession.objects.filter(
            predecessor=self.target.keeper_id, on_date__lte=self.day
        ).select_related("successor")

    def first_answers(self) -> dict[str, Any]:
        codes = [code for code, _name in self.field("keeper").choices]
        return {"keeper": codes[0]} if len(codes) == 1 else {}

    def tables(self) -> dict[str, Any]:
        papers = self._followed().values_list("source_document", flat=True)
        return {"papers": sorted(set(papers))}

    def carry_out(self) -> Done | Round:
        """Do it on a copy: a rehearsal that is taken back leaves the target as it was."""
        again = type(self.target).objects.get(pk=self.target.pk)
        key = self.cleaned_data["key"]
        return registry.do(self.code, again, self.facts(), by=self.by, at=self.at, key=key)

    def consequences(self) -> list[str]:
        return [
            _("Người của đơn vị tiếp nhận làm tiếp mọi việc còn lại; việc đã ghi không đổi."),
            _("Gói quy trình, chuẩn nghèo và khu vực giữ nguyên như lúc mở đợt."),
        ]

    def lines(self) -> list[str]:
        return self.consequences()


class HandOverForm(KeeperForm):
    """Whoever takes a round over does not read it yet."""

    code = "hand_over"
    back = "rounds"


class HandOverVillageForm(KeeperForm):
    code = "hand_over_village"
