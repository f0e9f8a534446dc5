"""Back-planning: the last safe day of each step before a review must be over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cases.rules.fixed_days import monthly_report_due
from cases.rules.packs import Pack
from cases.rules.packs.model import Review, Source, TermRule
from cases.rules.terms import (
    Calendar,
    TermKind,
    calendar_days_after,
    counted_term,
    last_start_for,
)

_ONE_DAY = timedelta(days=1)


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


class NoLastDay(ValueError):
    """The law sets no time by which the whole review is over, so that nothing is planned back."""


@dataclass(frozen=True, slots=True)
class LastDay:
    """
    The last day on which a step can be taken and the review still ends in time.

    `terms`: the codes of the time limits that lie between the step and the last day.
    """

    code: str
    act: str  # the act of the pack that is this step
    title: str
    why: str
    day: date
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackPlan:
    """
    The last days of one review, and whether all its years are announced.

    A step whose last day lies before `first_day` has no room in this review.
    """

    first_day: date
    last_day: date
    source: Source
    steps: tuple[LastDay, ...]
    calendar_version: str
    provisional: bool

    def step(self, code: str) -> LastDay:
        return next(step for step in self.steps if step.code == code)


def back_plan(pack: Pack, year: int, calendar: Calendar, month: int = 0) -> BackPlan:
    """
    Count back from the last day of a review with the pack's own terms.

    The last day of a periodic review is a fixed date: a Sunday does not move it. A monthly review
    ends with the term of the whole, counted from its first day, which a day off does move.

    Strict: a list hangs until the end of the last day of its term, so what follows is done on a
    later day; the decision may be signed on the day of the opinion, a re-verified result hung (or
    decided, where the law asks for no second posting) on the last day of the re-verification.

    :raises NoLastDay: if the pack has neither
    """
    first_day, last_day, source = _span(pack, year, month, calendar)
    steps = tuple(_steps(pack, last_day, calendar))
    if pack.review == Review.AD_HOC:
        steps = (*steps, _monthly_report(pack, year, month))
    years = {step.day.year for step in steps}
    return BackPlan(
        first_day,
        last_day,
        source,
        steps,
        calendar.version,
        provisional=not all(calendar.is_announced(each) for each in years),
    )


def _span(pack: Pack, year: int, month: int, calendar: Calendar) -> tuple[date, date, Source]:
    first_day, last_day = pack.days_of(year, month)
    if last_day is not None:
        return first_day, last_day, pack.window_source
    if "whole" not in _codes(pack):
        raise NoLastDay(f"{pack.code}: no last day")
    whole = pack.term("whole")
    counted = counted_term(whole.kind, first_day, whole.days, calendar)
    return first_day, counted.ends_on, whole.source


def _codes(pack: Pack) -> set[str]:
    return {term.code for term in pack.terms}


def _steps(pack: Pack, last_day: date, calendar: Calendar) -> Iterator[LastDay]:
    """Yield the steps in the order of the procedure, each counted back from the one after it."""
    codes = _codes(pack)
    opinion = ("opinion",) if "opinion" in codes else ()
    again = ("reposting", *opinion) if "reposting" in codes else opinion
    received = _last_start(pack.term("opinion"), last_day, calendar) if opinion else last_day
    posted_out = received - _ONE_DAY
    posting = pack.term("posting")
    reverified = received
    if "reposting" in codes:
        reverified = _last_start(pack.term("reposting"), posted_out, calendar)
    complained = _last_start(pack.term("reverification"), reverified, calendar)
    yield LastDay(
        "posting_with_complaint",
        "post_list",
        _("Bắt đầu niêm yết, còn kịp cả khi có khiếu nại"),
        _("Chịu được một khiếu nại nhận vào ngày niêm yết cuối cùng, phúc tra và niêm yết lại.")
        if "reposting" in codes
        else _("Chịu được một khiếu nại nhận vào ngày niêm yết cuối cùng và phúc tra."),
        _last_start(posting, complained, calendar),
        ("posting", "reverification", *again),
    )
    yield LastDay(
        "complaint",
        "complain",
        _("Nhận khiếu nại và bắt đầu phúc tra"),
        _("Là ngày niêm yết cuối cùng của lịch trên."),
        complained,
        ("reverification", *again),
    )
    if "reposting" in codes:
        yield LastDay(
            "reposting",
            "repost",
            _("Phúc tra xong và bắt đầu niêm yết lại"),
            _("Khiếu nại lần nữa về kết quả niêm yết lại thì không còn kịp."),
            reverified,
            again,
        )
    yield LastDay(
        "posting",
        "post_list",
        _("Bắt đầu niêm yết, nếu không có khiếu nại"),
        _("Niêm yết xong trước ngày cấp trên phải nhận được báo cáo.")
        if opinion
        else _("Niêm yết xong trước ngày ký quyết định."),
        _last_start(posting, posted_out, calendar),
        ("posting", *opinion),
    )
    if opinion:
        yield LastDay(
            "report",
            "sign_report",
            _("Cấp trên nhận được báo cáo"),
            _("Cấp trên còn đủ số ngày để trả lời; quyết định ký trong ngày nhận ý kiến."),
            received,
            opinion,
        )
    yield _decision(pack, last_day)


def _decision(pack: Pack, last_day: date) -> LastDay:
    if pack.window is not None:
        why = _("Ngày cuối của thời gian rà soát; rơi vào ngày nghỉ cũng không tự dời.")
    else:
        why = _("Hết số ngày của cả đợt; rơi vào ngày nghỉ thì dời sang ngày làm việc tiếp theo.")
    return LastDay("decision", "sign_decision", _("Ký quyết định công nhận"), why, last_day, ())


def _monthly_report(pack: Pack, year: int, month: int) -> LastDay:
    return LastDay(
        "monthly_report",
        "sign_monthly_report",
        _("Ký báo cáo tháng"),
        _("Luật ấn định ngày này; rơi vào ngày nghỉ cũng không tự dời."),
        monthly_report_due(pack, year, month).day,
        (),
    )


def _last_start(rule: TermRule, end: date, calendar: Calendar) -> date:
    """Return the last day on which a term can start and be over by the end."""
    if rule.kind == TermKind.WORKING:
        return last_start_for(end, rule.days, calendar)
    start = end - timedelta(days=rule.days)
    while calendar_days_after(start, rule.days, calendar).ends_on > end:
        start -= _ONE_DAY
    return start
