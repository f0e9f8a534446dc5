"""
Which acts one account does not do both of (phân tách nhiệm vụ): rows, each dated and marked.

No text of law seen so far says it in these words; the rows are the design's own [K] and
are read by the engine for every act. A row is ended, never edited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.rules.packs.model import Source


class Within(StrEnum):
    """How far what somebody did before reaches."""

    CASE = "CASE"  # the same household's case
    ROUND = "ROUND"  # the same round


@dataclass(frozen=True, slots=True)
class Separation:
    """Who did one of the first acts does none of the later ones, within a case or a round."""

    code: str
    title: str
    first: frozenset[str]
    later: frozenset[str]
    within: Within
    in_force_from: date
    in_force_until: date | None  # first day it no longer applies
    source: Source

    def covers(self, day: date) -> bool:
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; the rules know no Django."""
    return text


DESIGN = Source("Thiết kế hệ thống", "K")
SURVEYS = frozenset(
    {"screen", "survey", "reverify", "reexamine", "determine_income", "redetermine_income"}
)
ENTRIES = frozenset(
    {
        "receive_request",
        "receive_exit_request",
        "receive_worker_request",
        "record_arrival",
        "record_departure",
        "complain",
        "accept_grievance",
        "hold_meeting",
    }
)
DECISIONS = frozenset(
    {"sign_decision", "revoke_decision", "amend_decision", "correct_decision", "refuse"}
)
SINCE = date(2021, 9, 1)

SEPARATIONS: Sequence[Separation] = (
    Separation(
        "surveyor_approves",
        _("Người khảo sát không phải là người duyệt"),
        SURVEYS,
        DECISIONS | {"give_opinion"},
        Within.CASE,
        SINCE,
        None,
        DESIGN,
    ),
    Separation(
        "enterer_decides",
        _("Người nhập hồ sơ không phải là người quyết định"),
        ENTRIES,
        DECISIONS | {"give_opinion"},
        Within.CASE,
        SINCE,
        None,
        DESIGN,
    ),
    Separation(
        "reporter_answers_himself",
        _("Người ký báo cáo không phải là người cho ý kiến"),
        frozenset({"sign_report"}),
        frozenset({"give_opinion"}),
        Within.ROUND,
        SINCE,
        None,
        DESIGN,
    ),
    Separation(
        "opinion_giver_decides",
        _("Người cho ý kiến không phải là người quyết định"),
        frozenset({"give_opinion"}),
        DECISIONS,
        Within.ROUND,
        SINCE,
        None,
        DESIGN,
    ),
)


def separations_of(act: str, day: date) -> list[Separation]:
    """Return the rows in force on a day that stand before an act."""
    return [row for row in SEPARATIONS if act in row.later and row.covers(day)]
