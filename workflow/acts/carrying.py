"""A round goes on under another edition, or in the hands of another unit; each time by an act."""

from datetime import datetime

from cases.models import Level, Round, Unit, User, VillageReview
from cases.rules.packs import PACKS
from workflow.acts.deed import perform
from workflow.acts.listing import units_above
from workflow.machine.apply import Deed, Done
from workflow.machine.scope import Scope


def carry_over(
    *, round: Round, to: str, dry_run: str, paper: str, by: User, at: datetime, key: str
) -> Done:
    """
    Carry a running round to another edition of its procedure.

    `dry_run`: the token of the dry run that somebody read (workflow.editions).

    :raises Refused: if the edition is not approved, a case would have no road, or nobody looked
    """

    def write(deed: Deed) -> None:
        target = PACKS[to]
        _note_from(deed, round.pack)
        round.pack, round.pack_hash = target.code, target.fingerprint
        version = round.keeper.versions.in_force(deed.act.legal_day).first()
        if version is not None:
            above = units_above(version)
            # A tier may have ended meanwhile: who is asked for an opinion follows the edition.
            round.superior = above.get(Level(target.superior_level), round.superior)
        round.save(update_fields=["pack", "pack_hash", "superior"])

    return perform(
        "carry_over",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={"to": to, "dry_run": dry_run, "paper": paper},
        write=write,
    )


def hand_over(*, round: Round, keeper: Unit, paper: str, by: User, at: datetime, key: str) -> Done:
    """
    Let the unit that followed a commune finish its round, as the paper on the new units says.

    Pack, standard and area stay those pinned at the opening. The results lie in the villages, so
    that next year's lists find them under whichever commune a village belongs to then.

    :raises Refused: if no succession leads from the commune to that unit
    """

    def write(deed: Deed) -> None:
        version = keeper.versions.in_force(deed.act.legal_day).get()
        above = units_above(version)
        _note_from(deed, round.keeper.code)
        round.keeper, round.province = keeper, above[Level.PROVINCE]
        round.district = above.get(Level.DISTRICT)
        round.superior = above.get(Level(deed.pack.superior_level)) or above[Level.PROVINCE]
        round.save(update_fields=["keeper", "province", "district", "superior"])
        round.cases.update(
            commune=keeper, province=above[Level.PROVINCE], district=above.get(Level.DISTRICT)
        )

    return perform(
        "hand_over",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={"keeper": keeper.code, "paper": paper},
        write=write,
    )


def hand_over_village(
    *, village_review: VillageReview, keeper: Unit, paper: str, by: User, at: datetime, key: str
) -> Done:
    """Let the village that followed another one finish its list; the list itself stays whole."""

    def write(deed: Deed) -> None:
        _note_from(deed, village_review.keeper.code)
        village_review.keeper = keeper
        village_review.save(update_fields=["keeper"])
        village_review.cases.update(village=keeper)

    return perform(
        "hand_over_village",
        Scope(village_review.round, village_review),
        by=by,
        at=at,
        key=key,
        facts={"keeper": keeper.code, "paper": paper},
        write=write,
    )


def _note_from(deed: Deed, before: str) -> None:
    """
    Keep in the record what the act ends.

    It is no part of the request: the same request is answered the same after it was done.
    """
    deed.act.facts["from"] = before
