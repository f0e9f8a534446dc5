"""Who is close to a household acts on it only with a note that says why: INV-30 (design)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.names import fold
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import BY_THE_UNCONCERNED
from workflow.invariants.record import Dossier, Record


@of_case("INV-30")
def nobody_close_to_the_household_acted_without_a_note(
    dossier: Dossier, record: Record
) -> Iterator[Found]:
    declared = dossier.apart.interests
    for step in dossier.steps if declared else ():
        if step.act is None or step.code not in BY_THE_UNCONCERNED:
            continue
        people = (step.act.actor_id, step.act.facts.get("chair"))
        reviewer = fold(dossier.apart.reviewers.get(step.act_id, ""))
        close = any(
            (each.user_id in people or (reviewer and fold(each.name) == reviewer))
            and each.since <= step.act.day
            and (each.until is None or step.act.day < each.until)
            for each in declared
        )
        noted = step.act.facts.get("conflict_noted") is True
        if close and not (noted and step.act_id in record.conflict_notes):
            yield Found(
                _("Người có liên quan với hộ đã làm việc này mà không ghi rõ lý do."), step.number
            )


@of_round("INV-30")
def each_note_is_told_by_its_act(record: Record) -> Iterator[Found]:
    for act in record.acts.values():
        if (act.facts.get("conflict_noted") is True) is not (act.pk in record.conflict_notes):
            yield Found(
                _("Ghi chú về người có liên quan khác với nội dung đã ghi cùng việc."), act.sequence
            )
