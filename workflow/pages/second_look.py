"""A deed that is looked at twice: answers, what would happen, then the deed; a refusal is recorded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases import refusals
from workflow.not_given import NotGiven
from workflow.pages.forms.base import carried
from workflow.pages.person import person

Answers = dict[str, Any]
Facts = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Deed:
    """
    What a page does with the answers of its form.

    `plan` returns what would be written, `facts` and `lines` tell it, `do` does it and returns what
    to say. Both raise NotGiven.
    """

    door: str
    title: str
    button: str
    back: str
    plan: Callable[[Answers], Any]
    facts: Callable[[Any], Facts]
    lines: Callable[[Any], list[str]]
    do: Callable[[Answers], str]
    lead: str = ""
    caption: str = ""
    section: str = ""  # the list that `back` leads to, where it is not that of assignments
    danger: bool = False


def look_twice(request: HttpRequest, form: forms.Form, deed: Deed, at: datetime) -> HttpResponse:
    """Show the form; then what would happen; then do it and go back. 422 where it is refused."""
    step = request.POST.get("step")
    context = {"form": form, "deed": deed}
    if request.method != "POST":
        return render(request, "workflow/rights/ask.html", context)
    if step == "edit" or not form.is_valid():
        status = 200 if step == "edit" else 422
        return render(request, "workflow/rights/ask.html", context, status=status)
    try:
        if step == "save":
            messages.success(request, deed.do(form.cleaned_data))
            return redirect(deed.back)
        planned = deed.plan(form.cleaned_data)
    except NotGiven as refused:
        record(request, deed.door, refused, at)
        form.add_error(None, str(refused))
        return render(request, "workflow/rights/ask.html", context, status=422)
    facts = [{"label": label, "value": value} for label, value in deed.facts(planned)]
    context |= {"facts": facts, "lines": deed.lines(planned), "carried": carried(request.POST)}
    return render(request, "workflow/rights/check.html", context)


def record(request: HttpRequest, door: str, refused: NotGiven, at: datetime) -> None:
    """Write down what was not given; the deed's transaction is over by now."""
    refusals.record(
        refused.code,
        door=door,
        at=at,
        user=person(request),
        unit=refused.unit,
        detail=refused.detail,
    )
