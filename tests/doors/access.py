"""
Who may open what of their own units, written by hand from the law and the design, not from the code.

A page missing here fails the walk; a grant that is not written here does, too.
"""

from django.db import connection

from cases.duties import Role
from tests.doors.places import NATION, OWN, VILLAGE

# A seat: a role and the place it is held on. Every role must have one.
Seat = tuple[str, str]
SEATS: tuple[Seat, ...] = (
    (Role.REVIEWER, VILLAGE),
    (Role.VILLAGE_HEAD, VILLAGE),
    (Role.MEETING_SECRETARY, VILLAGE),
    (Role.COMMUNE_OFFICER, OWN),
    (Role.COMMUNE_COMMITTEE, OWN),
    (Role.COMMUNE_CHAIR, OWN),
    (Role.SUPERIOR_CHAIR, "662"),
    (Role.DEPARTMENT, "67"),
    (Role.MINISTRY, NATION),
    (Role.AUDITOR, OWN),
    (Role.AUDITOR, "67"),
    (Role.AUDITOR, NATION),
    (Role.FRONT, OWN),
    (Role.INSPECTION, "67"),
)
# The database's own net is tried elsewhere; a seat of each kind shows that pages stay as they are under it.
A_FEW_SEATS: tuple[Seat, ...] = (
    (Role.VILLAGE_HEAD, VILLAGE),
    (Role.COMMUNE_OFFICER, OWN),
    (Role.AUDITOR, "67"),
)
SEATS_TRIED = SEATS if connection.vendor == "sqlite" else A_FEW_SEATS
NOBODY: frozenset[str] = frozenset()
REVIEWER, HEAD = frozenset({"REVIEWER"}), frozenset({"VILLAGE_HEAD"})
SECRETARY = frozenset({"MEETING_SECRETARY"})
VILLAGE_PEOPLE = REVIEWER | HEAD | SECRETARY
OFFICER, COMMITTEE = frozenset({"COMMUNE_OFFICER"}), frozenset({"COMMUNE_COMMITTEE"})
CHAIR, SUPERIOR = frozenset({"COMMUNE_CHAIR"}), frozenset({"SUPERIOR_CHAIR"})
DEPARTMENT, MINISTRY = frozenset({"DEPARTMENT"}), frozenset({"MINISTRY"})
OVERSIGHT = frozenset({"AUDITOR", "FRONT", "INSPECTION"})
OFFICE = OFFICER | COMMITTEE | CHAIR
ABOVE = SUPERIOR | DEPARTMENT | MINISTRY | OVERSIGHT
READERS = VILLAGE_PEOPLE | OFFICE | ABOVE
EVERYONE = READERS | frozenset({"", "ONCE"})  # "": a stranger; ONCE: whose roles are all over
SIGNED_IN = READERS | frozenset({"ONCE"})

PAGES: dict[str, frozenset[str]] = {
    # the way in
    "sign-in": EVERYONE,
    "sign-out": EVERYONE,
    "set_language": EVERYONE,
    "account_login": EVERYONE,
    "office-sign-in": NOBODY,  # no office of this machine signs in elsewhere
    "office-callback": NOBODY,
    # what a paper's code says of the record: yes or no
    "check-seal": EVERYONE,
    "mfa_authenticate": EVERYONE,
    # one's own account
    **dict.fromkeys(
        (
            "account_reauthenticate",
            "new-password",
            "second-factor",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "my-sessions",
            "end-session",
            "unlock",
        ),
        SIGNED_IN,
    ),
    "pin": VILLAGE_PEOPLE,  # field sessions are longer, and locked by it
    # nobody here has any
    **dict.fromkeys(("mfa_view_recovery_codes", "new-recovery-codes", "remove-factor"), NOBODY),
    # one's own, and what everybody who works here must know
    "inbox": SIGNED_IN,
    "calendar": SIGNED_IN,
    "refusals": SIGNED_IN,
    "demo-clock": NOBODY,  # outside a demonstration
    "interests": READERS,
    # reading cases
    "rounds": READERS,
    "round": READERS,
    "village": READERS,
    "case": READERS,
    "terms": READERS,
    "term": READERS,
    "plan": READERS,
    "posting-sheet": READERS,
    **dict.fromkeys(
        (
            "receipt",
            "receipt-file",
            "case-readers",
            "case-certificate",
            "case-certificate-json",
            "case-certificate-pdf",
            "village-certificate",
            "village-certificate-json",
            "village-certificate-pdf",
        ),
        READERS,
    ),
    "open-round": CHAIR,
    "take-over": NOBODY,  # no unit here was followed by another
    # who works here
    "appointments": READERS,
    "offices": READERS,
    "office": OFFICE | ABOVE,
    # the commune's chair gives its own roles; the level above names chairs and overseers
    "appointment-new": CHAIR | SUPERIOR,
    "office-new": CHAIR | SUPERIOR,
    **dict.fromkeys(
        (
            "appointment-end",
            "appointment-delegate",
            "appointment-substitute",
            "office-member-new",
            "office-member-end",
        ),
        CHAIR,
    ),
    # the auditor's bench; the commune reads the findings, a village's own people none
    **dict.fromkeys(
        (
            "auditing",
            "audit-samples",
            "audit-sample",
            "audit-export",
            "audit-round",
            "audit-village",
            "audit-case",
            "audit-differences",
            "audit-interests",
            "conformance",
            "find-of-round",
            "find-of-village",
            "find-of-case",
        ),
        OVERSIGHT,
    ),
    "audit-findings": READERS,
    "audit-finding": OFFICE | ABOVE,
    # the officer's desk
    "interest-end": OFFICER,  # whose own interest it is
    "propose-correction": OFFICER,
    "imports": OFFICER,
    "import-upload": OFFICER,
    "import-file": OFFICER,
    "import-blank": OFFICER,
    "units": OFFICER,
    "reports": OFFICE | ABOVE,
    "report": OFFICE | ABOVE,
    "report-file": OFFICE | ABOVE,
    # the province's and the nation's own
    "local-standards": DEPARTMENT | MINISTRY,
    "local-standard-load": DEPARTMENT | MINISTRY,
    "local-standard": DEPARTMENT | MINISTRY,
    **dict.fromkeys(
        ("packs", "pack-load", "pack", "pack-file", "pack-changes", "pack-approve", "pack-reject"),
        MINISTRY,
    ),
    "calendar-edit": MINISTRY,
    "unverified": MINISTRY,
}
# Who may do an act where the round is one's own; everybody else who reads it is told 403 and who may.
ACTS: dict[str, frozenset[str]] = {
    "receive_request": OFFICER,
    "receive_exit_request": OFFICER,
    "receive_worker_request": OFFICER,
    "withdraw": OFFICER,
    "record_departure": OFFICER,
    "record_arrival": OFFICER,
    "build_list": COMMITTEE,
    "classify": COMMITTEE,
    "suspend_term": COMMITTEE,
    "resume_term": COMMITTEE,
    "screen": REVIEWER | OFFICER,
    "survey": REVIEWER | OFFICER,
    "determine_income": REVIEWER | OFFICER,
    "hold_meeting": HEAD | SECRETARY,
    "post_list": HEAD | COMMITTEE,
    "interrupt_posting": HEAD | COMMITTEE,
    "close_posting": HEAD | COMMITTEE,
    "repost": HEAD | COMMITTEE,
    "interrupt_reposting": HEAD | COMMITTEE,
    "close_reposting": HEAD | COMMITTEE,
    "complain": OFFICER | COMMITTEE,
    "accept_grievance": OFFICER | COMMITTEE,
    "reverify": COMMITTEE,
    "redetermine_income": COMMITTEE,
    "reexamine": COMMITTEE,
    "sign_report": CHAIR,
    "sign_monthly_report": CHAIR,
    "sign_decision": CHAIR,
    "issue_certificates": CHAIR,
    "refuse": CHAIR,
    "revoke_decision": CHAIR,
    "amend_decision": CHAIR,
    "correct_decision": CHAIR,
    "carry_over": CHAIR,
    "give_opinion": SUPERIOR,
    "hand_over": NOBODY,  # the chair of whatever commune followed; none did here
    "hand_over_village": COMMITTEE,
}
