"""
Addresses of the pages; each module lists its own. No person's name or number is in an address.

Rounds are named "2024-24646", villages and households by their codes.
"""

from django.urls import URLPattern, URLResolver

from workflow.pages import (
    acts,
    calendars,
    cases,
    desk,
    imports,
    interests,
    local_standards,
    packs,
    refusals,
    reports,
    rounds,
    terms,
    units,
    unverified,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *desk.urlpatterns,  # sign-in, inbox, language, demo clock
    *rounds.urlpatterns,  # rounds, board, village list
    *terms.urlpatterns,  # time limits of a round, its plan backwards
    *cases.urlpatterns,  # one case
    *acts.urlpatterns,  # the forms of every act
    *imports.urlpatterns,
    *interests.urlpatterns,  # whom an officer is close to
    *refusals.urlpatterns,  # what each refusal means
    *reports.urlpatterns,
    *units.urlpatterns,
    *calendars.urlpatterns,  # working days
    *local_standards.urlpatterns,  # standards of provinces: load, compare, approve
    *packs.urlpatterns,  # editions of the procedure: read, load, compare, approve
    *unverified.urlpatterns,  # what nobody has seen at its source
]
