"""
Addresses of the pages; each module lists its own. No person's name or number is in an address.

Rounds are named "2024-24646", villages and households by their codes.
"""

from django.urls import URLPattern, URLResolver

from workflow.pages import acts, cases, desk, imports, reports, rounds, units

urlpatterns: list[URLPattern | URLResolver] = [
    *desk.urlpatterns,  # sign-in, inbox, language, demo clock
    *rounds.urlpatterns,  # rounds, board, village list
    *cases.urlpatterns,  # one case
    *acts.urlpatterns,  # the forms of every act
    *imports.urlpatterns,
    *reports.urlpatterns,
    *units.urlpatterns,
]
