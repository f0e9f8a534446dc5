"""
Addresses of the pages; each module lists its own. No person's name or number is in an address.

Rounds are named "2024-24646", villages and households by their codes.
"""

from django.urls import URLPattern, URLResolver

from workflow.pages import (
    acts,
    appointments,
    auditing,
    calendars,
    cases,
    certificates,
    corrections,
    desk,
    imports,
    interests,
    ledger,
    local_standards,
    my_sessions,
    office,
    offices,
    packs,
    refusals,
    reports,
    rounds,
    second_factor,
    sign_in,
    terms,
    units,
    unverified,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *desk.urlpatterns,  # inbox, language, demo clock
    *sign_in.urlpatterns,  # in, out, passwords
    *office.urlpatterns,  # an office's own accounts
    *second_factor.urlpatterns,  # codes and passkeys after the password
    *my_sessions.urlpatterns,  # which are open, PIN
    *rounds.urlpatterns,  # rounds, board, village list
    *terms.urlpatterns,  # time limits of a round, its plan backwards
    *cases.urlpatterns,  # one case
    *corrections.urlpatterns,  # the first of two officers for a correction
    *certificates.urlpatterns,  # the procedure certificate of a household, of a village
    *acts.urlpatterns,  # the forms of every act
    *ledger.urlpatterns,  # receipts, who read a file, the public check of a code
    *imports.urlpatterns,
    *appointments.urlpatterns,  # who holds what on a unit
    *offices.urlpatterns,  # offices whose members are interchangeable
    *interests.urlpatterns,  # whom an officer is close to
    *refusals.urlpatterns,  # what each refusal means
    *reports.urlpatterns,
    *units.urlpatterns,
    *calendars.urlpatterns,  # working days
    *local_standards.urlpatterns,  # standards of provinces: load, compare, approve
    *packs.urlpatterns,  # editions of the procedure: read, load, compare, approve
    *auditing.urlpatterns,  # the auditor's bench
    *unverified.urlpatterns,  # what nobody has seen at its source
]
