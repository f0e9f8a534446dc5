"""The packs that come with the product, and what no pack may be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cases.rules.packs import (
    PACKS,
    SHIPPED,
    Act,
    Move,
    NoPackInForce,
    Pack,
    PackError,
    Review,
    Source,
    editions_in_force,
    pack_in_force,
)
from cases.rules.packs.changes import Deed, changes
from cases.rules.packs.citations import citations, unsure
from cases.rules.packs.problems import dead_ends, problems_of, sources
from cases.rules.packs.reasons import SENTENCES, Problem, Reason

PERIODIC = PACKS["qd24-2021-2cap"]
MONTHLY = PACKS["qd24-2021-2cap-tx"]
NOWHERE = Source("", "S")


def act(code: str, **fields: Any) -> Callable[[Pack], Pack]:
    return lambda pack: replace(
        pack, acts=tuple(replace(a, **fields) if a.code == code else a for a in pack.acts)
    )


def of(**fields: Any) -> Callable[[Pack], Pack]:
    return lambda pack: replace(pack, **fields)


def row(table: str, number: int, /, **fields: Any) -> Callable[[Pack], Pack]:
    def changed(pack: Pack) -> Pack:
        rows = list(getattr(pack, table))
        rows[number] = replace(rows[number], **fields)
        changed_table: dict[str, Any] = {table: tuple(rows)}
        return replace(pack, **changed_table)

    return changed


CONTRADICTIONS: list[tuple[Callable[[Pack], Pack], str, Reason]] = [
    (act("classify", passes_over=("nowhere",)), "acts.classify.passes_over", Reason.UNDECLARED),
    (
        act("classify", moves=(Move(("surveyed",), "nowhere"),)),
        "acts.classify.moves[1].target",
        Reason.UNDECLARED,
    ),
    (
        act("classify", moves=(Move(("surveyed",), "classified", ("a_guess",)),)),
        "acts.classify.moves[1].guards",
        Reason.UNDECLARED,
    ),
    (act("classify", conditions=("a_wish",)), "acts.classify.conditions", Reason.UNDECLARED),
    (act("post_list", starts_term="whole"), "acts.post_list.starts_term", Reason.UNDECLARED),
    (act("post_list", ends_term="whole"), "acts.post_list.ends_term", Reason.UNDECLARED),
    (act("post_list", forms=("mau-99",)), "acts.post_list.forms", Reason.UNDECLARED),
    (act("post_list", duty="rule"), "acts.post_list.duty", Reason.NOBODY),
    (act("classify", passes_over=("surveyed",)), "acts.classify", Reason.MOVES_AND_PASSES),
    (act("classify", leaves_behind=("surveyed",)), "acts.classify", Reason.MOVES_AND_PASSES),
    (act("classify", source=NOWHERE), "acts.classify.article", Reason.NO_ARTICLE),
    (row("states", 0, source=NOWHERE), "states.new.article", Reason.NO_ARTICLE),
    (row("terms", 0, source=NOWHERE), "terms.posting.article", Reason.NO_ARTICLE),
    (
        row("holders", 0, source=NOWHERE),
        f"holders.{PERIODIC.holders[0].duty}.article",
        Reason.NO_ARTICLE,
    ),
    (row("forms", 0, source=NOWHERE), "forms.mau-01.article", Reason.NO_ARTICLE),
    (of(window_source=NOWHERE), "period.article", Reason.NO_ARTICLE),
    (of(consent_source=NOWHERE), "consent.article", Reason.NO_ARTICLE),
    (of(consent_source=None), "consent.mark", Reason.NO_MARK),
    (row("terms", 0, source=Source("Điều 4", "X")), "terms.posting.mark", Reason.NO_MARK),  # type: ignore[arg-type]
    (row("states", 0, stage="limbo"), "states.new.stage", Reason.UNDECLARED),
    (row("states", 1, code="new"), "states.new", Reason.TWICE),
    (row("terms", 0, days=0), "terms.posting.days", Reason.DAYS),
    (row("terms", 0, days=367), "terms.posting.days", Reason.DAYS),
    (row("terms", 0, kind="LUNAR"), "terms.posting.kind", Reason.KIND),
    (of(consent=(3, 2)), "consent.share", Reason.NOT_A_SHARE),
    (of(consent=(0, 2)), "consent.share", Reason.NOT_A_SHARE),
    (of(consent=None, consent_source=None), "consent", Reason.NO_CONSENT),
    (of(in_force_until=PERIODIC.in_force_from), "in_force_until", Reason.UNTIL_BEFORE_FROM),
    (of(replaces=PERIODIC.code), "replaces", Reason.REPLACES_ITSELF),
    (of(edition=0), "edition", Reason.WRONG_TYPE),
    (of(window=None), "period", Reason.PERIOD),
    (of(start_day=15, months=(1,)), "period", Reason.PERIOD),
    (of(window=((12, 14), (9, 1))), "period", Reason.WINDOW),
    (of(window=((2, 29), (9, 1))), "period", Reason.WINDOW),
    (of(guards=(*PERIODIC.guards, replace(PERIODIC.guards[0], code="idle"))), "guards.idle", Reason.UNUSED),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "reason"), CONTRADICTIONS)
def test_a_pack_that_contradicts_itself_is_not_made(
    change: Callable[[Pack], Pack], key: str, reason: Reason
) -> None:
    with pytest.raises(PackError) as caught:
        change(PERIODIC)
    assert (key, reason) in [(problem.key, problem.reason) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (of(months=(0, 1)), "period.months", Reason.MONTHS),
        (of(months=(13,)), "period.months", Reason.MONTHS),
        (of(months=(3, 3)), "period.months", Reason.MONTHS),
        (of(months=()), "period.months", Reason.MONTHS),
        (of(start_day=29), "period.start_day", Reason.START_DAY),
        (of(start_day=0), "period.start_day", Reason.START_DAY),
        (of(start_day=0, months=()), "period", Reason.PERIOD),
        (of(review=Review.PERIODIC), "period", Reason.PERIOD),
    ],
)
def test_a_monthly_review_says_which_day_of_which_months(
    change: Callable[[Pack], Pack], key: str, reason: Reason
) -> None:
    with pytest.raises(PackError) as caught:
        change(MONTHLY)
    assert (key, reason) in [(problem.key, problem.reason) for problem in caught.value.problems]


def test_the_error_says_pack_key_and_reason_of_every_problem() -> None:
    with pytest.raises(PackError) as caught:
        replace(PERIODIC, edition=0, replaces=PERIODIC.code)
    lines = str(caught.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [PERIODIC.code] * 2
    assert "replaces" in lines[0]
    assert "edition" in lines[1]


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_a_shipped_pack_is_sound_and_has_no_dead_end(pack: Pack) -> None:
    assert [*problems_of(pack), *dead_ends(pack)] == []


def test_an_act_that_no_case_reaches_is_found() -> None:
    pack = act("reverify", moves=(Move(("contested",), "cleared", ("survey_complete",)),))(PERIODIC)
    found = {(problem.key, problem.reason) for problem in dead_ends(pack)}
    assert found == {
        ("states.reverified", Reason.UNREACHABLE_STATE),
        ("states.reposted", Reason.UNREACHABLE_STATE),
        ("acts.repost", Reason.UNREACHABLE_ACT),
        ("acts.close_reposting", Reason.UNREACHABLE_ACT),
        ("acts.interrupt_reposting", Reason.UNREACHABLE_ACT),
    }


def test_a_state_that_no_act_leads_to_is_found() -> None:
    pack = act("sign_report", moves=(Move(("cleared",), "consented"),))(PERIODIC)
    found = {(problem.key, problem.reason) for problem in dead_ends(pack)}
    assert found == {
        ("states.reported", Reason.UNREACHABLE_STATE),
        ("states.objected", Reason.UNREACHABLE_STATE),
        ("acts.give_opinion", Reason.UNREACHABLE_ACT),
    }


def test_a_cycle_with_no_exit_is_found() -> None:
    keep = {"open_round", "build_list", "survey"}
    acts = tuple(one for one in PERIODIC.acts if one.code in keep)
    again = replace(
        next(one for one in acts if one.code == "survey"),
        moves=(Move(("listed",), "surveyed"), Move(("surveyed",), "listed")),
    )
    pack = _only(tuple(again if one.code == "survey" else one for one in acts))
    reasons = {(problem.key, problem.reason) for problem in dead_ends(pack)}
    assert ("states.listed", Reason.NO_EXIT) in reasons
    assert ("states.surveyed", Reason.NO_EXIT) in reasons


def _only(acts: tuple[Act, ...]) -> Pack:
    """Return the periodic pack with these acts, and of guards and conditions what they ask."""
    guards = {code for one in acts for move in one.moves for code in move.guards}
    conditions = {code for one in acts for code in one.conditions}
    forms = {code for one in acts for code in one.forms}
    return replace(
        PERIODIC,
        acts=acts,
        guards=tuple(rule for rule in PERIODIC.guards if rule.code in guards),
        conditions=tuple(rule for rule in PERIODIC.conditions if rule.code in conditions),
        forms=tuple(form for form in PERIODIC.forms if form.code in forms),
    )


@pytest.mark.parametrize("review", list(Review))
def test_every_day_since_its_law_has_one_edition_of_a_review(review: Review) -> None:
    first = min(pack.in_force_from for pack in SHIPPED if pack.review == review)
    days = [first + timedelta(days=n) for n in range((date(2028, 1, 1) - first).days)]
    assert {len(editions_in_force(day, review, list(SHIPPED))) for day in days} == {1}


@pytest.fixture
def shipped_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules know no database: no edition was loaded."""
    monkeypatch.setattr(PACKS, "list_loaded", None)


@pytest.mark.parametrize("review", list(Review))
def test_before_its_law_a_review_has_no_edition(shipped_only: None, review: Review) -> None:
    first = min(pack.in_force_from for pack in SHIPPED if pack.review == review)
    with pytest.raises(NoPackInForce):
        pack_in_force(first - timedelta(days=1), review)


def test_the_two_tiers_begin_on_the_first_of_july_2025(shipped_only: None) -> None:
    for review in Review:
        assert pack_in_force(date(2025, 6, 30), review).superior_level == "DISTRICT"
        assert pack_in_force(date(2025, 7, 1), review).superior_level == "PROVINCE"


def test_no_two_packs_have_one_fingerprint() -> None:
    assert len({pack.fingerprint for pack in SHIPPED}) == len(SHIPPED)


def test_the_smallest_change_gives_another_fingerprint() -> None:
    assert replace(PERIODIC, title=PERIODIC.title + " ").fingerprint != PERIODIC.fingerprint


def test_every_reason_has_a_sentence_with_its_place() -> None:
    assert set(SENTENCES) == set(Reason)
    assert str(Problem("states", Reason.NO_START)).startswith("states: ")


def test_two_equal_packs_differ_in_nothing() -> None:
    assert changes(PERIODIC, replace(PERIODIC, code="e2")) == ()


def test_a_changed_term_shows_before_and_after() -> None:
    (change,) = changes(PERIODIC, row("terms", 0, days=7)(PERIODIC))
    assert (change.deed, change.kind, change.code) == (Deed.CHANGED, "terms", "posting")
    assert (change.aspect, change.before, change.after) == ("days", ("3",), ("7",))


def test_a_changed_threshold_shows_before_and_after() -> None:
    (change,) = changes(PERIODIC, replace(PERIODIC, consent=(2, 3)))
    assert (change.kind, change.code) == ("frame", "consent")
    assert (change.before[0], change.after[0]) == ("1/2", "2/3")


def test_a_changed_move_names_states_and_guards() -> None:
    other = act(
        "classify", moves=(Move(("surveyed", "screened"), "classified", ("survey_complete",)),)
    )
    (change,) = changes(PERIODIC, other(PERIODIC))
    assert (change.code, change.aspect) == ("classify", "moves")
    assert change.before == ("surveyed → classified [survey_complete]",)
    assert change.after == ("surveyed, screened → classified [survey_complete]",)


def test_acts_that_come_and_go_are_seen_with_their_guards() -> None:
    shorter = _only(tuple(one for one in PERIODIC.acts if one.code != "withdraw"))
    gone = {(change.kind, change.code): change for change in changes(PERIODIC, shorter)}
    assert gone["acts", "withdraw"].deed == Deed.REMOVED
    assert gone["guards", "asked_by_form"].deed == Deed.REMOVED
    assert {change.deed for change in changes(shorter, PERIODIC)} == {Deed.ADDED}


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_every_source_of_a_pack_is_cited_once(pack: Pack) -> None:
    cited = [(each.kind, each.code) for each in citations(pack)]
    assert len(cited) == len(set(cited)) == len(list(sources(pack)))


def test_a_citation_names_the_acts_that_use_it() -> None:
    used = {(each.kind, each.code): each.used_by for each in citations(PERIODIC)}
    assert used["terms", "posting"][0] == "post_list"
    assert used["guards", "enough_agree"] == used["consent", ""] == ("hold_meeting",)
    assert "classify" in used["states", "classified"]
    assert used["refusals", "no_duty"] == ()


def test_what_is_unsure_is_listed_once_for_all_packs_it_stands_in() -> None:
    found = {(each.kind, each.code, each.source): packs for each, packs in unsure(SHIPPED)}
    assert len(found) == len(unsure(SHIPPED))
    (packs,) = (packs for (kind, code, _s), packs in found.items() if code == "reverification")
    assert packs == tuple(
        pack.code for pack in SHIPPED if pack.review in (Review.PERIODIC, Review.AD_HOC)
    )
    assert {source.mark for _kind, _code, source in found} == {"?"}
