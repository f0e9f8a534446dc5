"""The sums: INV-40. Opening, increases, decreases and closing are counted apart from each other."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.invariants.finding import Found, of_round
from workflow.invariants.law import AD_HOC, PERIODIC, POOR_CLASSES
from workflow.invariants.outcomes import outcome
from workflow.invariants.record import Record

Sums = Counter[tuple[int, str]]  # village, class -> households
NOT_ON_A_LIST = ("left", "unqualified", "refused", "withdrawn")


@of_round("INV-40")
def opening_and_movements_give_the_closing(record: Record) -> Iterator[Found]:
    decisions = record.acts_of["sign_decision"]
    if not decisions or record.kind not in (PERIODIC, AD_HOC):
        return
    opening = Sums(record.opening)
    came, went, closing, decided = Sums(), Sums(), Sums(), Sums()
    due, certified, standing, unchanged = Sums(), Sums(), Sums(), Sums()
    for dossier in record.dossiers:
        face, n = dossier.face, dossier.size
        village = record.village_keepers[face.village_review_id]
        told = outcome(dossier, record)
        # Who came by a move, a split or a merge was not on the list of this commune before.
        before = face.before if face.basis != "ARRIVAL" else None
        after = told.stands_as
        if before and face.changed_before:
            opening[village, before] += n
        if (before or "") != after:
            went[village, before or ""] += n
            came[village, after] += n
        closing[village, after] += n
        if face.state not in NOT_ON_A_LIST:
            decided[village, told.decided] += n
        if not face.changed_after:
            unchanged[village, after] += n
            standing[village, face.standing_after or ""] += n
        due[village, told.certified_as] += n
        for row in dossier.certificates:
            if not row.cancelled_by or row.cancelled_by in record.foreign_acts:
                certified[village, row.household_class] += n
    if record.kind == PERIODIC:
        counted = opening + came
        counted.subtract(went)
        yield from _compare(record, decisions[-1].sequence, counted, closing, decided)
    certificates = record.acts_of["issue_certificates"]
    for village, code in record.village_codes.items():
        for cls in sorted(POOR_CLASSES):
            key = village, cls
            sequence = (certificates or decisions)[-1].sequence
            if standing[key] != unchanged[key]:
                name = _("danh sách của năm")
                yield _apart(code, cls, unchanged[key], standing[key], name, sequence)
            if certified[key] != due[key]:
                yield _apart(code, cls, due[key], certified[key], _("giấy chứng nhận"), sequence)


def _compare(
    record: Record, sequence: int, counted: Sums, closing: Sums, decided: Sums
) -> Iterator[Found]:
    for village, code in record.village_codes.items():
        for cls in sorted(POOR_CLASSES):
            key = (village, cls)
            if counted[key] != closing[key]:
                yield _apart(code, cls, counted[key], closing[key], _("quyết định"), sequence)
            told = record.reported.get((code, cls), 0)
            if told != decided[key]:
                yield _apart(code, cls, decided[key], told, _("báo cáo"), sequence)


def _apart(village: str, cls: str, sum_: int, told: int, name: str, sequence: int) -> Found:
    return Found(
        _(
            "Thôn %(village)s, %(cls)s: đầu kỳ cộng tăng trừ giảm là %(sum)d nhưng theo %(name)s là %(told)d."
        )
        % {"village": village, "cls": cls, "sum": sum_, "told": told, "name": name},
        sequence,
    )
