"""A pack in words: as a document to read, and as what differs between two editions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import ReviewKind
from cases.models.calendars import CalendarDay
from cases.rules.packs import Act, Move, Pack, Review, Seat, Source, Span, TermRule
from cases.rules.packs.changes import Change, Deed, changes
from cases.rules.packs.problems import code_of, tables

TONES = {"S": "good", "K": "plain", "?": "warn"}
KINDS: Mapping[str, str | Promise] = {
    "frame": gettext_lazy("Chung"),
    "review": gettext_lazy("Loại rà soát"),
    "superior": gettext_lazy("Cấp trên của xã"),
    "period": gettext_lazy("Thời gian rà soát"),
    "consent": gettext_lazy("Tỷ lệ đồng ý"),
    "title": gettext_lazy("Tên"),
    "in_force": gettext_lazy("Hiệu lực"),
    "stages": gettext_lazy("Giai đoạn"),
    "states": gettext_lazy("Bước của hồ sơ"),
    "acts": gettext_lazy("Việc"),
    "guards": gettext_lazy("Điều kiện của hồ sơ"),
    "conditions": gettext_lazy("Điều kiện của việc"),
    "refusals": gettext_lazy("Câu trả lời chung"),
    "terms": gettext_lazy("Thời hạn"),
    "forms": gettext_lazy("Mẫu biểu"),
    "holders": gettext_lazy("Thẩm quyền"),
}
ASPECTS: Mapping[str, str | Promise] = {
    "code": gettext_lazy("mã"),
    "title": gettext_lazy("tên"),
    "source": gettext_lazy("điều khoản"),
    "stage": gettext_lazy("giai đoạn"),
    "final": gettext_lazy("bước kết thúc"),
    "duty": gettext_lazy("thẩm quyền"),
    "seat": gettext_lazy("cấp thực hiện"),
    "span": gettext_lazy("phạm vi"),
    "moves": gettext_lazy("đường đi"),
    "passes_over": gettext_lazy("bỏ qua"),
    "leaves_behind": gettext_lazy("không chờ"),
    "conditions": gettext_lazy("không làm được khi"),
    "evidence": gettext_lazy("giấy tờ"),
    "forms": gettext_lazy("mẫu biểu"),
    "starts_term": gettext_lazy("bắt đầu thời hạn"),
    "ends_term": gettext_lazy("kết thúc thời hạn"),
    "sentence": gettext_lazy("câu trả lời"),
    "remedy": gettext_lazy("việc cần làm"),
    "entered": gettext_lazy("do người làm nhập"),
    "days": gettext_lazy("số ngày"),
    "kind": gettext_lazy("loại ngày"),
}
SEATS = {
    Seat.VILLAGE: gettext_lazy("thôn hoặc xã"),
    Seat.COMMUNE: gettext_lazy("xã"),
    Seat.SUPERIOR: gettext_lazy("cấp trên của xã"),
    Seat.KEEPER: gettext_lazy("đơn vị tiếp nhận"),
}
SPANS = {
    Span.CASE: gettext_lazy("từng hồ sơ"),
    Span.VILLAGE: gettext_lazy("danh sách của thôn"),
    Span.ROUND: gettext_lazy("danh sách của xã"),
}
REVIEWS = {review: ReviewKind(review.value).label for review in Review}
LEVELS = {"DISTRICT": gettext_lazy("cấp huyện"), "PROVINCE": gettext_lazy("cấp tỉnh")}
DEEDS = {
    Deed.ADDED: (gettext_lazy("thêm"), "good"),
    Deed.REMOVED: (gettext_lazy("bỏ"), "bad"),
    Deed.CHANGED: (gettext_lazy("sửa"), "warn"),
}


@dataclass(frozen=True)
class Row:
    """One thing of a pack as a page shows it: its words, its article, how sure that is."""

    code: str
    title: str
    lines: tuple[str, ...]
    article: str = ""
    mark: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Difference:
    """One change as a page shows it: what was done to what, before and after side by side."""

    deed: str
    tone: str
    kind: str
    code: str
    title: str
    aspect: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def document(pack: Pack) -> list[Section]:
    """Return the pack as sections to read, thresholds and time limits first."""
    words = _Words(pack)
    frame = Section("frame", str(KINDS["frame"]), words.frame())
    lists = [
        Section(kind, str(KINDS[kind]), tuple(_row(row, words) for row in tables(pack)[kind]))
        for kind in _ORDER
    ]
    return [frame, *(section for section in lists if section.rows)]


def difference(old: Pack, new: Pack) -> list[Difference]:
    """Return in words what the new edition changes in the old one."""
    return [_difference(change, _Words(old), _Words(new)) for change in changes(old, new)]


def mark_title(mark: str) -> str:
    return str(CalendarDay.Mark(mark).label)


def days(rule: TermRule) -> str:
    if rule.kind == "WORKING":
        words = ngettext("%(n)d ngày làm việc", "%(n)d ngày làm việc", rule.days)
    else:
        words = ngettext("%(n)d ngày lịch", "%(n)d ngày lịch", rule.days)
    return words % {"n": rule.days}


def said(text: str) -> str:
    """Return a pack's own words in the reader's language; no words stay no words."""
    return _(text) if text else ""


_ORDER = (
    "terms",
    "states",
    "acts",
    "guards",
    "conditions",
    "refusals",
    "forms",
    "holders",
)


class _Words:
    """The titles of one pack by code."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._titles = {
            kind: {
                code_of(row): said(getattr(row, "title", "") or getattr(row, "sentence", ""))
                for row in rows
            }
            for kind, rows in tables(pack).items()
        }

    def of(self, kind: str, codes: Iterable[str]) -> str:
        titles = self._titles[kind]
        return "; ".join(titles.get(code, code) for code in codes)

    def move(self, move: Move) -> str:
        facts = {
            "sources": self.of("states", move.sources),
            "target": self.of("states", [move.target]),
        }
        if not move.guards:
            return _("Từ “%(sources)s” sang “%(target)s”.") % facts
        unless = " ".join(self.of("guards", [code]) for code in move.guards)
        return _("Từ “%(sources)s” sang “%(target)s”; không chuyển khi: %(unless)s") % {
            **facts,
            "unless": unless,
        }

    def frame(self) -> tuple[Row, ...]:
        pack = self.pack
        rows = [
            _cited("review", [str(REVIEWS[pack.review])], pack.review_source),
            _cited("superior", [str(LEVELS[pack.superior_level])], pack.superior_source),
            _cited("period", [period(pack)], pack.window_source),
        ]
        if pack.consent is not None and pack.consent_source is not None:
            rows.append(_cited("consent", [consent(pack)], pack.consent_source))
        return tuple(rows)


def period(pack: Pack) -> str:
    """Return when in the year the review is made."""
    if pack.window is not None:
        (first_month, first_day), (last_month, last_day) = pack.window
        return _("Từ %(first)s đến hết %(last)s hằng năm") % {
            "first": f"{first_day:02d}/{first_month:02d}",
            "last": f"{last_day:02d}/{last_month:02d}",
        }
    return _("Từ ngày %(day)d của các tháng %(months)s") % {
        "day": pack.start_day,
        "months": ", ".join(str(month) for month in pack.months),
    }


def consent(pack: Pack) -> str:
    share, whole = pack.share
    return _("Ít nhất %(share)d trên %(whole)d số người dự họp đồng ý") % {
        "share": share,
        "whole": whole,
    }


def _cited(kind: str, lines: Iterable[str], source: Source, title: str = "", code: str = "") -> Row:
    return Row(
        code=code,
        title=title or str(KINDS[kind]),
        lines=tuple(lines),
        article=source.article,
        mark=mark_title(source.mark),
        tone=TONES[source.mark],
    )


def _row(row: Any, words: _Words) -> Row:
    title = said(getattr(row, "title", "") or getattr(row, "sentence", ""))
    lines = _LINES.get(type(row).__name__, _no_lines)(row, words)
    return _cited("", lines, row.source, title, code_of(row))


def _no_lines(row: Any, words: _Words) -> Iterable[str]:
    return ()


def _act_lines(act: Act, words: _Words) -> Iterable[str]:
    yield _("%(who)s, ở %(seat)s, trên %(span)s.") % {
        "who": words.of("holders", [act.duty]),
        "seat": SEATS[act.seat],
        "span": SPANS[act.span],
    }
    yield from (words.move(move) for move in act.moves)
    for label, kind, codes in (
        (_("Không làm được khi: %(words)s"), "conditions", act.conditions),
        (_("Bỏ qua hồ sơ ở: %(words)s."), "states", act.passes_over),
        (_("Không chờ hồ sơ ở: %(words)s."), "states", act.leaves_behind),
        (_("Mẫu biểu: %(words)s."), "forms", act.forms),
        (_("Bắt đầu thời hạn: %(words)s."), "terms", filter(None, [act.starts_term])),
        (_("Kết thúc thời hạn: %(words)s."), "terms", filter(None, [act.ends_term])),
    ):
        if text := words.of(kind, codes):
            yield label % {"words": text}
    if act.evidence:
        yield _("Giấy tờ: %(words)s.") % {"words": "; ".join(said(each) for each in act.evidence)}


_LINES: Mapping[str, Callable[[Any, _Words], Iterable[str]]] = {
    "Act": _act_lines,
    "TermRule": lambda rule, words: [days(rule)],
    "State": lambda state, words: [
        words.of("stages", [state.stage]),
        *([_("Bước kết thúc")] if state.final else []),
    ],
    "Rule": lambda rule, words: [said(rule.remedy)],
}
# Which of the pack's lists the codes of an aspect are in.
_NAMES = {
    "passes_over": "states",
    "leaves_behind": "states",
    "stage": "stages",
    "conditions": "conditions",
    "forms": "forms",
    "starts_term": "terms",
    "ends_term": "terms",
    "duty": "holders",
}


def _difference(change: Change, old: _Words, new: _Words) -> Difference:
    deed, tone = DEEDS[change.deed]
    framed = change.kind == "frame"
    aspect = "" if framed or not change.aspect else str(ASPECTS[change.aspect])
    return Difference(
        deed=str(deed),
        tone=tone,
        kind=str(KINDS[change.kind]),
        code="" if framed else change.code,
        title=str(KINDS[change.code]) if framed else said(change.title),
        aspect=aspect,
        before=_spoken(change, change.before, old),
        after=_spoken(change, change.after, new),
    )


def _spoken(change: Change, lines: tuple[str, ...], words: _Words) -> tuple[str, ...]:
    """Return one side of a change in words; the other pack does not have what came or went."""
    if change.kind == "acts" and change.code in words.pack.by_code:
        act = words.pack.by_code[change.code]
        if change.deed != Deed.CHANGED:
            return tuple(_act_lines(act, words))
        if change.aspect == "moves":
            return tuple(words.move(move) for move in act.moves)
        if change.aspect == "seat":
            return (str(SEATS[act.seat]),)
        if change.aspect == "span":
            return (str(SPANS[act.span]),)
    if kind := _NAMES.get(change.aspect):
        return tuple(words.of(kind, [code]) for code in lines)
    return tuple(said(line) for line in lines)
