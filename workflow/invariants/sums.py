"""The sums: INV-40. Opening, increases, decreases and closing are counted apart from each other."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.invariants.finding import Found, of_round
from workflow.invariants.law import POOR_CLASSES
from workflow.invariants.record import Record

Sums = Counter[tuple[int, str | None]]  # village, class -> households


@of_round("INV-40")
def opening_and_movements_give_the_closing(record: Record) -> Iterator[Found]:
    decisions = record.acts_of["sign_decision"]
    if not decisions:
        return
    came, went, decided, pending = Sums(), Sums(), Sums(), Sums()
    certified, standing = Sums(), Sums()
    for dossier in record.dossiers:
        face, n = dossier.face, dossier.size
        village = record.villages[face.village_review_id]
        before = face.standing_before if face.standing_before in POOR_CLASSES else None
        signed = dossier.last_step("sign_decision")
        after = dossier.last_class if signed and signed.target == "recognised" else None
        if before != after:
            went[village, before] += n
            came[village, after] += n
        decided[village, after] += n
        standing[village, face.standing_after] += n
        certified[village, face.certificate and face.certificate.household_class] += n
        if after and not dossier.last_step("issue_certificates"):
            pending[village, after] += n
    yield from _compare(record, decisions[-1].sequence, came, went, decided)
    certificates = record.acts_of["issue_certificates"]
    for village, code in record.village_codes.items():
        for cls in sorted(POOR_CLASSES) if certificates else ():
            closing = decided[village, cls] - pending[village, cls]
            for told, name in (
                (certified[village, cls], _("giấy chứng nhận")),
                (standing[village, cls], _("danh sách của năm")),
            ):
                if told != closing:
                    yield _apart(code, cls, closing, told, name, certificates[-1].sequence)


def _compare(
    record: Record, sequence: int, came: Sums, went: Sums, decided: Sums
) -> Iterator[Found]:
    for village, code in record.village_codes.items():
        for cls in sorted(POOR_CLASSES):
            key = (village, cls)
            closing = record.opening.get(key, 0) + came[key] - went[key]
            if closing != decided[key]:
                yield _apart(code, cls, closing, decided[key], _("quyết định"), sequence)
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
