"""Vietnamese names of codes that packs and rows carry, translated when they are shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.rules.packs import PACKS

_STATES = {state.code: state.title for pack in PACKS.values() for state in pack.states}
_STAGES = {stage.code: stage.title for pack in PACKS.values() for stage in pack.stages}
_ACTS = {act.code: act.title for pack in PACKS.values() for act in pack.acts}
_TERMS = {term.code: term.title for pack in PACKS.values() for term in pack.terms}


def state_title(code: str) -> str | Promise:
    return gettext_lazy(_STATES[code])


def stage_title(code: str) -> str | Promise:
    return gettext_lazy(_STAGES[code])


def act_title(code: str) -> str | Promise:
    return gettext_lazy(_ACTS[code])


def term_title(code: str) -> str | Promise:
    return gettext_lazy(_TERMS[code])
