"""Editions of the procedure and of the calendar, as one audit looks them up."""

from collections.abc import Iterable
from typing import Any

from cases.models import CalendarDay, CalendarEdition
from cases.pack_editions import Denied
from cases.rules.packs import PACKS, Pack
from workflow.invariants.law import FIGURES, DaysOff, Figures, figures_of_edition


class Editions:
    """What the acts of some rounds name: packs, their figures, calendars."""

    def __init__(self) -> None:
        self.calendars = _calendars()
        self._packs: dict[str, Pack | None] = {}
        self._figures: dict[str, Figures | None] = {}

    def pack(self, code: str) -> Pack | None:
        """Return the edition with this code; None: there is none, or it is not what was approved."""
        if code not in self._packs:
            try:
                self._packs[code] = PACKS[code]
            except (KeyError, Denied):
                self._packs[code] = None
        return self._packs[code]

    def figures(self, code: str) -> Figures | None:
        """Return what the law says for an edition; of a loaded one, what it says itself."""
        if code not in self._figures:
            pack = self.pack(code)
            own = FIGURES.get(code) if pack is not None else None
            self._figures[code] = own or (figures_of_edition(pack) if pack else None)
        return self._figures[code]


def loaded_among(codes: Iterable[str]) -> list[str]:
    """Return which of these editions officers loaded: nobody wrote their figures a second time."""
    return sorted(set(codes) - set(FIGURES))


def _calendars() -> dict[str, DaysOff]:
    days: dict[str, dict[str, set[Any]]] = {
        version: {"OFF": set(), "WORKED": set()}
        for version in CalendarEdition.objects.values_list("version", flat=True)
    }
    for version, day, kind in CalendarDay.objects.order_by().values_list(
        "edition__version", "day", "kind"
    ):
        days[version][kind].add(day)
    return {v: DaysOff(frozenset(k["OFF"]), frozenset(k["WORKED"])) for v, k in days.items()}
