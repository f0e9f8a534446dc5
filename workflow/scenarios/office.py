"""What offices do beside the procedure: the calendar, editions of it, declared interests, the tick."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from cases import local_standards
from cases.calendar_editions import EditionRefused, days_by_version, new_edition, newest_edition
from cases.local_standards import approve_local_standard, load_local_standard
from cases.models import Case, DeclaredInterest, Household, LocalStandard, PackEdition, User
from cases.models.calendars import NoCalendar
from cases.pack_editions import Denied, load_edition
from cases.rules.calendar_changes import CalendarEntry
from cases.rules.local_standards import BadLocalStandard
from cases.rules.packs import PACKS, Pack
from cases.rules.packs.assembly import assemble
from cases.rules.packs.files import PackFileError
from cases.rules.packs.writing import write_pack
from workflow.acts.reconsidering import propose_correction
from workflow.daily import do_daily_work
from workflow.local_standards import read_file
from workflow.pack_editions import approve
from workflow.scenarios.reading import Scenario, Step
from workflow.timers import fire_due

# What `assemble` takes from the acts, or what an edition is told here.
DERIVED = {"states", "stages", "guards", "conditions", "refusals", "forms", "holders", "by_code"}


class OfficeRefused(Exception):
    """An office did not do what the step says; `codes` say why."""

    def __init__(self, on: str, codes: list[str], told: str) -> None:
        self.on, self.codes = on, codes
        super().__init__(told)


def at_the_office(scenario: Scenario, step: Step, by: User | None) -> tuple[str, int]:
    """
    Do a step that moves no case; return what it was on and how many things it changed.

    :raises OfficeRefused: with the codes of the reasons
    :raises ScenarioError: naming the step and the key that cannot be read
    """
    if step.do == "tick":
        struck = fire_due(step.at)
        do_daily_work(step.at)
        return f"{step.at:%d/%m/%Y %H:%M}", struck.fired
    if by is None:
        raise step.error("by", "is missing")
    return _OFFICE[step.do](scenario, step, by)


def _declare_interest(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    user = User.objects.filter(username=_needed(step, "user")).first()
    household = Household.objects.filter(code=_needed(step, "household")).first()
    if user is None or household is None:
        raise step.error("facts", "there is no such user, or no such household")
    relation = step.facts.get("relation", "")
    if relation not in DeclaredInterest.Relation.values:
        known = ", ".join(DeclaredInterest.Relation.values)
        raise step.error("facts.relation", f"expected one of {known}, got {relation!r}")
    _row, created = DeclaredInterest.objects.get_or_create(
        user=user,
        household=household,
        defaults={"relation": relation, "declared_on": step.at.date(), "declared_by": by},
    )
    return f"{user.username}: {household.code}", int(created)


def _propose_correction(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    """Propose a correction of the newest case with the code; one that was proposed then is there."""
    cases = Case.objects.filter(code=_needed(step, "case")).select_related("round")
    case = cases.order_by("-round__opened_at", "-pk").first()
    if case is None:
        raise step.error("facts.case", "there is no such case")
    if case.correction_proposals.filter(proposed_at=step.at).exists():
        return case.code, 0
    propose_correction(case=case, reason=_needed(step, "reason"), by=by, at=step.at)
    return case.code, 1


def _calendar(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    """Make a new edition of the calendar, unless the newest one says so already."""
    base = newest_edition()
    if base is None:
        raise step.error("do", str(NoCalendar()))
    changes = [_entry(step, row) for row in step.facts.get("days", [])]
    held = days_by_version([base.version]).get(base.version, {})
    if all(entry.day in held and held[entry.day].kind == entry.kind for entry in changes):
        return base.version, 0
    try:
        edition = new_edition(
            base,
            changes,
            source_document=_needed(step, "document"),
            note=step.facts.get("note", ""),
            corrects=step.facts.get("corrects", []),
            by=by,
            at=step.at,
        )
    except EditionRefused as refused:
        codes = [problem.value for _row, _day, problem in refused.rows]
        raise OfficeRefused(base.version, codes, str(refused)) from refused
    return edition.version, len(changes)


def _entry(step: Step, row: dict[str, Any]) -> CalendarEntry:
    if not isinstance(row.get("day"), date):
        raise step.error("facts.days", f"expected a day in {row!r}")
    return CalendarEntry(
        row["day"], row.get("kind", "OFF"), row.get("name", ""), row.get("mark", "S"), ""
    )


def _load_pack(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    """Load an edition: a file beside the scenario, or a shipped pack with named changes."""
    if file := step.facts.get("file"):
        text, name = (scenario.folder / file).read_text(encoding="utf-8"), file
    else:
        pack = _changed_pack(step)
        text, name = write_pack(pack), pack.code
        if PackEdition.objects.filter(code=pack.code).exists():
            return pack.code, 0
    try:
        row = load_edition(
            text=text, name=name, by=by, at=step.at, paper=step.facts.get("paper", "")
        )
    except Denied as denied:
        raise OfficeRefused(name, [denied.code.value], str(denied)) from denied
    except PackFileError as error:
        codes = [problem.reason.value for problem in error.problems]
        raise OfficeRefused(name, codes, str(error)) from error
    return row.code, 1


def _changed_pack(step: Step) -> Pack:
    """Return the pack that `based_on` names with another code, other days of terms, fewer acts."""
    base = PACKS.get(_needed(step, "based_on"))
    if base is None:
        raise step.error("facts.based_on", "there is no such pack")
    days = step.facts.get("terms", {})
    without = set(step.facts.get("without_acts", []))
    kept = {
        name: value
        for name, value in vars(base).items()
        if name not in {*DERIVED, "fingerprint", "edition", "replaces"}
    }
    changed = assemble(
        **kept
        | {
            "code": _needed(step, "code"),
            "title": step.facts.get("title", base.title),
            "in_force_from": step.facts.get("from", base.in_force_from),
            "in_force_until": step.facts.get("until", base.in_force_until),
            "acts": tuple(act for act in base.acts if act.code not in without),
            "terms": tuple(
                replace(term, days=days.get(term.code, term.days)) for term in base.terms
            ),
        }
    )
    return replace(changed, edition=base.edition + 1, replaces=base.code)


def _approve_pack(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    code = _needed(step, "code")
    row = PackEdition.objects.filter(code=code).first()
    if row is None:
        raise step.error("facts.code", f"no edition {code!r} was loaded")
    if step.expect == "done" and row.approved_by_id == by.pk:
        return code, 0
    try:
        approve(code=code, by=by, at=step.at)
    except Denied as denied:
        raise OfficeRefused(code, [denied.code.value], str(denied)) from denied
    return code, 1


def _load_local_standard(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    """Load a province's standard from a file beside the scenario."""
    path = scenario.folder / _needed(step, "file")
    try:
        text = read_file(path)
        if step.expect == "done" and LocalStandard.objects.filter(content=text).exists():
            return path.name, 0
        row = load_local_standard(
            text=text, file=path.name, paper=step.facts.get("paper", ""), by=by, at=step.at
        )
    except OSError as error:
        raise step.error("facts.file", str(error)) from error
    except (local_standards.Denied, BadLocalStandard) as refused:
        raise _standard_refused(path.name, refused) from refused
    return row.code, 1


def _approve_local_standard(scenario: Scenario, step: Step, by: User) -> tuple[str, int]:
    code = _needed(step, "code")
    row = LocalStandard.objects.filter(code=code).first()
    if row is None:
        raise step.error("facts.code", f"no standard {code!r} was loaded")
    if step.expect == "done" and row.approved_by_id == by.pk:
        return code, 0
    try:
        approve_local_standard(code=code, by=by, at=step.at)
    except (local_standards.Denied, BadLocalStandard) as refused:
        raise _standard_refused(code, refused) from refused
    return code, 1


def _standard_refused(on: str, refused: local_standards.Denied | BadLocalStandard) -> OfficeRefused:
    """Return the refusal: a file is refused by the keys that are wrong in it."""
    if isinstance(refused, BadLocalStandard):
        return OfficeRefused(on, [problem.key for problem in refused.problems], str(refused))
    return OfficeRefused(on, [refused.code.value], str(refused))


def _needed(step: Step, name: str) -> str:
    """
    Return a text that the step must say.

    :raises ScenarioError: naming the step and the fact
    """
    value = step.facts.get(name)
    if not isinstance(value, str) or not value:
        raise step.error(f"facts.{name}", "is missing")
    return value


_OFFICE: dict[str, Callable[[Scenario, Step, User], tuple[str, int]]] = {
    "declare_interest": _declare_interest,
    "propose_correction": _propose_correction,
    "calendar": _calendar,
    "load_pack": _load_pack,
    "approve_pack": _approve_pack,
    "load_local_standard": _load_local_standard,
    "approve_local_standard": _approve_local_standard,
}
