"""What of the packs rests on which article of which instrument, and what enforces it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cases.rules.packs import Pack
from cases.rules.packs.citations import Citation, citations
from workflow.invariants import INVARIANTS
from workflow.machine import triggers
from workflow.machine.bindings import CONDITIONS, GUARDS

_BORDER = re.compile(r", |; | \(")
_STARTS_NEW, STEP_DECLARED = triggers.NAMES
_BY_KIND = {
    "states": f"trigger `{STEP_DECLARED}`",
    "acts": "`workflow.machine.apply`: sources, duty, guards, conditions",
    "terms": "`cases.rules.terms`: counted and kept; lateness is flagged, never blocks",
    "holders": "refusal `no_duty`: asked of the unit at every act",
    "refusals": "`workflow.machine.refusals`: the answer itself",
    "forms": "named with the act as its paper",
    "review": "the review's own acts and steps",
    "superior": "the act's seat `superior`: the duty must be held there",
}
_SPOKEN_OF_AS = {
    "consent": ("enough_agree", "too_few_agree"),
    "period": ("within_window", "month_reviewed", "started"),
}


@dataclass(frozen=True)
class Resting:
    """One thing of the packs under its article, and the packs it stands in."""

    cited: Citation
    packs: tuple[Pack, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the codes by which guards, tests and invariants speak of the thing."""
        kind = self.cited.kind
        asked = {rule.code for pack in self.packs for rule in (*pack.guards, *pack.conditions)}
        if kind in _SPOKEN_OF_AS:
            return tuple(code for code in _SPOKEN_OF_AS[kind] if code in asked)
        if kind == "review":
            return tuple(pack.code for pack in self.packs)
        if kind == "superior":
            return ("give_opinion",)
        if kind == "holders":
            return ("no_duty",)
        return self.cited.used_by if kind == "forms" else (self.cited.code,)

    @property
    def enforced(self) -> tuple[str, ...]:
        if self.cited.kind in _BY_KIND:
            return (_BY_KIND[self.cited.kind],)
        bound = (("guard", GUARDS), ("condition", CONDITIONS))
        return tuple(
            f"{word} `{functions[code].__module__}.{code}`"
            for code in self.names
            for word, functions in bound
            if code in functions
        )

    @property
    def invariants(self) -> tuple[str, ...]:
        """Return the invariants that name one of the codes as what enforces them."""
        if self.cited.kind in ("holders", "forms", "review", "refusals"):
            return ()
        codes = set(self.names)
        return tuple(
            each.code for each in INVARIANTS if codes & {what for _by, what in each.enforced}
        )


def resting(packs: Iterable[Pack]) -> list[Resting]:
    """Return everything of the packs that rests on an article, each once, in the packs' order."""
    found: dict[Citation, tuple[list[Pack], list[str]]] = {}
    for pack in packs:
        for cited in citations(pack):
            stands_in, used_by = found.setdefault(replace(cited, used_by=()), ([], []))
            stands_in.append(pack)
            used_by += cited.used_by
    return [
        Resting(replace(once, used_by=tuple(dict.fromkeys(used_by))), tuple(stands_in))
        for once, (stands_in, used_by) in found.items()
    ]


def by_article(rows: Iterable[Resting]) -> dict[str, dict[str, list[Resting]]]:
    """Return the rows by instrument, in the order of their first row, and article, in its own."""
    grouped: dict[str, dict[str, list[Resting]]] = {}
    for row in rows:
        instrument, article = split(row.cited.source.article)
        grouped.setdefault(instrument, {}).setdefault(article, []).append(row)
    return {
        instrument: dict(sorted(articles.items(), key=lambda each: _natural(each[0])))
        for instrument, articles in grouped.items()
    }


def split(article: str) -> tuple[str, str]:
    """Return instrument and place in it: "QĐ 24/2021/QĐ-TTg", "Điều 4 khoản 3"."""
    at = _BORDER.search(article)
    if at is None:
        return article, ""
    place = article[at.end() :]
    return article[: at.start()], place.removesuffix(")") if "(" in at[0] else place


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key by which article 4 comes before article 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]
