"""Packs and standards that a round pinned: INV-26; no target anywhere: INV-41."""

import re
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from cases.names import fold
from cases.rules.standards import STANDARDS
from workflow.invariants.finding import Found, of_round
from workflow.invariants.law import day_of
from workflow.invariants.record import ActRow, Record

OUR_APPS = ("cases", "workflow", "notifications")
TARGET = re.compile(r"\b(targets?|quotas?|goals?|chi tieu|muc tieu|dinh muc|giao giam)\b")


@of_round("INV-26")
def the_round_keeps_its_pack_and_standard(record: Record) -> Iterator[Found]:
    round_, carried = record.round, record.acts_of["carry_over"]
    opened = day_of(round_.opened_at)
    first = record.acts_of["open_round"][0].sequence if record.acts_of["open_round"] else None
    begun_under = carried[0].facts.get("from", "") if carried else round_.pack
    pack = record.editions.pack(begun_under)
    if pack is None or not pack.covers(opened) or pack.review != round_.kind:
        yield Found(_("Gói quy trình của đợt không có hiệu lực vào ngày mở đợt."), first)
    now = record.editions.pack(round_.pack)
    if now is not None and bytes(round_.pack_hash) != now.fingerprint:
        yield Found(
            _("Nội dung gói quy trình khác với nội dung khi mở đợt, khi chuyển đợt."),
            carried[-1].sequence if carried else first,
        )
    if not any(s.code == round_.standard and s.holds_on(opened) for s in STANDARDS):
        yield Found(_("Chuẩn nghèo của đợt không có hiệu lực vào ngày mở đợt."), first)
    yield from _under_one_edition_after_another(record, begun_under, carried)


def _under_one_edition_after_another(
    record: Record, begun_under: str, carried: list[ActRow]
) -> Iterator[Found]:
    pack = begun_under
    moves = {act.pk for act in carried}
    for act in record.acts.values():
        if act.pack != pack:
            yield Found(_("Việc ghi theo gói quy trình khác với gói của đợt."), act.sequence)
        if act.pk not in moves:
            continue
        if act.facts.get("from") != pack:
            yield Found(_("Đợt được chuyển từ một gói quy trình khác."), act.sequence)
        pack = str(act.facts.get("to", ""))
        target = record.editions.pack(pack)
        if target is None or target.review != record.kind or not target.covers(act.day):
            yield Found(
                _("Gói quy trình mà đợt được chuyển sang không có hiệu lực vào ngày chuyển."),
                act.sequence,
            )
        if not (act.facts.get("dry_run") and act.facts.get("paper")):
            yield Found(_("Chuyển đợt khi chưa xem thử hoặc không có văn bản."), act.sequence)
    if pack != record.round.pack:
        yield Found(
            _("Gói quy trình của đợt không phải là gói mà các việc đã ghi dẫn tới."),
            carried[-1].sequence if carried else None,
        )


def places_for_targets(tables: Iterable[type[Model]] | None = None) -> list[str]:
    """Return the columns whose name or title speaks of a target."""
    if tables is None:
        tables = [t for label in OUR_APPS for t in apps.get_app_config(label).get_models()]
    return [
        f"{table._meta.label}.{field.name}"
        for table in tables
        for field in table._meta.get_fields()
        for text in (field.name, str(getattr(field, "verbose_name", "")))
        if TARGET.search(re.sub(r"[\W_]+", " ", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))))
    ]
