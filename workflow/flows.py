"""
The charts of a review: of each village's list and of the commune's round.

viewflow draws them and remembers who is next; the acts move them (workflow.following). Nodes are
added, never renamed, and no flow is subclassed: rows name their node, and the links of a subclass
lead to its parent's nodes. Charts are of lists: no node carries a household.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation

from cases.models import Unit
from workflow.charts import heads_for, step, wait
from workflow.models import RoundProcess, VillageReviewProcess


def village(process: VillageReviewProcess) -> Unit:
    return process.village_review.village


def commune(process: RoundProcess) -> Unit:
    return process.round.commune


def superior(process: RoundProcess) -> Unit:
    return process.round.superior


class VillageReviewFlow(flow.Flow):
    """The review of one village."""

    process_class = VillageReviewProcess
    process_title = _("Rà soát của một thôn")
    # Waits its turn; the round's row is locked before, so two acts never meet here.
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = (
        flow.StartHandle(this.begin)
        .Annotation(title=_("Thôn có hộ trong danh sách"))
        .Next(this.survey)
    )
    survey = step("survey", village).Next(this.classify)
    classify = step("classify", village).Next(this.hold_meeting)
    hold_meeting = step("hold_meeting", village).Next(this.agreed)
    agreed = (
        flow.If(heads_for("post_list"))
        .Annotation(title=_("Mọi hộ đều được ít nhất một nửa đồng ý?"))
        .Then(this.post_list)
        .Else(this.survey)
    )
    post_list = step("post_list", village).Next(this.close_posting)
    close_posting = step("close_posting", village).Next(this.uncontested)
    uncontested = (
        flow.Switch()
        .Annotation(title=_("Còn hộ có khiếu nại?"))
        .Case(this.end, heads_for(""))
        .Case(this.reverify, heads_for("reverify"))
        .Case(this.repost, heads_for("repost"))
        .Case(this.close_reposting, heads_for("close_reposting"))
    )
    reverify = step("reverify", village).Next(this.uncontested)
    repost = step("repost", village).Next(this.uncontested)
    close_reposting = step("close_reposting", village).Next(this.uncontested)
    end = flow.End().Annotation(title=_("Bàn giao cho xã"))

    def begin(self, activation: Activation, village_review_id: int) -> Any:
        activation.process.village_review_id = village_review_id
        return activation.process


class RoundFlow(flow.Flow):
    """The round of one commune, which waits for its villages."""

    process_class = RoundProcess
    process_title = _("Đợt rà soát của một xã")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle(this.begin).Annotation(title=_("Mở đợt rà soát")).Next(this.build_list)
    build_list = step("build_list", commune).Next(this.await_villages)
    # Core viewflow has no sub-processes: the act of the last village completes this.
    await_villages = wait(_("Chờ các thôn bàn giao"), commune).Next(this.sign_report)
    sign_report = step("sign_report", commune).Next(this.give_opinion)
    give_opinion = step("give_opinion", superior).Next(this.questioned)
    questioned = (
        flow.If(heads_for("await_villages"))
        .Annotation(title=_("Có hộ chưa được thống nhất?"))
        .Then(this.await_villages)
        .Else(this.sign_decision)
    )
    sign_decision = step("sign_decision", commune).Next(this.decided)
    decided = (
        flow.Switch()
        .Annotation(title=_("Còn giấy chứng nhận, văn bản trả lời?"))
        .Case(this.end, heads_for(""))
        .Case(this.issue_certificates, heads_for("issue_certificates"))
        .Case(this.refuse, heads_for("refuse"))
    )
    issue_certificates = step("issue_certificates", commune).Next(this.decided)
    refuse = step("refuse", commune).Next(this.decided)
    end = flow.End().Annotation(title=_("Xong đợt rà soát"))

    def begin(self, activation: Activation, round_id: int) -> Any:
        activation.process.round_id = round_id
        return activation.process
