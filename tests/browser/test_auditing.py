"""The auditor's bench in a browser: every room, wide and narrow, and a finding on its way."""

from collections.abc import Callable

from cases.models import Finding, Sample
from tests.browser.visitor import PHONE, Visitor

Visit = Callable[..., Visitor]
BENCH, DONE, OPEN = "/ban-kiem-tra/", "2024-24652", "2024-24646"
ROOMS = {
    "auditing": "",
    "auditing-cases": "?what=cases&state=certified",
    "auditing-acts": "?what=acts&act=hold_meeting",
    "auditing-conformance": "doi-chieu/?unit=662&year=2024",
    "auditing-round": f"dot/{DONE}/doi-chieu/",
    "auditing-differences": f"dot/{DONE}/khac-nhau/",
    "auditing-case": f"dot/{OPEN}/ho/24646-00001/?day=20/10/2024",
    "auditing-village": f"dot/{DONE}/thon/24652.001/?day=05/10/2024",
    "auditing-samples": "mau/",
    "auditing-findings": "phat-hien/",
    "auditing-interests": "lien-quan/",
    "auditing-export": "tep/",
}


def test_every_room_of_the_bench_can_be_read(visit: Visit) -> None:
    auditor = visit("giamsat")
    for name, path in ROOMS.items():
        auditor.open(BENCH + path)
        auditor.look(name)


def test_a_question_that_makes_no_sense_is_said_on_the_page(visit: Visit) -> None:
    auditor = visit("giamsat")
    auditor.open(f"{BENCH}?unit=99999", status=422)
    auditor.look("auditing-no-unit")


def test_a_sample_is_drawn_and_drawn_again(visit: Visit) -> None:
    auditor = visit("giamsat")
    auditor.open(f"{BENCH}mau/")
    auditor.fill(unit="662", year="2024", seed="Xổ số 25/10/2024: 1", size="5")
    auditor.send()
    auditor.press("main form button[type=submit]")

    assert auditor.page.locator(".notice-success").is_visible()
    auditor.look("auditing-sample")
    assert Sample.objects.latest("pk").items.count() == 5


def test_a_finding_is_answered_by_the_commune_and_concluded(visit: Visit) -> None:
    auditor = visit("giamsat")
    auditor.open(f"{BENCH}dot/2024-24640/phat-hien/")
    auditor.fill(text="Bao giờ họp dân?")
    auditor.send()
    number = Finding.objects.latest("pk").pk
    officer = visit("canbo.24640", PHONE)
    officer.open("/")
    officer.press('main .tasks a[href*="phat-hien"]')
    officer.press(f'main a[href$="/phat-hien/{number}/"]')
    officer.fill(text="Ngày 28/10")
    officer.press('main button[name="say"][value="answer"]')
    officer.look("auditing-finding-answered")

    auditor.open(f"{BENCH}phat-hien/{number}/")
    auditor.fill(text="Đã rõ")
    auditor.press('main button[name="say"][value="close"]')
    assert Finding.objects.with_status().get(pk=number).status == "CLOSED"
    auditor.look("auditing-finding")
