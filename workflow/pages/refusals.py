"""Every refusal that the system can give: what it says, by which article, and what helps."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.names import fold
from cases.rules.packs import PACKS, Pack, Rule
from workflow.ledger import watch
from workflow.pages.doors import On, door
from workflow.titles import act_title


class SearchForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Tìm trong câu, điều khoản, mã"), required=False, max_length=60
    )


@dataclass
class Entry:
    """One refusal as the catalogue shows it, with the acts that can meet it."""

    code: str
    sentence: str
    article: str
    mark: str
    remedy: str
    acts: list[str] = field(default_factory=list)

    def says(self, words: str) -> bool:
        text = " ".join((self.code, self.sentence, self.article, self.remedy, *self.acts))
        return words in fold(text)


@door("signed in", on=On.NATION)
@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    """List the refusals of all procedures, by code."""
    form = SearchForm(request.GET or None, label_suffix="")
    words = fold(form.cleaned_data["words"]) if form.is_valid() else ""
    entries = [entry for entry in _entries() if entry.says(words)]
    context = {"entries": entries, "form": form, "filtered": bool(words)}
    return render(request, "workflow/refusals.html", context)


def _entries() -> list[Entry]:
    """Return each refusal once for each wording; editions may say it otherwise."""
    found: dict[tuple[str, str], Entry] = {}
    for pack in PACKS.editions():
        for rule, acts in _rules(pack):
            entry = found.setdefault(
                (rule.code, rule.sentence),
                Entry(
                    rule.code,
                    _(rule.sentence),
                    _(rule.source.article),
                    rule.source.mark,
                    _(rule.remedy),
                ),
            )
            entry.acts += [title for title in acts if title not in entry.acts]
    # Given whatever the edition: the record itself is in question.
    for refusal in watch.REFUSALS:
        words = (_(refusal.sentence), _("Thiết kế hệ thống"), "S", _(refusal.remedy))
        found[refusal.code, refusal.sentence] = Entry(refusal.code, *words)
    return sorted(found.values(), key=lambda entry: (entry.code, entry.sentence))


def _rules(pack: Pack) -> Iterator[tuple[Rule, list[str]]]:
    """Yield each refusal of a pack with the acts that name it; the common ones name none."""
    for rule in (*pack.guards, *pack.conditions):
        named = [
            str(act_title(act.code, pack.code))
            for act in pack.acts
            if rule.code in act.conditions or any(rule.code in move.guards for move in act.moves)
        ]
        yield rule, named
    for rule in pack.refusals:
        yield rule, []


urlpatterns: list[URLPattern] = [path("ly-do-tu-choi/", refusals, name="refusals")]
