"""A refusal is an answer: a code, a sentence, the article, and what would make the act possible."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from cases.rules.packs import Pack


@dataclass(frozen=True)
class Refusal:
    """Why an act is not possible, for one case or (case_code empty) as a whole."""

    code: str
    sentence: str  # Vietnamese msgid
    article: str
    remedy: str  # Vietnamese msgid
    case_code: str = ""
    detail: str = ""  # what is particular here: the state it is in, who was asked for

    def __str__(self) -> str:
        return gettext(self.sentence)


class Refused(Exception):
    """The act was not done and nothing was written; `total` counts every case that stood against it."""

    def __init__(self, act: str, refusals: Iterable[Refusal], total: int | None = None) -> None:
        self.act = act
        self.refusals = list(refusals)
        self.total = len(self.refusals) if total is None else total
        super().__init__(f"{act}: {', '.join(sorted(self.codes))}")

    @property
    def codes(self) -> set[str]:
        return {refusal.code for refusal in self.refusals}


def refusal(pack: Pack, code: str, *, case_code: str = "", detail: str = "") -> Refusal:
    """Return the refusal of the pack's catalogue with this code."""
    rule = pack.rule(code)
    return Refusal(
        code, rule.sentence, rule.source.article, rule.remedy, case_code=case_code, detail=detail
    )
