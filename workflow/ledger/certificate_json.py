"""A certificate as plain data for JSON, bound to the record; described in docs/certificate.md."""

from collections.abc import Callable
from typing import Any

from cases.models import Case
from workflow.ledger.certificate import Certificate, HouseholdLine, Step
from workflow.ledger.certificate_binding import binding, events_of
from workflow.ledger.proofs import NoProof, household_proof, packed

FORMAT = "rasoat-certificate/1"
SCHEMA_VERSION = 1
Prove = Callable[[Case, int], dict[str, Any]]


def as_data(made: Certificate, prove: Prove = household_proof) -> dict[str, Any]:
    """Return the certificate as plain data for JSON; `prove` makes the household's own proof."""
    village = made.review.village.code
    subject = {"round": made.round.key, "village": village}
    if made.case is not None:
        subject = {"kind": "household", **subject, "case": made.case.code}
    else:
        subject = {"kind": "village", **subject}
    data: dict[str, Any] = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "subject": subject,
        "pack": made.round.pack,
        "pack_hash": packed(bytes(made.round.pack_hash)),
        "made_at": made.made_at.isoformat(),
        "met": made.met,
        "of": made.of,
        "steps": [_step_data(made, step) for step in made.steps],
    }
    if made.case is None:
        data["households_met"] = made.households_met
        data["households_of"] = len(made.households)
        data["households"] = [_line_data(made, line) for line in made.households]
        data["strangers"] = [reason.sentence for reason in made.strangers]
    if made.head is not None and made.head_act is not None:
        named = [*made.steps, *(step for line in made.households for step in line.gaps)]
        numbers = {step.sequence for step in named if step.sequence}
        data["binding"] = binding(made.head_act, made.head, numbers)
        if made.case is not None:
            data["binding"]["events"] = events_of(made.case)
            try:
                data["proof"] = prove(made.case, made.head.sequence)
            except NoProof as none:
                data["no_proof"] = none.code
    return data


def _step_data(made: Certificate, step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": step.code,
        "title": step.title,
        "article": step.article,
        "mark": step.mark,
        "result": step.result.value,
        "act": "",
        "link": "",
        "act_code": step.act_code,
        "day": step.day.isoformat() if step.day else "",
        "due": step.due.isoformat() if step.due else "",
        "actor": step.actor,
        "on_behalf_of": step.on_behalf_of,
        "duty": step.duty,
        "role": step.role,
        "unit": step.unit,
        "evidence": step.evidence,
        "reasons": [{"check": r.invariant, "sentence": r.sentence} for r in step.reasons],
    }
    if step.sequence is not None and step.link is not None:
        data["act"] = f"{made.round.commune.code}/{step.sequence}"
        data["link"] = packed(step.link.act)
        if step.link.event is not None:
            data["event"] = {"sequence": step.link.event, "link": packed(step.link.event_link)}
    return data


def _line_data(made: Certificate, line: HouseholdLine) -> dict[str, Any]:
    return {
        "case": line.code,
        "state": line.state,
        "met": line.met,
        "of": line.of,
        "gaps": [_step_data(made, step) for step in line.gaps],
    }
