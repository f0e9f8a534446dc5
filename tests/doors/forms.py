"""Plausible answers to the forms of pages, about one's own things or about somebody else's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from cases.models import Case, Household, Round, User, VillageReview
from tests.doors.access import ACTS, Seat
from tests.doors.rounds import VISITED
from tests.doors.routes import Things
from tests.doors.things import NOWHERE
from workflow.pages.forms import ACTS_ON
from workflow.pages.forms.base import scope_of_target

Given = dict[str, Any]
# What a person types or chooses to name a thing; everything else is a plain answer.
NAMES_A_HOUSEHOLD = ("household", "before")
SAID_OF_A_CODE = ("agree", "disagree", "silent", "question", "reason")
PAGES = {Round: "round-act", VillageReview: "village-act", Case: "case-act"}


@dataclass(frozen=True)
class Named:
    """What answers name: a household by its code; a village's list and a person by hidden keys."""

    household: str
    keys: dict[str, int]


def named_of(village: str) -> Named:
    household = Household.objects.filter(village__code=village).latest("pk")
    review = VillageReview.objects.filter(village__code=village).latest("pk")
    head = User.objects.filter(assignments__unit__code=village).latest("pk")
    return Named(household.code, {"VillageReview": review.pk, "User": head.pk})


NOTHING = Named(f"{NOWHERE}-00077", {"VillageReview": 2**40, "User": 2**41})


def filled_acts(
    seat: Seat, things: Things, by: User, about: Named | None = None
) -> Iterator[tuple[str, Given]]:
    """Yield the address and answers of each act that the role does on its things, naming others."""
    for target in targets_of(things):
        kind = type(target)
        for act, form_class in ACTS_ON[kind].items():
            if act in scope_of_target(target).pack.by_code and seat[0] in ACTS[act]:
                form = form_class(None, target=target, by=by, at=VISITED)
                named = {word: things.words[word] for word in _words(kind)}
                url = reverse(PAGES[kind], kwargs={**named, "act": act})
                yield url, {**plausible(form), **(references(form, about) if about else {})}


def targets_of(things: Things) -> list[Any]:
    review = VillageReview.objects.select_related("round__commune", "village").get(
        village__code=things.words["village"], round__in=_rounds(things)
    )
    case = Case.objects.select_related("round__commune", "village_review__village", "household")
    return [review.round, review, case.get(village_review=review, code=things.words["code"])]


def _rounds(things: Things) -> list[Round]:
    commune = things.words["key"].rpartition("-")[2]
    rounds = Round.objects.filter(commune__code=commune).select_related("commune")
    return [round for round in rounds if round.key == things.words["key"]]


def _words(kind: type) -> set[str]:
    words: dict[type, set[str]] = {
        Round: {"key"},
        VillageReview: {"key", "village"},
        Case: {"key", "code"},
    }
    return words[kind]


def plausible(form: forms.Form) -> Given:
    """Return an answer to every field, as a person would give it."""
    return {name: _answer(name, field) for name, field in form.fields.items()} | {"step": "look"}


def _answer(name: str, asked: Any) -> Any:
    field = asked
    if name == "key":
        return "the-same-key-for-all"
    if isinstance(field, forms.ModelChoiceField):
        return str(getattr(asked.queryset.first(), "pk", ""))
    if isinstance(field, forms.ChoiceField):
        return next((str(code) for code, _title in asked.choices if code), "")
    if isinstance(field, forms.DateField):
        return f"{VISITED:%d/%m/%Y}"
    if isinstance(field, forms.IntegerField):
        return "1"
    return "on" if isinstance(field, forms.BooleanField) else "12/GĐN"


def references(form: forms.Form, about: Named) -> Given:
    """Return the answers that name a thing: households typed, people and lists chosen, votes on a code."""
    given: Given = {name: about.household for name in form.fields if name in NAMES_A_HOUSEHOLD}
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            given[name] = str(about.keys[field.queryset.model.__name__])
    for prefix in SAID_OF_A_CODE:
        given[f"{prefix}-{about.household}"] = "1"
    return given
