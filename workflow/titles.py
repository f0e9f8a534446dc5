"""Vietnamese names of codes that packs and rows carry, translated when they are shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.rules.packs import PACKS, SHIPPED, Pack

# An act of the same code may be called otherwise in another review; the periodic one comes first.
_STATES = {state.code: state.title for pack in reversed(SHIPPED) for state in pack.states}
_STAGES = {stage.code: stage.title for pack in reversed(SHIPPED) for stage in pack.stages}
_ACTS = {act.code: act.title for pack in reversed(SHIPPED) for act in pack.acts}
_TERMS = {term.code: term.title for pack in reversed(SHIPPED) for term in pack.terms}


def state_title(code: str) -> str | Promise:
    return gettext_lazy(_STATES[code])


def stage_title(code: str) -> str | Promise:
    return gettext_lazy(_STAGES[code])


def act_title(code: str, pack: Pack | str | None = None) -> str | Promise:
    """Return what an act is called in a pack (by itself or its code), or in the first that has it."""
    named = PACKS[pack] if isinstance(pack, str) else pack
    return gettext_lazy(_ACTS[code] if named is None else named.by_code[code].title)


def term_title(code: str) -> str | Promise:
    return gettext_lazy(_TERMS[code])
