"""docs/law.md as text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cases.rules.packs import SHIPPED
from workflow.invariants import INVARIANTS, Invariant, checks_of
from workflow.law.proofs import Proof, proofs, proving
from workflow.law.rows import Resting, by_article, resting, split

KINDS = {
    "review": "review",
    "superior": "superior level",
    "period": "time of year",
    "consent": "threshold",
    "states": "state",
    "acts": "act",
    "guards": "guard",
    "conditions": "condition",
    "refusals": "refusal",
    "terms": "time limit",
    "forms": "form",
    "holders": "duty",
}
HEAD = """# The law, and what holds it

Written by `manage.py write_law` from the procedure packs, the invariants and the tests; a test fails when this page is not
what that command writes. Nothing here is typed by hand, so a change of the law is a change of a pack.

- A mark says how sure we are of an article: [S] seen in a source, [K] remembered, **[?] not verified**. The ministry's
  officers find at `/chua-kiem-chung/` what is marked [?] in what rules today.
- *Enforced by*: what refuses the breach. A guard is part of the one UPDATE of an act, a condition is asked of the act as a
  whole, a trigger is the database's own. *Audited by*: the [invariants](invariants.md) that `manage.py check_procedure`
  tells again from the records.
- *Proven by*: the tests that name the code, those that speak of least else first; "…": there are more.
- *In*: the packs; `*cap` stands for both tiers of government.
"""


def page() -> str:
    """Return docs/law.md."""
    rows = resting(SHIPPED)
    return "\n".join(_lines(rows, proofs())) + "\n"


def _lines(rows: list[Resting], tests: list[Proof]) -> Iterator[str]:
    yield HEAD
    yield "## Not verified"
    yield ""
    yield "| article | what rests on it | in |"
    yield "|---|---|---|"
    for row in rows:
        if row.cited.source.mark == "?":
            yield f"| **[?]** {row.cited.source.article} | {_what(row)} | {_packs(row)} |"
    told: set[str] = set()
    for instrument, articles in by_article(rows).items():
        yield f"\n## {instrument}"
        for article, resting_on in articles.items():
            yield f"\n### {article or instrument}\n"
            audited = [each for each in INVARIANTS if split(each.article) == (instrument, article)]
            told |= {each.code for each in audited}
            yield from _invariants(audited, tests)
            yield from _table(resting_on, tests)
    others = [each for each in INVARIANTS if each.code not in told]
    if others:
        yield "\n## Invariants under other articles\n"
        yield from _invariants(others, tests)


def _invariants(invariants: Sequence[Invariant], tests: list[Proof]) -> Iterator[str]:
    for each in invariants:
        checks = ", ".join(f"`{check}`" for check in checks_of(each.code)) or "nothing yet"
        enforced = ", ".join(f"{by} `{what}`" for by, what in each.enforced)
        proven = _proven(proving([each.code], tests, in_words=False))
        mark = _mark(each.mark)
        not_yet = f" Not in this version: {each.not_yet}" if each.not_yet else ""
        yield (
            f"- **{each.code}** {mark} {each.title} ({each.article}) Enforced by {enforced}; "
            f"checked by {checks}; proven by {proven}.{not_yet}"
        )
    if invariants:
        yield ""


def _table(rows: list[Resting], tests: list[Proof]) -> Iterator[str]:
    yield "| what rests on it | mark | enforced by | audited by | proven by | in |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        in_words = row.cited.kind in ("acts", "guards", "conditions")
        cells = (
            _what(row),
            _mark(row.cited.source.mark),
            "; ".join(row.enforced),
            ", ".join(row.invariants),
            _proven(proving(row.names, tests, in_words=in_words)),
            _packs(row),
        )
        yield f"| {' | '.join(cells)} |"


def _what(row: Resting) -> str:
    cited = row.cited
    code = f" `{cited.code}`" if cited.code else ""
    title = f": {cited.title}" if cited.title else ""
    return f"{KINDS[cited.kind]}{code}{title}"


def _mark(mark: str) -> str:
    return "**[?]**" if mark == "?" else f"[{mark}]"


def _proven(names: list[str]) -> str:
    if not names:
        return "**nothing**"
    return ", ".join(name if name == "…" else f"`{name}`" for name in names)


def _packs(row: Resting) -> str:
    """Return the packs shortly: all, or with both tiers of government as one."""
    codes = [pack.code for pack in row.packs]
    if len(codes) == len(SHIPPED):
        return "all"
    tiers = Counter(_both(code) for code in codes)
    named = [_both(code) if tiers[_both(code)] == 2 else code for code in codes]
    return ", ".join(f"`{code}`" for code in dict.fromkeys(named))


def _both(code: str) -> str:
    return re.sub("[23]cap", "*cap", code)
