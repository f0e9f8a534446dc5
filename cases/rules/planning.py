"""Back-planning: the last safe day of each step before the review must be over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cases.rules.packs import Pack
from cases.rules.packs.model import TermRule
from cases.rules.terms import Calendar, TermKind, calendar_days_after, last_start_for

_ONE_DAY = timedelta(days=1)


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


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
    """The last days of one review, the earliest first, and whether all its years are announced."""

    last_day: date
    steps: tuple[LastDay, ...]
    calendar_version: str
    provisional: bool

    def step(self, code: str) -> LastDay:
        return next(step for step in self.steps if step.code == code)


def back_plan(pack: Pack, year: int, calendar: Calendar) -> BackPlan:
    """
    Count back from the last day of the pack's window with the pack's own terms.

    Strict: a list hangs until the end of the last day of its term, so the report is received on a
    later day; the decision may be signed on the day of the opinion, a re-verified result hung on
    the last day of the re-verification. The last day is a fixed date: a Sunday does not move it.
    """
    last_day = date(year, *pack.window[1])
    received = _last_start(pack.term("opinion"), last_day, calendar)
    posted_out = received - _ONE_DAY
    posting, reposting = pack.term("posting"), pack.term("reposting")
    quiet = _last_start(posting, posted_out, calendar)
    reposted = _last_start(reposting, posted_out, calendar)
    complained = _last_start(pack.term("reverification"), reposted, calendar)
    contested = _last_start(posting, complained, calendar)
    steps = tuple(_steps(last_day, received, quiet, reposted, complained, contested))
    years = {step.day.year for step in steps}
    return BackPlan(
        last_day,
        steps,
        calendar.version,
        provisional=not all(calendar.is_announced(each) for each in years),
    )


def _steps(
    last_day: date,
    received: date,
    quiet: date,
    reposted: date,
    complained: date,
    contested: date,
) -> Iterator[LastDay]:
    after_posting = ("reposting", "opinion")
    yield LastDay(
        "posting_with_complaint",
        "post_list",
        _("Bắt đầu niêm yết, còn kịp cả khi có khiếu nại"),
        _("Chịu được một khiếu nại nhận vào ngày niêm yết cuối cùng, phúc tra và niêm yết lại."),
        contested,
        ("posting", "reverification", *after_posting),
    )
    yield LastDay(
        "complaint",
        "complain",
        _("Nhận khiếu nại và bắt đầu phúc tra"),
        _("Là ngày niêm yết cuối cùng của lịch trên."),
        complained,
        ("reverification", *after_posting),
    )
    yield LastDay(
        "reposting",
        "repost",
        _("Phúc tra xong và bắt đầu niêm yết lại"),
        _("Khiếu nại lần nữa về kết quả niêm yết lại thì không còn kịp."),
        reposted,
        after_posting,
    )
    yield LastDay(
        "posting",
        "post_list",
        _("Bắt đầu niêm yết, nếu không có khiếu nại"),
        _("Niêm yết xong trước ngày cấp trên phải nhận được báo cáo."),
        quiet,
        ("posting", "opinion"),
    )
    yield LastDay(
        "report",
        "sign_report",
        _("Cấp trên nhận được báo cáo"),
        _("Cấp trên còn đủ số ngày để trả lời; quyết định ký trong ngày nhận ý kiến."),
        received,
        ("opinion",),
    )
    yield LastDay(
        "decision",
        "sign_decision",
        _("Ký quyết định công nhận"),
        _("Ngày cuối của thời gian rà soát; rơi vào ngày nghỉ cũng không tự dời."),
        last_day,
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
