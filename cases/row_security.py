"""
The second net: what the database itself lets a transaction see and write (PostgreSQL only).

The policies (workflow.row_security) read settings that live as long as the transaction. Who opens
no scope sees no row. A request opens its person's, a command or job the machine's, by name; an act
opens its round's, because what follows from it looks at the whole round.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from cases.duties import Duty
from cases.models.people import User
from cases.models.rounds import Round
from cases.models.units import Level, UnitSuccession, UnitVersion
from cases.permissions import scope_of

# Who may see everything, and why. A name that is not here opens nothing.
MACHINE_WORK: dict[str, str] = {
    "migration": "a change of the tables that also moves rows",
    "command": "somebody at the server's own console; each command says what it is for",
    "tick": "clocks of time limits and the daily work of every unit",
    "audit": "the invariants are asked of every round",
    "record": "what binds the record to the world outside, of every unit",
    "public": "a page for people without an account, which looks up one paper by its own code",
    "refusal": "a refusal is recorded wherever it happened, also outside the unit of who asked",
    "identity": "a code or personal number is taken or free in the whole nation",
}


class UnknownWork(Exception):
    """Somebody asked for the machine's scope under a name that stands for nothing."""


@dataclass(frozen=True)
class Reach:
    """
    What a transaction may see. `codes`: of units whose villages, below at any time, are reached.

    `around`: communes of one's villages: of these only what hangs on the round as a whole.
    `acting`: inside an act; what hangs on a case or household is reached through it alone.
    """

    everything: bool = False
    units: frozenset[int] = frozenset()
    around: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    acting: bool = False

    def settings(self) -> dict[str, str]:
        """Return the settings that the policies read."""
        return {
            "rasoat.scope": "*" if self.everything else "units",
            "rasoat.units": _array(str(pk) for pk in sorted(self.units)),
            "rasoat.around": _array(str(pk) for pk in sorted(self.around)),
            "rasoat.codes": _array(f'"{code}"' for code in sorted(self.codes)),
            "rasoat.acting": "on" if self.acting else "",
        }


NOTHING = Reach()
EVERYTHING = Reach(everything=True)
# The database has no way to be asked for what held before: it is kept here, and set again.
_open: ContextVar[Reach | None] = ContextVar("rasoat_reach", default=None)


@contextmanager
def person(user: User | AnonymousUser) -> Iterator[None]:
    """Open a transaction in which the database shows the units of somebody's duties, nothing else."""
    with _transaction(lambda: reach_of(user)):
        yield


@contextmanager
def machine(work: str, *, keep: tuple[type[BaseException], ...] = ()) -> Iterator[None]:
    """
    Open a transaction in which the database shows everything, for work that has a name.

    `keep`: exceptions that are an answer, not a failure; what was done before them stays.

    :raises UnknownWork: if the name is not one of `MACHINE_WORK`
    """
    if work not in MACHINE_WORK:
        raise UnknownWork(work)
    answer: BaseException | None = None
    with _transaction(lambda: EVERYTHING):
        try:
            yield
        except keep as error:
            answer = error
    if answer is not None:
        raise answer


@contextmanager
def acting(round: Round) -> Iterator[None]:
    """
    Let an act see its whole round besides; inside the act's transaction.

    Whether all villages are done is a question about all of them, whoever asks it. What the actor
    may do is read again by the engine itself, which refuses whoever has lost the duty meanwhile.
    """
    reach = _open.get()
    if reach is None or reach.everything:
        yield
        return
    units = reach.units | {round.keeper_id, round.commune_id}
    with _opened(replace(reach, units=units, acting=True)):
        yield


def reach_of(user: User | AnonymousUser) -> Reach:
    """Return what the units of all of somebody's duties let the database show."""
    granted = scope_of(user)
    if any(levels.get(Level.NATION) for levels in granted.values()):
        return EVERYTHING
    units = {pk for levels in granted.values() for some in levels.values() for pk in some}
    if not units:
        return NOTHING
    # Who opens rounds may take over those of a commune that became part of one's own.
    units |= _predecessors(granted.get(Duty.OPEN_ROUND, {}).get(Level.COMMUNE, set()))
    around: set[int] = set()
    codes: set[str] = set()
    versions = UnitVersion.objects.filter(unit__in=units).order_by()
    for level, code, parent in versions.values_list("unit__level", "unit__code", "parent"):
        codes.add(code)
        if level == Level.VILLAGE and parent is not None:
            around.add(parent)
    return Reach(False, frozenset(units), frozenset(around), frozenset(codes))


def is_open() -> bool:
    """Test if a scope is open here."""
    return _open.get() is not None


def _predecessors(units: set[int]) -> set[int]:
    found: set[int] = set()
    while units:
        rows = UnitSuccession.objects.filter(successor__in=units)
        units = set(rows.values_list("predecessor", flat=True)) - found
        found |= units
    return found


@contextmanager
def _transaction(reach: Callable[[], Reach]) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), _opened(reach()):
        yield


@contextmanager
def _opened(reach: Reach) -> Iterator[None]:
    """Set the scope until the end of the block; a failure is undone by the transaction itself."""
    before = _open.get()
    _set(reach)
    token = _open.set(reach)
    try:
        yield
        # Also at the end of the outermost transaction: one that broke silently fails here, aloud.
        if not connection.get_rollback():
            _set(before)
    finally:
        _open.reset(token)


def _set(reach: Reach | None) -> None:
    settings = dict.fromkeys(NOTHING.settings(), "") if reach is None else reach.settings()
    columns = ", ".join("set_config(%s, %s, true)" for _name in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [part for pair in settings.items() for part in pair])  # noqa: S608


def _array(items: Iterator[str]) -> str:
    return "{" + ",".join(items) + "}"
