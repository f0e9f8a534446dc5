"""
The charts of the reviews: of each village's list, of the commune's round, of each time limit.

viewflow draws them and remembers who is next; the acts move them (workflow.following) and time
does (workflow.timers). Nodes are added, never renamed, and no flow is subclassed: rows name their
node, and the links of a subclass lead to its parent's nodes. No node carries a household.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation

from cases.duties import Duty
from cases.models import Unit
from cases.rules.packs import Review
from workflow.charts import REPORT, annotated, heads_for, step, wait
from workflow.lateness import owner, unit_above
from workflow.models import RoundProcess, TermProcess, VillageReviewProcess


def village(process: VillageReviewProcess) -> Unit:
    return process.village_review.keeper


def commune(process: RoundProcess) -> Unit:
    return process.round.keeper


def superior(process: RoundProcess) -> Unit:
    return process.round.superior


def begin(activation: Activation, heading: str, **on: int | None) -> Any:
    """Begin a run on a list or a term, on its way to where that stands."""
    process = activation.process
    process.heading = heading
    for name, value in on.items():
        setattr(process, name, value)
    return process


class VillageReviewFlow(flow.Flow):
    """The review of one village: periodic, and ad hoc, which repeats its clauses 2, 3 and 4."""

    process_class = VillageReviewProcess
    process_title = _("Rà soát của một thôn")
    # Waits its turn; the round's row is locked before, so two acts never meet here.
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = (
        flow.StartHandle(begin).Annotation(title=_("Thôn có hộ trong danh sách")).Next(this.survey)
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


class RoundFlow(flow.Flow):
    """The yearly round of one commune, which waits for its villages."""

    process_class = RoundProcess
    process_title = _("Đợt rà soát của một xã")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle(begin).Annotation(title=_("Mở đợt rà soát")).Next(this.build_list)
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
    # Of households that a grievance or a revocation reopened, in a run of their own if need be.
    heard_again = (
        flow.StartHandle(begin)
        .Annotation(title=_("Hộ được xem xét lại sau quyết định"))
        .Next(this.reexamine)
    )
    reexamine = step("reexamine", commune).Next(this.amend_decision)
    amend_decision = step("amend_decision", commune).Next(this.decided)
    end = flow.End().Annotation(title=_("Xong đợt rà soát"))


class AdHocRoundFlow(flow.Flow):
    """A month's round of one commune (Điều 5): no opinion is asked, and the month is reported."""

    process_class = RoundProcess
    process_title = _("Đợt rà soát thường xuyên của một xã")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = (
        flow.StartHandle(begin).Annotation(title=_("Mở sổ nhận giấy đề nghị")).Next(this.requested)
    )
    requested = (
        flow.If(heads_for(REPORT))
        .Annotation(title=_("Không có giấy đề nghị nào?"))
        .Then(this.sign_monthly_report)
        .Else(this.build_list)
    )
    build_list = step("build_list", commune, Review.AD_HOC).Next(this.await_villages)
    await_villages = wait(_("Chờ các thôn bàn giao"), commune).Next(this.sign_decision)
    sign_decision = step("sign_decision", commune, Review.AD_HOC).Next(this.decided)
    decided = (
        flow.Switch()
        .Annotation(title=_("Còn giấy chứng nhận, văn bản trả lời, báo cáo?"))
        .Case(this.end, heads_for(""))
        .Case(this.issue_certificates, heads_for("issue_certificates"))
        .Case(this.refuse, heads_for("refuse"))
        .Case(this.sign_monthly_report, heads_for(REPORT))
    )
    issue_certificates = step("issue_certificates", commune, Review.AD_HOC).Next(this.decided)
    refuse = step("refuse", commune, Review.AD_HOC).Next(this.decided)
    heard_again = (
        flow.StartHandle(begin)
        .Annotation(title=_("Hộ được xem xét lại sau quyết định"))
        .Next(this.reexamine)
    )
    reexamine = step("reexamine", commune, Review.AD_HOC).Next(this.amend_decision)
    amend_decision = step("amend_decision", commune, Review.AD_HOC).Next(this.decided)
    sign_monthly_report = step(REPORT, commune, Review.AD_HOC).Next(this.end)
    end = flow.End().Annotation(title=_("Xong đợt tháng"))


class IncomeVillageFlow(flow.Flow):
    """
    The incomes of one village, by the month: average living standard (Điều 6), low income.

    Only the former are posted and can be contested.
    """

    process_class = VillageReviewProcess
    process_title = _("Xác định thu nhập ở một thôn")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = (
        flow.StartHandle(begin)
        .Annotation(title=_("Thôn có giấy đề nghị"))
        .Next(this.determine_income)
    )
    determine_income = step("determine_income", village, Review.AVERAGE_LIVING).Next(this.posted)
    posted = (
        flow.If(heads_for("post_list"))
        .Annotation(title=_("Có niêm yết? (mức sống trung bình)"))
        .Then(this.post_list)
        .Else(this.end)
    )
    post_list = step("post_list", village, Review.AVERAGE_LIVING).Next(this.close_posting)
    close_posting = step("close_posting", village, Review.AVERAGE_LIVING).Next(this.uncontested)
    uncontested = (
        flow.If(heads_for("redetermine_income"))
        .Annotation(title=_("Còn hộ có khiếu nại?"))
        .Then(this.redetermine_income)
        .Else(this.end)
    )
    redetermine_income = step("redetermine_income", village, Review.AVERAGE_LIVING).Next(this.end)
    end = flow.End().Annotation(title=_("Bàn giao cho xã"))


class IncomeRoundFlow(flow.Flow):
    """A month's round of incomes in one commune: a decision confirms or the answer is no."""

    process_class = RoundProcess
    process_title = _("Đợt xác định thu nhập của một xã")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle(begin).Annotation(title=_("Có giấy đề nghị")).Next(this.build_list)
    build_list = step("build_list", commune, Review.AVERAGE_LIVING).Next(this.await_villages)
    await_villages = wait(_("Chờ các thôn bàn giao"), commune).Next(this.sign_decision)
    sign_decision = step("sign_decision", commune, Review.AVERAGE_LIVING).Next(this.decided)
    decided = (
        flow.If(heads_for("refuse"))
        .Annotation(title=_("Còn văn bản trả lời?"))
        .Then(this.refuse)
        .Else(this.end)
    )
    refuse = step("refuse", commune, Review.AVERAGE_LIVING).Next(this.end)
    heard_again = (
        flow.StartHandle(begin)
        .Annotation(title=_("Hộ được xem xét lại sau quyết định"))
        .Next(this.redetermine_income)
    )
    redetermine_income = step("redetermine_income", commune, Review.AVERAGE_LIVING).Next(
        this.amend_decision
    )
    amend_decision = step("amend_decision", commune, Review.AVERAGE_LIVING).Next(this.decided)
    end = flow.End().Annotation(title=_("Xong đợt tháng"))


class TermFlow(flow.Flow):
    """
    One time limit, wherever the list's chart stands meanwhile: a clock, then who must know.

    Nothing is decided by silence: after the clock people wait for the act, as before.
    """

    process_class = TermProcess
    process_title = _("Thời hạn")
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle(begin).Annotation(title=_("Thời hạn bắt đầu")).Next(this.clock)
    clock = flow.Timer(this.moment).Annotation(title=_("Hết ngày cuối cùng")).Next(this.to_be_kept)
    to_be_kept = (
        flow.If(heads_for("overdue"))
        .Annotation(title=_("Hạn phải làm xong việc?"))
        .Then(this.overdue)
        .Else(this.waited_out)
    )
    overdue = annotated(_("Quá hạn: báo cấp trên"), Duty.READ_REPORTS, unit_above).Next(this.end)
    # The days of a posting have passed: nobody is late, and it may be ended.
    waited_out = annotated(_("Đủ ngày niêm yết: chờ kết thúc"), Duty.POST, owner).Next(this.end)
    end = flow.End().Annotation(title=_("Việc đã làm"))

    def moment(self, activation: Activation) -> datetime:
        return activation.process.moment


VILLAGE_FLOWS: dict[str, type[flow.Flow]] = {
    Review.PERIODIC: VillageReviewFlow,
    Review.AD_HOC: VillageReviewFlow,
    Review.AVERAGE_LIVING: IncomeVillageFlow,
    Review.LOW_INCOME: IncomeVillageFlow,
}
ROUND_FLOWS: dict[str, type[flow.Flow]] = {
    Review.PERIODIC: RoundFlow,
    Review.AD_HOC: AdHocRoundFlow,
    Review.AVERAGE_LIVING: IncomeRoundFlow,
    Review.LOW_INCOME: IncomeRoundFlow,
}
