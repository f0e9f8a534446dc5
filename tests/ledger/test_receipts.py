"""Who files something takes the record's head home, and anybody can ask if the record still has it."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from cases.ledger.entries import short_digest
from cases.models import Act, Case, Household, RecordedRefusal, Unit
from tests.conftest import Road
from tests.pages.test_act_pages import Desk
from workflow.acts.listing import receive_request
from workflow.ledger import anchors, receipts
from workflow.ledger.seal import BadSeal, Seal, qr_text, read_seal, seal_of
from workflow.pages import ledger as pages

Committing = Callable[[], AbstractContextManager[Any]]
COMPLAINT = {"complainant": "Lê Văn Tám", "content": "Nhà có hai xe máy"}


@pytest.fixture
def desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return pages over a posted list."""
    road.open().list().survey().classify().meet().post()
    cache.clear()
    return Desk(road, monkeypatch)


@pytest.fixture
def filed(desk: Desk, django_capture_on_commit_callbacks: Any) -> Case:
    """Return a case that somebody complained of, on its page."""
    case = desk.road.cases()[0]
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.send("minh", desk.case_url("complain", case), COMPLAINT).status_code == 302
    return case


def url_of(case: Case, page: str = "receipt", code: str = "complain") -> str:
    number = Act.objects.get(code=code).sequence
    kwargs = {"key": case.round.key, "code": case.code, "number": number}
    return reverse(page, kwargs=kwargs)


def shown(page: Any) -> str:
    return re.sub(r"<[^>]+>", " ", page.content.decode())


def test_the_receipt_names_the_act_the_head_and_nothing_of_the_matter(
    filed: Case, desk: Desk
) -> None:
    act = Act.objects.get(code="complain")

    words = shown(desk.open("minh", url_of(filed)))

    for told in (f"24646/{act.sequence}:", short_digest(bytes(act.tree)), filed.code, "Lê Văn Tám"):
        assert told in words
    for kept in ("xe máy", filed.household.head_name):
        assert kept not in words


def test_who_may_not_know_complainants_sees_no_name(filed: Case, desk: Desk) -> None:
    assert "Lê Văn Tám" not in shown(desk.open("hung", url_of(filed)))


def test_the_page_after_the_act_and_the_timeline_lead_to_the_receipt(
    desk: Desk, filed: Case
) -> None:
    client = desk.client("minh")
    case = desk.road.cases()[1]
    url = desk.case_url("complain", case)
    key = re.findall(r'name="key" value="([0-9a-f]+)"', client.get(url).content.decode())[0]
    after = client.post(url, {"key": key, "step": "do", **COMPLAINT}, follow=True)

    act = Act.objects.filter(code="complain").latest("sequence")
    link = reverse(
        "receipt", kwargs={"key": case.round.key, "code": case.code, "number": act.sequence}
    )
    # Once in the message, once in the timeline.
    assert after.content.decode().count(f'href="{link}"') == 2


def test_each_household_of_a_batch_has_its_own_receipt(
    desk: Desk, make_households: Callable[..., list[Household]]
) -> None:
    (late,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    receive_request(round=desk.road.round, household=late, form_number="7", **desk.road.who("minh"))
    case = desk.road.round.cases.get(household=late)

    assert desk.open("minh", url_of(case, code="receive_request")).status_code == 200


def test_other_acts_and_other_households_have_no_receipt(filed: Case, desk: Desk) -> None:
    other = desk.road.cases()[1]
    key, number = filed.round.key, Act.objects.get(code="complain").sequence
    for code, sequence in ((filed.code, number - 1), (other.code, number), (filed.code, 999)):
        kwargs = {"key": key, "code": code, "number": sequence}
        assert desk.open("minh", reverse("receipt", kwargs=kwargs)).status_code == 404


def test_the_pdf_is_one_small_sheet(filed: Case, desk: Desk) -> None:
    answer = desk.open("minh", url_of(filed, "receipt-file"))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", answer.content)) <= 1


def test_without_a_printer_the_page_says_so(
    filed: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*arguments: Any) -> bytes:
        raise pages.NoPrinter("libpango")

    monkeypatch.setattr(pages, "pdf_of", none)

    assert desk.open("minh", url_of(filed, "receipt-file")).status_code == 503


def test_the_receipts_file_holds_numbers_and_no_person(filed: Case) -> None:
    (line,) = receipts.book_of("24646").lines()
    act = Act.objects.get(code="complain")

    assert line == {
        "format": receipts.FORMAT,
        "commune": "24646",
        "number": 1,
        "sequence": act.sequence,
        "digest": short_digest(bytes(act.tree)),
    }


def test_a_receipt_left_out_is_written_by_the_next_sweep(
    desk: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    # Without the callbacks nothing is given out: the process was killed after its commit.
    for case in desk.road.cases()[:2]:
        desk.send("minh", desk.case_url("complain", case), COMPLAINT)
    anchors.sweep(desk.road.at)

    assert [line["number"] for line in receipts.book_of("24646").lines()] == [1, 2]


# The seal on papers


def test_a_seal_is_read_as_it_was_printed() -> None:
    seal = Seal("24646", 12, "ABCD-EFGH-IJKL-MNOP")

    for text in (str(seal), str(seal)[8:], "rasoat1: 24646/12 : abcd efgh ijkl mnop"):
        assert read_seal(text) == seal


@pytest.mark.parametrize(
    "text",
    ["", "24646", "24646/0:ABCD-EFGH-IJKL-MNOP", "24646/1:ABCD", "24646/1:0189-0189-0189-0189"],
)
def test_what_is_no_seal_is_not_read(text: str) -> None:
    with pytest.raises(BadSeal):
        read_seal(text)


def test_the_qr_code_carries_no_style_and_no_script(desk: Desk) -> None:
    act = Act.objects.select_related("commune").latest("sequence")
    drawn = Template("{% load ledger %}{% ledger_seal act %}").render(Context({"act": act}))

    assert "<svg" in drawn
    assert "style" not in drawn
    assert "script" not in drawn
    assert qr_text(act).startswith("RASOAT1:24646/")


def test_before_the_act_there_is_no_seal() -> None:
    assert Template("{% load ledger %}{% ledger_seal act %}").render(Context({})).strip() == ""


def test_the_posting_sheet_shows_the_head_of_its_posting(desk: Desk) -> None:
    kwargs = {"key": desk.road.round.key, "village": "24646.001"}
    posted = Act.objects.get(code="post_list")

    sheet = shown(desk.open("hung", reverse("posting-sheet", kwargs=kwargs)))

    assert short_digest(bytes(posted.tree)) in sheet


# The public check


def check(client: Client, code: str) -> Any:
    return client.get(reverse("check-seal"), {"code": code})


def test_anybody_may_ask_if_the_record_has_a_head(desk: Desk, client: Client) -> None:
    page = check(client, qr_text(Act.objects.latest("sequence")))

    assert (page.status_code, page.context["held"]) == (200, True)
    assert "Tân Lập" not in page.content.decode()
    assert not RecordedRefusal.objects.exists()


@pytest.mark.parametrize("change", ["digest", "sequence", "commune", "garbage"])
def test_a_forged_code_is_refused_and_recorded(desk: Desk, client: Client, change: str) -> None:
    seal = seal_of(Act.objects.latest("sequence"))
    forged = {
        "digest": Seal(seal.commune, seal.sequence, "AAAA-BBBB-CCCC-DDDD"),
        "sequence": Seal(seal.commune, seal.sequence - 1, seal.digest),
        "commune": Seal("24652", seal.sequence, seal.digest),
        "garbage": "<script>",
    }[change]

    page = check(client, str(forged))

    assert (page.status_code, page.context["held"]) == (404, False)
    code = "seal_unreadable" if change == "garbage" else "seal_forged"
    assert RecordedRefusal.objects.get().code == code


def test_after_many_codes_an_address_waits(desk: Desk, client: Client) -> None:
    answers = [check(client, "24646/1:AAAA-BBBB-CCCC-DDDD") for _try in range(pages.TRIES + 1)]

    assert [answers[-2].status_code, answers[-1].status_code] == [404, 429]
    assert RecordedRefusal.objects.count() == pages.TRIES
    other = client.get(
        reverse("check-seal"),
        {"code": qr_text(Act.objects.latest("sequence"))},
        REMOTE_ADDR="203.0.113.7",
    )
    assert other.status_code == 200


def test_the_empty_page_asks_for_a_code(client: Client, db: None) -> None:
    page = client.get(reverse("check-seal"))

    assert page.status_code == 200
    assert json.dumps(page.context["form"].errors) == "{}"
