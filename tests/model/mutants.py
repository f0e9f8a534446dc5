"""
Packs with one thing wrong, each the way a careless change would make it.

Every one must be caught: by a safety rule, by the table of what must be possible, or because it leaves
a household stuck. A mutant that equals the pack is a mistake in this list and is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from cases.duties import Duty
from cases.rules.packs import PACKS, Act, Move, Pack, Seat, Span
from tests.model.commune import Commune
from tests.model.communes import (
    AD_HOC,
    ASKS_LATE,
    ASKS_LATE_IN_MAY,
    AUTUMN,
    AVERAGE_LIVING,
    IN_SEPTEMBER,
    IN_TIME,
    LATE,
    MOVED_IN,
    OFF_TWICE,
    SPLITS,
    THREE_TIERS,
    TWO_TIERS,
    WORKERS,
    small,
    smallest,
)
from tests.model.possible import refused
from tests.model.search import Search

ENOUGH = 1_000_000


class NotAMutant(Exception):
    """The change changes nothing."""


@dataclass(frozen=True)
class Mutant:
    name: str
    change: Callable[[Pack], Pack]
    of: str = TWO_TIERS
    first: tuple[Commune, ...] = ()  # where it is looked for first; none: in the smallest

    def pack(self) -> Pack:
        """
        Return the changed pack.

        :raises NotAMutant: if nothing is changed by it
        """
        sound = PACKS[self.of]
        changed = self.change(sound)
        if changed.fingerprint == sound.fingerprint:
            raise NotAMutant(self.name)
        return changed


@dataclass(frozen=True)
class Caught:
    by: Literal["safety rule", "must be possible", "nobody is stuck"]
    what: str
    states: int = 0


def catch(mutant: Mutant) -> Caught | None:
    """Return what catches the mutant: the smallest communes first, then the table, then the others."""
    pack = mutant.pack()
    return (
        _by_safety(pack, mutant.first or smallest(mutant.of))
        or _by_table(pack, mutant.of)
        or _by_safety(pack, small(mutant.of))
        or _by_stuck(pack, mutant.of)
    )


def _by_safety(pack: Pack, communes: tuple[Commune, ...]) -> Caught | None:
    for commune in communes:
        found = Search(pack, commune).run(ENOUGH)
        if found.breaks:
            return Caught("safety rule", found.breaks[0], found.states)
    return None


def _by_table(pack: Pack, of: str) -> Caught | None:
    # What the sound pack of three tiers cannot do in December 2026 says nothing.
    known = refused(PACKS[of])
    for name in refused(pack):
        if name not in known:
            return Caught("must be possible", name)
    return None


def _by_stuck(pack: Pack, of: str) -> Caught | None:
    search = Search(pack, LATE if pack.window else smallest(of)[0])
    found = search.run(ENOUGH, alive=True)
    if found.breaks:
        return Caught("safety rule", found.breaks[0], found.states)
    if not found.stuck:
        return None
    return Caught("nobody is stuck", search.picture(search.read(search.keys[found.stuck[0]])[2]))


# --- ways to change a pack ---


def on_act(code: str, change: Callable[[Act], Act]) -> Callable[[Pack], Pack]:
    """Return a change of one act; codes that no act asks for any more leave the pack with it."""

    def changed(pack: Pack) -> Pack:
        acts = tuple(change(act) if act.code == code else act for act in pack.acts)
        guards = {g for act in acts for move in act.moves for g in move.guards}
        conditions = {c for act in acts for c in act.conditions}
        return replace(
            pack,
            acts=acts,
            guards=tuple(rule for rule in pack.guards if rule.code in guards),
            conditions=tuple(rule for rule in pack.conditions if rule.code in conditions),
        )

    return changed


def then(*changes: Callable[[Pack], Pack]) -> Callable[[Pack], Pack]:
    def changed(pack: Pack) -> Pack:
        for change in changes:
            pack = change(pack)
        return pack

    return changed


def term(code: str, **fields: Any) -> Callable[[Pack], Pack]:
    return lambda pack: replace(
        pack, terms=tuple(replace(t, **fields) if t.code == code else t for t in pack.terms)
    )


def unasked(code: str, condition: str) -> Callable[[Pack], Pack]:
    """Drop a condition of an act."""
    return on_act(
        code,
        lambda act: replace(act, conditions=tuple(c for c in act.conditions if c != condition)),
    )


def unguarded(code: str, guard: str) -> Callable[[Pack], Pack]:
    """Drop a guard from every move of an act."""
    return on_act(
        code,
        lambda act: replace(
            act,
            moves=tuple(
                replace(move, guards=tuple(g for g in move.guards if g != guard))
                for move in act.moves
            ),
        ),
    )


def also_from(code: str, *states: str, move: int = 0) -> Callable[[Pack], Pack]:
    """Let a move of an act begin from further states."""

    def change(act: Act) -> Act:
        moves = list(act.moves)
        moves[move] = replace(moves[move], sources=(*moves[move].sources, *states))
        return replace(
            act,
            moves=tuple(moves),
            passes_over=_without(act.passes_over, *states),
            leaves_behind=_without(act.leaves_behind, *states),
        )

    return on_act(code, change)


def not_from(code: str, state: str) -> Callable[[Pack], Pack]:
    def change(act: Act) -> Act:
        moves = [replace(move, sources=_without(move.sources, state)) for move in act.moves]
        return replace(act, moves=tuple(move for move in moves if move.sources))

    return on_act(code, change)


def leads_to(code: str, target: str, move: int = 0) -> Callable[[Pack], Pack]:
    def change(act: Act) -> Act:
        moves = list(act.moves)
        moves[move] = replace(moves[move], target=target)
        return replace(act, moves=tuple(moves))

    return on_act(code, change)


def fields(code: str, **values: Any) -> Callable[[Pack], Pack]:
    return on_act(code, lambda act: replace(act, **values))


def on_pack(**values: Any) -> Callable[[Pack], Pack]:
    return lambda pack: replace(pack, **values)


def passes(code: str, *states: str) -> Callable[[Pack], Pack]:
    """Let a list act pass over further states."""
    return on_act(code, lambda act: replace(act, passes_over=(*act.passes_over, *states)))


def with_consent(share: int, whole: int) -> Callable[[Pack], Pack]:
    return on_pack(consent=(share, whole))


def with_window(first: tuple[int, int], last: tuple[int, int]) -> Callable[[Pack], Pack]:
    return on_pack(window=(first, last))


def moves(code: str, *changed: Move) -> Callable[[Pack], Pack]:
    return on_act(code, lambda act: replace(act, moves=changed))


def _without(states: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    return tuple(state for state in states if state not in gone)


IN_POSTING = ("posted", "contested", "reverified", "reposted")

OF_THE_PERIODIC_REVIEW = (
    # Điều 4(1), the list
    Mutant("a review opened without its papers", unasked("open_round", "papers_on_file")),
    Mutant("a round opened in August", with_window((8, 1), (12, 14)), THREE_TIERS, (IN_SEPTEMBER,)),
    Mutant(
        "a round opened in December only",
        with_window((12, 1), (12, 14)),
        THREE_TIERS,
        (IN_SEPTEMBER,),
    ),
    Mutant(
        "request without a form",
        then(
            unasked("receive_request", "form_on_file"), unguarded("receive_request", "basis_known")
        ),
    ),
    Mutant("last year's list left out", not_from("build_list", "new")),
    Mutant(
        "request after the decision",
        unasked("receive_request", "not_decided_yet"),
        first=(ASKS_LATE,),
    ),
    # Phiếu A and Phiếu B
    Mutant("requester surveyed without Phiếu A", unguarded("survey", "needs_no_screen")),
    Mutant("last year's household screened out", unguarded("screen", "is_requester")),
    Mutant("failed screen goes on", unguarded("screen", "screen_passed")),
    Mutant("screened a second time", also_from("screen", "screened")),
    Mutant("screened-out requester surveyed", also_from("survey", "unqualified", move=1)),
    Mutant("half a Phiếu B is enough", unguarded("survey", "survey_complete")),
    Mutant("half a Phiếu B re-verifies", unguarded("reverify", "survey_complete")),
    Mutant("survey dated tomorrow", unasked("survey", "surveyed_in_round")),
    Mutant("screening dated in August", unasked("screen", "surveyed_in_round")),
    Mutant("survey of before the meeting taken as new", unasked("survey", "surveyed_anew")),
    Mutant("survey of before the complaint re-verifies", unasked("reverify", "surveyed_anew")),
    Mutant("classified by the reviewer", fields("classify", duty=Duty.SURVEY)),
    # Điều 4(3), the meeting
    Mutant("51 % for 50 %", with_consent(51, 100)),
    Mutant("49 % for 50 %", with_consent(49, 100)),
    Mutant("a third for a half", with_consent(1, 3)),
    Mutant("meeting without the village head", unasked("hold_meeting", "chaired_by_village_head")),
    Mutant("meeting without the people", unasked("hold_meeting", "required_people_present")),
    Mutant("Fatherland Front not invited", unasked("hold_meeting", "front_invited")),
    Mutant("more votes than people", unasked("hold_meeting", "tally_fits_attendance")),
    Mutant("more members than people", unasked("hold_meeting", "parts_fit_attendance")),
    Mutant("unsigned minutes", unasked("hold_meeting", "minutes_signed")),
    Mutant("meeting dated before the survey", unasked("hold_meeting", "met_in_round")),
    Mutant("household without a tally", unguarded("hold_meeting", "tally_recorded")),
    Mutant("everybody agrees", unguarded("hold_meeting", "enough_agree")),
    Mutant("second vote on the same survey", also_from("hold_meeting", "disagreed")),
    Mutant("returned, and voted on without a new survey", also_from("classify", "disagreed")),
    Mutant("minutes kept by the reviewer", fields("hold_meeting", duty=Duty.SURVEY)),
    # Điều 4(4), the posting
    Mutant("posted without a meeting", also_from("post_list", "classified")),
    Mutant("posted though not agreed", also_from("post_list", "disagreed")),
    Mutant("posted at one place", unasked("post_list", "posted_at_both_places")),
    Mutant("posted again at one place", unasked("repost", "posted_at_both_places")),
    Mutant("two days for three", term("posting", days=2)),
    Mutant("four days for three", term("posting", days=4)),
    Mutant("two days for the second posting", term("reposting", days=2)),
    Mutant("Saturday and Sunday counted", term("posting", kind="CALENDAR")),
    Mutant("Saturday and Sunday counted again", term("reposting", kind="CALENDAR")),
    Mutant("posting closed at any time", unguarded("close_posting", "posting_over")),
    Mutant("second posting closed at any time", unguarded("close_reposting", "posting_over")),
    Mutant("complaint ignored", leads_to("complain", "posted")),
    Mutant("complaint stops the village", fields("complain", span=Span.VILLAGE)),
    Mutant("complaint after the last day", unguarded("complain", "posting_open")),
    Mutant(
        "complaint after the closing",
        then(also_from("complain", "cleared"), unguarded("complain", "posting_open")),
    ),
    Mutant("no complaint about a second posting", not_from("complain", "reposted")),
    Mutant("no second complaint", not_from("complain", "contested")),
    Mutant("anonymous complaint of nothing", unasked("complain", "complaint_written_down")),
    Mutant("contested closed as cleared", also_from("close_posting", "contested")),
    Mutant("second posting skipped", leads_to("reverify", "cleared")),
    Mutant("second posting left out by the closing", also_from("close_reposting", "reverified")),
    Mutant("posted again without re-verification", also_from("repost", "contested")),
    Mutant(
        "complaint holds the whole posting up",
        on_act(
            "close_posting",
            lambda act: replace(act, passes_over=_without(act.passes_over, "contested")),
        ),
    ),
    Mutant("late requester holds the posting up", fields("close_posting", leaves_behind=())),
    Mutant(
        "re-verified by the reviewer of the village",
        fields("reverify", duty=Duty.SURVEY, seat=Seat.VILLAGE),
    ),
    # Điều 4(5), report and opinion
    Mutant("report while posted", also_from("sign_report", "posted")),
    Mutant("report past open complaints", passes("sign_report", *IN_POSTING)),
    Mutant("report past villages not yet met", passes("sign_report", "listed", "surveyed")),
    Mutant("report without a number", unasked("sign_report", "report_numbered")),
    Mutant("report signed by the committee", fields("sign_report", duty=Duty.COMPILE_LIST)),
    Mutant("opinion skipped", leads_to("sign_report", "consented")),
    Mutant("opinion before the report", also_from("give_opinion", "cleared")),
    Mutant("opinion by word of mouth", unasked("give_opinion", "opinion_in_writing")),
    Mutant("question without a reason", unasked("give_opinion", "each_question_has_a_reason")),
    Mutant("question taken as consent", moves("give_opinion", Move(("reported",), "consented"))),
    Mutant(
        "opinion of the commune itself",
        fields("give_opinion", duty=Duty.SIGN_REPORT, seat=Seat.COMMUNE),
    ),
    Mutant("opinion of the district after 30/06/2025", on_pack(superior_level="DISTRICT")),
    Mutant(
        "opinion of the province before 01/07/2025",
        on_pack(superior_level="PROVINCE"),
        THREE_TIERS,
        (IN_SEPTEMBER,),
    ),
    Mutant("late requester holds the opinion up", fields("give_opinion", leaves_behind=())),
    # Điều 4(6), the decision
    Mutant("decided from the report", also_from("sign_decision", "reported")),
    Mutant("objected decided", also_from("sign_decision", "objected")),
    Mutant("decision leaves the questioned behind", passes("sign_decision", "objected")),
    Mutant("not poor recognised", unguarded("sign_decision", "class_poor")),
    Mutant("requester escapes poverty", unguarded("sign_decision", "on_opening_list")),
    Mutant(
        "last year's household refused",
        moves(
            "sign_decision",
            Move(("consented",), "recognised", ("result_as_posted", "class_poor")),
            Move(("consented",), "unqualified", ("result_as_posted", "class_not_poor")),
        ),
    ),
    Mutant("decision signed by the officer", fields("sign_decision", duty=Duty.RECORD_REQUEST)),
    Mutant(
        "decision signed in the village", fields("sign_decision", duty=Duty.POST, seat=Seat.VILLAGE)
    ),
    Mutant("decision without a number", unasked("sign_decision", "decision_numbered")),
    Mutant("decision after 14 December", unasked("sign_decision", "within_window")),
    Mutant("posting closed after 14 December", unasked("close_posting", "within_window")),
    Mutant("window to the end of December", with_window((9, 1), (12, 31))),
    Mutant("window to 13 December", with_window((9, 1), (12, 13))),
    Mutant("surveyed again behind the posting", also_from("survey", "cleared", move=1)),
    Mutant("surveyed again after the consent", also_from("survey", "consented", move=1)),
    Mutant("unqualified certified", also_from("issue_certificates", "unqualified")),
    Mutant("refusal without reasons", unguarded("refuse", "reason_given")),
    Mutant("requester refused before the survey", also_from("refuse", "screened")),
    Mutant("departure without a reason", unguarded("record_departure", "departure_known")),
    Mutant("departure after the certificate", also_from("record_departure", "certified")),
    Mutant("no departure once posted", not_from("record_departure", "posted")),
)

COMING_AND_GOING = (
    Mutant(
        "report before last year's list is built",
        unasked("sign_report", "list_complete"),
        first=SPLITS,
    ),
    Mutant("arrival without papers", unasked("record_arrival", "arrival_papers"), first=SPLITS),
    Mutant("arrival from no list", unguarded("record_arrival", "basis_known"), first=(MOVED_IN,)),
    Mutant(
        "arrival after the decision", unasked("record_arrival", "not_decided_yet"), first=SPLITS
    ),
    Mutant("arrival after 14 December", unasked("record_arrival", "within_window"), first=SPLITS),
    Mutant("arrival recorded by the chair", fields("record_arrival", duty=Duty.SIGN_REPORT)),
    Mutant("no arrival", not_from("record_arrival", "new")),
    Mutant("withdrawal after the decision", also_from("withdraw", "recognised", "certified")),
    Mutant("withdrawal instead of the answer", also_from("withdraw", "unqualified")),
    Mutant("withdrawal of who never asked", unguarded("withdraw", "asked_by_form")),
    Mutant("withdrawal by word of mouth", unasked("withdraw", "withdrawal_in_writing")),
    Mutant("withdrawal after 14 December", unasked("withdraw", "within_window")),
    Mutant("withdrawn and listed again", also_from("build_list", "withdrawn")),
    Mutant("withdrawn and decided", also_from("sign_decision", "withdrawn")),
    Mutant("left and decided", also_from("sign_decision", "left")),
    Mutant("withdrawn and certified", also_from("issue_certificates", "withdrawn")),
    Mutant("no withdrawal once posted", not_from("withdraw", "posted")),
    Mutant("no withdrawal once consented", not_from("withdraw", "consented")),
)

INTERRUPTIONS = (
    Mutant("interrupted posting closed", also_from("close_posting", "interrupted")),
    Mutant("interrupted posting counts as over", leads_to("interrupt_posting", "cleared")),
    Mutant("interrupted posting goes on", leads_to("interrupt_posting", "posted")),
    Mutant("interrupted without a reason", unasked("interrupt_posting", "interruption_explained")),
    Mutant("interrupted before it hung", also_from("interrupt_posting", "agreed")),
    Mutant("interrupted posting not hung again", not_from("post_list", "interrupted")),
    Mutant("interrupted household reported", passes("sign_report", "interrupted")),
    Mutant("interrupted household decided", also_from("sign_decision", "interrupted")),
    Mutant("interrupted household surveyed again", also_from("survey", "interrupted", move=1)),
    Mutant("interrupted by the reviewer", fields("interrupt_posting", duty=Duty.SURVEY)),
    Mutant(
        "interrupted re-posting counts as over",
        leads_to("interrupt_reposting", "cleared"),
        first=OFF_TWICE,
    ),
    Mutant(
        "interrupted re-posting goes on",
        leads_to("interrupt_reposting", "reposted"),
        first=OFF_TWICE,
    ),
    Mutant(
        "re-posting interrupted without a reason",
        unasked("interrupt_reposting", "interruption_explained"),
        first=OFF_TWICE,
    ),
    Mutant("one returned stops the village", fields("post_list", leaves_behind=())),
    Mutant("posted before the meeting", also_from("post_list", "surveyed")),
)

AFTER_THE_DECISION = (
    Mutant(
        "grievance without time limit",
        unasked("accept_grievance", "grievance_in_time"),
        first=IN_TIME,
    ),
    Mutant("grievance of nobody", unasked("accept_grievance", "complaint_written_down")),
    Mutant(
        "grievance before the decision",
        then(
            also_from("accept_grievance", "consented"),
            unasked("accept_grievance", "grievance_in_time"),
        ),
    ),
    Mutant("grievance that changes nothing", leads_to("accept_grievance", "certified")),
    Mutant(
        "grievance of who left",
        then(
            also_from("accept_grievance", "left"), unasked("accept_grievance", "grievance_in_time")
        ),
        first=OFF_TWICE,
    ),
    Mutant("no grievance against a refusal", not_from("accept_grievance", "refused")),
    Mutant("no grievance after the certificate", not_from("accept_grievance", "certified")),
    Mutant("revocation without a number", unasked("revoke_decision", "decision_numbered")),
    Mutant("revocation without reasons", unasked("revoke_decision", "each_case_has_a_reason")),
    Mutant("revoked before it was decided", also_from("revoke_decision", "consented")),
    Mutant("revoked by the committee", fields("revoke_decision", duty=Duty.COMPILE_LIST)),
    Mutant("revocation that changes nothing", leads_to("revoke_decision", "recognised")),
    Mutant("revoked and certified all the same", also_from("issue_certificates", "reopened")),
    Mutant("re-examined and certified at once", also_from("issue_certificates", "reexamined")),
    Mutant("refused while heard again", also_from("refuse", "reexamined")),
    Mutant("no revocation of an escape", not_from("revoke_decision", "escaped")),
    Mutant("amended without re-examination", also_from("amend_decision", "reopened")),
    Mutant("amended against the result", unguarded("amend_decision", "class_poor")),
    Mutant("amended by the committee", fields("amend_decision", duty=Duty.REVERIFY)),
    Mutant("amendment without a number", unasked("amend_decision", "decision_numbered")),
    Mutant("re-examined by half a form", unguarded("reexamine", "survey_complete")),
    Mutant("re-examined by the same reviewer", unasked("reexamine", "reverified_by_another")),
    Mutant("re-examination dated tomorrow", unasked("reexamine", "surveyed_by_today")),
    Mutant("re-examination of before the grievance", unasked("reexamine", "surveyed_anew")),
    Mutant("re-examined without being reopened", also_from("reexamine", "recognised")),
    Mutant(
        "correction that moves",
        moves(
            "correct_decision", Move(("recognised",), "escaped"), Move(("certified",), "certified")
        ),
    ),
    Mutant("correction without reasons", unasked("correct_decision", "each_case_has_a_reason")),
    Mutant("correction before the decision", also_from("correct_decision", "consented")),
    Mutant("no correction after the certificate", not_from("correct_decision", "certified")),
    Mutant("re-verified by the same reviewer", unasked("reverify", "reverified_by_another")),
    Mutant("a relative screens and says nothing", unasked("screen", "interest_noted")),
    Mutant("a relative surveys and says nothing", unasked("survey", "interest_noted")),
    Mutant("a relative chairs and says nothing", unasked("hold_meeting", "interest_noted")),
    Mutant("a relative signs and says nothing", unasked("sign_decision", "interest_noted")),
)

FOR_THE_ROUND = (
    Mutant("clock of a posting stopped", unasked("suspend_term", "term_may_pause")),
    Mutant("clock stopped without a paper", unasked("suspend_term", "pause_explained")),
    Mutant("clock started that runs", unasked("resume_term", "term_is_paused")),
    Mutant("clock stopped by the officer", fields("suspend_term", duty=Duty.RECORD_REQUEST)),
    Mutant("carried over without a dry run", unasked("carry_over", "dry_run_current")),
    Mutant("carried over to what nobody approved", unasked("carry_over", "edition_approved")),
    Mutant("carried over where no road leads on", unasked("carry_over", "edition_fits")),
    Mutant("carried over by the committee", fields("carry_over", duty=Duty.COMPILE_LIST)),
    Mutant("handed over without a paper", unasked("hand_over", "succession_on_file")),
    Mutant("handed over by who gives it away", fields("hand_over", seat=Seat.COMMUNE)),
    Mutant(
        "village handed over without a paper", unasked("hand_over_village", "succession_on_file")
    ),
)


def _ad_hoc(name: str, change: Callable[[Pack], Pack], first: tuple[Commune, ...] = ()) -> Mutant:
    return Mutant(f"ad hoc: {name}", change, AD_HOC, first)


OF_THE_AD_HOC_REVIEW = (
    _ad_hoc("started on the 14th", on_pack(start_day=14)),
    _ad_hoc("started on the 16th", on_pack(start_day=16)),
    _ad_hoc("started before its day", unasked("build_list", "started")),
    _ad_hoc("surveyed before its day", unasked("survey", "surveyed_in_round")),
    _ad_hoc("request after the 15th", unasked("receive_request", "intake_open"), ASKS_LATE_IN_MAY),
    _ad_hoc("rounds in autumn", on_pack(months=tuple(range(1, 13))), AUTUMN),
    _ad_hoc("no round in May", on_pack(months=(1, 2, 3, 4, 6, 7, 8))),
    _ad_hoc("exit by Form 01", unguarded("sign_decision", "asks_exit")),
    _ad_hoc("everybody recognised", unguarded("sign_decision", "entry_granted")),
    _ad_hoc("poor or not, they escape", unguarded("sign_decision", "exit_granted")),
    _ad_hoc(
        "exit to near-poor for everybody", unguarded("sign_decision", "exit_granted_to_near_poor")
    ),
    _ad_hoc(
        "exit request without a form",
        then(
            unasked("receive_exit_request", "form_on_file"),
            unguarded("receive_exit_request", "asks_exit"),
        ),
    ),
    _ad_hoc("amended without the form", unguarded("amend_decision", "asks_exit")),
    _ad_hoc("granted, and refused all the same", unguarded("refuse", "reason_given")),
    _ad_hoc("posted without a meeting", leads_to("classify", "agreed")),
    _ad_hoc("two days for three", term("posting", days=2)),
    _ad_hoc("four days for three", term("posting", days=4)),
    _ad_hoc("decided while posted", also_from("sign_decision", "posted")),
    _ad_hoc("decided before the second posting", also_from("sign_decision", "reverified")),
    _ad_hoc(
        "decided from the meeting",
        then(also_from("sign_decision", "agreed"), unguarded("sign_decision", "result_as_posted")),
    ),
    _ad_hoc("complaint holds the decision up", fields("sign_decision", leaves_behind=())),
    _ad_hoc("fourteen days for fifteen", term("whole", days=14)),
    _ad_hoc("fifteen working days", term("whole", kind="WORKING")),
    _ad_hoc("month reported unanswered", unasked("sign_monthly_report", "month_closed")),
    _ad_hoc("month reported without a number", unasked("sign_monthly_report", "report_numbered")),
    _ad_hoc(
        "month reported by the officer", fields("sign_monthly_report", duty=Duty.RECORD_REQUEST)
    ),
    _ad_hoc("unqualified certified", also_from("issue_certificates", "unqualified")),
)


def _income(name: str, change: Callable[[Pack], Pack]) -> Mutant:
    return Mutant(f"average living: {name}", change, AVERAGE_LIVING)


OF_INCOMES = (
    _income("four days for five", term("posting", days=4)),
    _income("three days for five", term("posting", days=3)),
    _income("six days for five", term("posting", days=6)),
    _income("Saturday and Sunday counted", term("posting", kind="CALENDAR")),
    _income("posted nowhere", unasked("post_list", "posted_at_commune_office")),
    _income("re-verification skipped", also_from("sign_decision", "contested", move=2)),
    _income("old income re-verifies", unasked("redetermine_income", "surveyed_anew")),
    _income("re-verified by the same", unasked("redetermine_income", "reverified_by_another")),
    _income("complaint ignored", leads_to("complain", "posted")),
    _income("complaint after the last day", unguarded("complain", "posting_open")),
    _income("second posting wanted", not_from("sign_decision", "reverified")),
    _income("confirmed outside the band", unguarded("sign_decision", "income_qualifies")),
    _income("decided while posted", also_from("sign_decision", "posted")),
    _income("decided unposted", also_from("sign_decision", "classified", move=2)),
    _income("closed at any time", unguarded("close_posting", "posting_over")),
    _income("interrupted and closed", also_from("close_posting", "interrupted")),
    _income("interrupted, not hung again", not_from("post_list", "interrupted")),
    _income("any livelihood", unasked("receive_request", "livelihood_named")),
    _income("half an income", unguarded("determine_income", "income_complete")),
    _income("determined before the 15th", unasked("determine_income", "surveyed_in_round")),
    _income("a relative determines it", unasked("determine_income", "interest_noted")),
    _income("determined again behind the posting", also_from("determine_income", "cleared")),
    _income("confirmed though withdrawn", also_from("sign_decision", "withdrawn", move=2)),
    _income("fourteen days for fifteen", term("whole", days=14)),
    _income("amended outside the band", unguarded("amend_decision", "income_qualifies")),
)


def _worker(name: str, change: Callable[[Pack], Pack]) -> Mutant:
    return Mutant(f"low income: {name}", change, WORKERS)


OF_WORKERS = (
    _worker("confirmed outside the band", unguarded("sign_decision", "income_qualifies")),
    _worker("request after the 15th", unasked("receive_worker_request", "intake_open")),
    _worker(
        "request without a paper",
        then(
            unasked("receive_worker_request", "form_on_file"),
            unguarded("receive_worker_request", "basis_known"),
        ),
    ),
    _worker("started on the 14th", on_pack(start_day=14)),
    _worker("answer without reasons", unguarded("refuse", "reason_given")),
    _worker(
        "decided before determined",
        then(
            also_from("sign_decision", "listed", move=1),
            unguarded("sign_decision", "income_does_not_qualify"),
        ),
    ),
    _worker("amended without a new income", also_from("amend_decision", "reopened")),
    _worker("old income settles a grievance", unasked("redetermine_income", "surveyed_anew")),
    _worker("no grievance against a refusal", not_from("accept_grievance", "refused")),
)

MUTANTS: tuple[Mutant, ...] = (
    *OF_THE_PERIODIC_REVIEW,
    *COMING_AND_GOING,
    *INTERRUPTIONS,
    *AFTER_THE_DECISION,
    *FOR_THE_ROUND,
    *OF_THE_AD_HOC_REVIEW,
    *OF_INCOMES,
    *OF_WORKERS,
)
