"""Every day one root over all communes' heads, in a file that others copy and an authority stamps."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.ledger.merkle import leaf_hash, node_hash
from cases.models import Act, DailyRoot, RecordedRefusal, TimeStamp, Unit
from tests.conftest import YEAR, Road, moment
from tests.ledger.authority import Authority
from workflow import clock
from workflow.acts.listing import open_round
from workflow.ledger import daily_root, minute, timestamps
from workflow.ledger.daily_root import NotInRoot, OtherRoot, file_of
from workflow.ledger.timestamps import HttpAuthority, NoToken

DAY = date(2024, 10, 1)


@pytest.fixture
def two_communes(road: Road, hoa_binh: Unit) -> Road:
    """Return the morning after two communes opened their rounds."""
    road.open().list()
    papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    open_round(commune=hoa_binh, **papers, **road.who("other_binh"))
    return road.pass_days(1)


@pytest.fixture
def given(two_communes: Road) -> DailyRoot:
    row = daily_root.give_out(DAY, two_communes.at)
    assert row is not None
    return row


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Authority]]:
    folder = tmp_path_factory.mktemp("authorities")
    both = {name: Authority(folder / name, name) for name in ("known", "strange")}
    yield both
    for each in both.values():
        each.close()


@pytest.fixture
def known(authorities: dict[str, Authority], settings: Any) -> Iterator[Authority]:
    authority = authorities["known"]
    settings.TSA_URL, settings.TSA_CA = authority.url, str(authority.ca)
    yield authority
    authority.answer_with = None


def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file_of(DAY).read_bytes())
    return found


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that an inclusion path leads to, as RFC 9162 (2.1.3.2) says it."""
    last = size - 1
    for beside in path:
        if index & 1 or index == last:
            leaf = node_hash(beside, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node_hash(leaf, beside)
        index, last = index >> 1, last >> 1
    return leaf


def test_the_root_is_over_the_last_heads_of_the_day(given: DailyRoot) -> None:
    heads = [(act.commune.code, act.sequence, bytes(act.tree).hex()) for act in last_acts()]
    leaves = [leaf_hash(f"{c}\n{s}\n{t}".encode()) for c, s, t in sorted(heads)]

    assert bytes(given.root) == node_hash(*leaves)
    assert base64.b64decode(told()["root"]) == bytes(given.root)
    assert [(h["commune"], h["sequence"]) for h in told()["heads"]] == [("24646", 2), ("24652", 1)]


def last_acts() -> list[Act]:
    newest = {act.commune_id: act for act in Act.objects.order_by("sequence")}
    return list(newest.values())


def test_what_is_done_the_next_day_is_not_in_it(two_communes: Road) -> None:
    two_communes.survey()

    daily_root.give_out(DAY, two_communes.at)

    assert [head["sequence"] for head in told()["heads"]] == [2, 1]


def test_each_communes_head_leads_to_the_root(given: DailyRoot) -> None:
    for commune in ("24646", "24652"):
        found = daily_root.path_of(DAY, commune)
        assert climb(found.head.leaf, found.index, found.size, found.path) == bytes(given.root)


def test_another_head_does_not_lead_there(given: DailyRoot) -> None:
    found = daily_root.path_of(DAY, "24646")
    forged = replace(found.head, sequence=found.head.sequence + 1)

    assert climb(forged.leaf, found.index, found.size, found.path) != bytes(given.root)


def test_a_commune_that_did_nothing_has_no_path(given: DailyRoot) -> None:
    with pytest.raises(NotInRoot):
        daily_root.path_of(DAY, "24699")
    with pytest.raises(NotInRoot):
        daily_root.path_of(DAY + timedelta(days=1), "24646")


def test_giving_it_out_again_changes_nothing(given: DailyRoot, two_communes: Road) -> None:
    content = file_of(DAY).read_bytes()

    assert daily_root.give_out(DAY, two_communes.at) == given
    assert file_of(DAY).read_bytes() == content
    assert DailyRoot.objects.count() == 1


def test_a_lost_file_is_written_again_byte_for_byte(given: DailyRoot, two_communes: Road) -> None:
    content = file_of(DAY).read_bytes()
    file_of(DAY).unlink()

    daily_root.give_out(DAY, two_communes.pass_days(3).at)

    assert file_of(DAY).read_bytes() == content


@pytest.mark.parametrize("content", [b"{}", b"not even JSON", b'{"heads": [], "root": ""}'])
def test_a_file_that_says_something_else_is_refused_and_recorded(
    given: DailyRoot, two_communes: Road, content: bytes
) -> None:
    file_of(DAY).write_bytes(content)

    with pytest.raises(OtherRoot):
        daily_root.give_out(DAY, two_communes.at)

    assert RecordedRefusal.objects.get().code == "daily_root_differs"
    assert file_of(DAY).read_bytes() == content


def test_a_days_root_waits_for_acts_that_began_before_midnight(two_communes: Road) -> None:
    midnight = moment("2024-10-02", hour=0)

    assert minute.give_out(midnight + timedelta(minutes=9)).roots == []
    assert minute.give_out(midnight + timedelta(minutes=10)).roots == ["2024-10-01"]


def test_the_minutes_work_makes_up_for_days_that_were_left_out(two_communes: Road) -> None:
    tick(two_communes)
    two_communes.pass_days(3)
    tick(two_communes)

    days = [row.day for row in DailyRoot.objects.order_by("day")]
    assert days == [DAY + timedelta(days=n) for n in range(4)]


def test_a_day_that_is_not_over_has_no_root(
    two_communes: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: two_communes.at)

    with pytest.raises(CommandError):
        call_command("daily_root", "--day", two_communes.at.date().isoformat())


def test_the_command_gives_out_the_root_and_a_path(
    two_communes: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: two_communes.at)
    out, path = StringIO(), StringIO()

    call_command("daily_root", "--format", "json", stdout=out)
    call_command("daily_root", "--commune", "24646", stdout=path)

    assert list(json.loads(out.getvalue())["roots"]) == [DAY.isoformat()]
    assert json.loads(path.getvalue())["size"] == 2


# Time-stamps


def test_without_an_authority_nothing_is_asked_for(given: DailyRoot, two_communes: Road) -> None:
    assert timestamps.stamp_due(two_communes.at) == {}
    assert not TimeStamp.objects.exists()


def test_a_token_is_kept_and_openssl_agrees(
    given: DailyRoot, two_communes: Road, known: Authority
) -> None:
    assert timestamps.stamp_due(two_communes.at) == {}

    row = TimeStamp.objects.get()
    assert (row.daily_root, row.authority) == (given, known.url)
    assert file_of(DAY, "tsr").read_bytes() == bytes(row.token)
    assert known.verifies(file_of(DAY), file_of(DAY, "tsr"))


def test_openssl_disagrees_over_a_changed_file(
    given: DailyRoot, two_communes: Road, known: Authority, tmp_path: Path
) -> None:
    timestamps.stamp_due(two_communes.at)
    changed = tmp_path / "changed.json"
    changed.write_bytes(file_of(DAY).read_bytes().replace(b"24646", b"24647"))

    assert not known.verifies(changed, file_of(DAY, "tsr"))


def test_a_stamped_day_is_not_asked_for_again(
    given: DailyRoot, two_communes: Road, known: Authority
) -> None:
    for _time in range(2):
        timestamps.stamp_due(two_communes.at)

    assert TimeStamp.objects.count() == 1


def strange_token(known: Authority, strange: Authority) -> str:
    """Answer with a token that a stranger gave over the very same request."""
    known.reply = strange.reply  # type: ignore[method-assign]
    return "token_of_unknown_authority"


def token_of_other_content(known: Authority, strange: Authority) -> str:
    asked = timestamps.TimestampRequestBuilder().data(b"something else").build()
    known.answer_with = known.reply(asked.as_bytes())
    return "token_of_another_imprint"


def damaged_token(known: Authority, strange: Authority) -> str:
    known.answer_with = b"\x30\x82\x00\x01not a token"
    return "token_damaged"


def nothing_at_all(known: Authority, strange: Authority) -> str:
    known.answer_with = b""
    return "token_damaged"


@pytest.mark.parametrize(
    "plant", [strange_token, token_of_other_content, damaged_token, nothing_at_all]
)
def test_a_token_that_does_not_hold_is_refused_and_recorded(
    given: DailyRoot,
    two_communes: Road,
    known: Authority,
    authorities: dict[str, Authority],
    plant: Any,
) -> None:
    code = plant(known, authorities["strange"])
    try:
        failed = timestamps.stamp_due(two_communes.at)
    finally:
        known.__dict__.pop("reply", None)

    assert failed == {DAY.isoformat(): code}
    assert RecordedRefusal.objects.get().code == code
    assert not TimeStamp.objects.exists()
    assert not file_of(DAY, "tsr").exists()


def test_one_changed_byte_of_a_signature_is_seen(
    given: DailyRoot, known: Authority, authorities: dict[str, Authority]
) -> None:
    content = file_of(DAY).read_bytes()
    roots = timestamps.x509.load_pem_x509_certificates(known.ca.read_bytes())
    token = HttpAuthority(known.url, roots).stamp(content)
    changed = token.answer[:-5] + bytes([token.answer[-5] ^ 1]) + token.answer[-4:]

    with pytest.raises(NoToken):
        timestamps.check(changed, content, roots)
    assert timestamps.check(token.answer, content, roots).stamped_at == token.stamped_at


def test_an_authority_that_cannot_be_reached_is_asked_again_after_a_while(
    given: DailyRoot, two_communes: Road, known: Authority, settings: Any
) -> None:
    settings.TSA_URL = "http://127.0.0.1:1/tsa"
    failed = [timestamps.stamp_due(two_communes.at) for _time in range(2)]
    settings.TSA_URL = known.url
    later = two_communes.at + timestamps.WAIT

    assert failed == [{DAY.isoformat(): "tsa_unreachable"}, {}]
    assert timestamps.failure_of(DAY) is not None
    assert timestamps.stamp_due(later) == {}
    assert TimeStamp.objects.count() == 1
    assert timestamps.failure_of(DAY) is None


def test_without_its_certificates_an_authority_is_not_believed(
    given: DailyRoot, two_communes: Road, known: Authority, settings: Any
) -> None:
    settings.TSA_CA = ""

    assert timestamps.stamp_due(two_communes.at) == {DAY.isoformat(): "token_of_unknown_authority"}


def test_no_token_is_no_reason_to_fail(two_communes: Road, known: Authority, settings: Any) -> None:
    settings.TSA_URL = "http://127.0.0.1:1/tsa"

    assert tick(two_communes)["ledger"]["no_token"] == {DAY.isoformat(): "tsa_unreachable"}


def tick(road: Road) -> Any:
    out = StringIO()
    call_command("tick", "--at", road.at.isoformat(), "--format", "json", stdout=out)
    return json.loads(out.getvalue())
