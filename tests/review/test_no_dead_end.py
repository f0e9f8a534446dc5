"""
Every way a round can go, on paper: two villages, three households, a request at any moment.

Guards about papers, votes and days may turn out either way; those about a case's basis are known.
From every position that can be reached there must be a way on to an answer for everybody, without
anybody leaving, withdrawing, complaining, taking a list down, reopening a case or asking anew.
"""

from collections import deque
from collections.abc import Iterator
from itertools import product

import pytest

from cases.rules.packs import SHIPPED, Pack
from cases.rules.packs.model import Act, Span

# (village, has asked by Form 01); the last household comes whenever it likes.
HOUSEHOLDS = ((0, False), (0, True), (1, False), (0, True))
AWAY = "-"
NEVER_FOR = {
    False: {"is_requester", "asked_by_form"},
    True: {"needs_no_screen", "on_opening_list"},
}
# Leaving the list is no answer: nobody may have to leave.
LEAVING = ("record_departure", "withdraw")
# They may happen at any time, and nobody must wait for them.
NOT_DUE = (
    "complain",
    "interrupt_posting",
    "interrupt_reposting",
    "accept_grievance",
    "revoke_decision",
)
# Editions of a review that have the same acts go the same ways.
DIFFERENT = list({pack.acts: pack for pack in SHIPPED}.values())
Position = tuple[tuple[str, ...], bool]  # state of each household, decision signed


def groups(act: Act) -> Iterator[list[int]]:
    """Yield the households that one deed of the act is on."""
    numbers = range(len(HOUSEHOLDS))
    if act.span == Span.CASE:
        yield from ([number] for number in numbers)
    elif act.span == Span.VILLAGE:
        yield from ([n for n in numbers if HOUSEHOLDS[n][0] == village] for village in (0, 1))
    else:
        yield list(numbers)


def targets(act: Act, state: str, asked: bool) -> list[str]:
    return [
        move.target
        for move in act.moves
        if state in move.sources and not NEVER_FOR[asked] & set(move.guards)
    ]


def after(pack: Pack, act: Act, group: list[int], position: Position) -> Iterator[Position]:
    states, decided = position
    untouched = {*act.untouched, AWAY} if act.span != Span.CASE else {AWAY}
    moving = [number for number in group if states[number] not in untouched]
    # The periodic review has one decision; those of a month may come one after another.
    is_the_one_decision = act.code == "sign_decision" and pack.window is not None
    if decided and ("not_decided_yet" in act.conditions or is_the_one_decision):
        return
    if act.code == "post_list" and any(states[number] == "posted" for number in group):
        return
    ways = [targets(act, states[number], HOUSEHOLDS[number][1]) for number in moving]
    if not moving or not all(ways):
        return
    for outcome in product(*ways):
        changed = list(states)
        for number, state in zip(moving, outcome, strict=True):
            changed[number] = state
        yield tuple(changed), decided or act.code == "sign_decision"


def next_positions(pack: Pack, position: Position) -> Iterator[tuple[Position, bool]]:
    """Yield where a position can go, and whether the deed is one that nobody must wait for."""
    states, decided = position
    for act in pack.acts:
        if act.moves and act.code not in LEAVING:
            for group in groups(act):
                for following in after(pack, act, group, position):
                    yield following, act.code not in NOT_DUE
    for number, state in enumerate(states):
        if state == AWAY and not decided:
            came = (*states[:number], "requested", *states[number + 1 :])
            yield (came, decided), False


@pytest.mark.parametrize("pack", DIFFERENT, ids=lambda pack: pack.code)
def test_from_everywhere_there_is_a_way_to_an_answer_for_everybody(pack: Pack) -> None:
    start: Position = (("new", "requested", "new", AWAY), False)
    came_from: dict[Position, list[Position]] = {start: []}
    queue = deque([start])
    while queue:
        position = queue.popleft()
        for following, is_due in next_positions(pack, position):
            if following not in came_from:
                came_from[following] = []
                queue.append(following)
            if is_due:
                came_from[following].append(position)
    ends = {AWAY, *pack.final_states}
    answered = [position for position in came_from if set(position[0]) <= ends]
    assert answered
    alive, queue = set(answered), deque(answered)
    while queue:
        for earlier in came_from[queue.popleft()]:
            if earlier not in alive:
                alive.add(earlier)
                queue.append(earlier)
    stuck = sorted(came_from.keys() - alive)
    assert stuck[:5] == []
