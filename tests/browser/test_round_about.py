"""Beside the walk: doors that stay shut, second clicks, languages, workbooks, and the other pages."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import expect

from cases.models import Act, Case, Survey
from tests.browser.visitor import PHONE, SCREENSHOTS, Visitor

Visit = Callable[..., Visitor]
ROUND, VILLAGE = "2024-24640", "24640.002"
HOUSEHOLD = f"/dot/{ROUND}/ho/24640-00148/"
OTHER_COMMUNE = "/dot/2024-24646/"


def test_a_page_with_faults_does_not_pass(visit: Visit) -> None:
    somebody = visit()
    somebody.page.goto("about:blank")  # of our own pages the policy would stop them
    somebody.page.set_content(
        """<html><body><p style="width: 100rem"><img src="data:,"></p>
        <script src="http://localhost:9/x.js"></script><script>throw new Error("no")</script>"""
    )
    somebody.look("page-with-faults")
    found = " ".join(somebody.faults)
    for fault in ("wider than 360 px", "image-alt", "html-has-lang", "asked elsewhere", "script:"):
        assert fault in found
    somebody.faults.clear()


def test_a_wrong_password_is_told_and_opens_nothing(visit: Visit) -> None:
    somebody = visit()
    somebody.sign_in("canbo.24640", "sai-mat-khau")
    assert somebody.page.locator(".error-summary").is_visible()
    somebody.look("sign-in-wrong-password")

    somebody.open("/dot/")
    assert somebody.page.url.endswith("/dang-nhap/?next=/dot/")


def test_whoever_signs_out_is_out(visit: Visit) -> None:
    reviewer = visit(f"rsv.{VILLAGE}", PHONE)
    reviewer.page.locator(".navbar-toggler").click()
    expect(reviewer.page.locator("#site-menu")).to_have_class("navbar-collapse collapse show")
    reviewer.page.screenshot(path=screenshot("menu-open-360"))
    reviewer.press('form[action="/dang-xuat/"] button')

    reviewer.open(HOUSEHOLD)
    assert "/dang-nhap/" in reviewer.page.url


def test_the_language_switches_on_the_same_page_and_stays(visit: Visit) -> None:
    officer = visit("canbo.24640")
    officer.open(f"/dot/{ROUND}/")
    vietnamese = titles(officer)
    officer.press("header button[name=language][value=en]")
    assert not vietnamese & titles(officer)
    assert officer.page.url.endswith(f"/dot/{ROUND}/")
    officer.look("english-board")
    for name, path in (("inbox", "/"), ("case", HOUSEHOLD), ("reports", "/bao-cao/")):
        officer.open(path)
        assert officer.page.locator("html").get_attribute("lang") == "en"
        officer.look(f"english-{name}")
    officer.press("header button[name=language][value=vi]")
    assert officer.page.locator("html").get_attribute("lang") == "vi"


def test_a_person_without_the_duty_is_told_so_plainly(visit: Visit) -> None:
    officer = visit("canbo.24640")
    for act in (f"{HOUSEHOLD}viec/reverify/", f"/dot/{ROUND}/viec/sign_decision/"):
        officer.open(act, status=403)
        assert officer.codes() == ["no_duty"]
        assert officer.page.locator("main form").count() == 0
    officer.look("refusal-no-duty")


def test_a_room_that_is_not_ones_own_is_not_there(visit: Visit) -> None:
    reviewer = visit(f"rsv.{VILLAGE}", PHONE)
    hrefs = [each.get_attribute("href") for each in reviewer.page.locator("header a").all()]
    assert "/nhap-lieu/" not in hrefs
    for path in ("/nhap-lieu/", "/don-vi/", "/mo-dot/", f"/dot/{ROUND}/thon/24640.001/"):
        reviewer.open(path, status=404)
    reviewer.look("refusal-not-there")


def test_another_communes_addresses_lead_nowhere(visit: Visit) -> None:
    officer = visit("canbo.24640")
    for path in (
        OTHER_COMMUNE,
        f"{OTHER_COMMUNE}thon/24646.001/",
        f"{OTHER_COMMUNE}ho/24646-00001/",
        f"{OTHER_COMMUNE}ho/24646-00001/viec/complain/",
        f"{OTHER_COMMUNE}thon/24646.001/niem-yet/",
    ):
        officer.open(path, status=404)
        assert "24646" not in officer.text()
    officer.look("refusal-404")


def test_a_double_click_does_an_act_once(visit: Visit) -> None:
    reviewer = visit(f"rsv.{VILLAGE}")
    reviewer.open(f"{HOUSEHOLD}viec/survey/")
    reviewer.fill(income_score=135, deprived=[1, 9, 10, 12])
    with reviewer.page.expect_navigation():
        reviewer.page.locator("main .form-actions button[type=submit]").dblclick()
    reviewer.page.wait_for_load_state()

    assert case().state == "surveyed"
    assert surveys_by_hand() == 1


def test_a_form_sent_again_after_back_does_an_act_once(visit: Visit) -> None:
    reviewer = visit(f"rsv.{VILLAGE}")
    reviewer.open(f"{HOUSEHOLD}viec/survey/")
    reviewer.fill(income_score=135, deprived=[1, 9, 10, 12])
    key = reviewer.page.locator("main [name=key]").input_value()
    reviewer.send()
    reviewer.page.go_back()
    reviewer.page.locator("main [name=key]").evaluate("(each, key) => { each.value = key }", key)
    reviewer.fill(income_score=135, deprived=[1, 9, 10, 12])
    reviewer.send()

    assert reviewer.page.url.endswith(HOUSEHOLD)
    assert surveys_by_hand() == 1
    assert Survey.objects.filter(case=case()).count() == 1


def test_a_workbook_with_one_bad_cell_is_told_and_nothing_is_taken(
    visit: Visit, tmp_path: Path
) -> None:
    officer = visit("canbo.24640")
    officer.press('header a[href="/nhap-lieu/"]')
    officer.look("imports")
    with officer.page.expect_download() as download:
        officer.page.locator('a[href$="/phieu-ra-soat/mau.xlsx"]').click()
    blank = tmp_path / "mau.xlsx"
    download.value.save_as(blank)
    acts = Act.objects.count()

    upload(officer, filled(blank, tmp_path / "mot-o-sai.xlsx", "có"))
    faults = officer.page.locator("section[aria-labelledby=faults-errors] tbody tr")
    assert faults.count() == 1
    assert "có" in faults.first.inner_text()
    officer.look("import-one-bad-cell")
    assert not officer.page.locator("[name=take][value=whole]").count()
    assert (case().state, Act.objects.count()) == ("listed", acts)

    officer.press('header a[href="/nhap-lieu/"]')
    upload(officer, filled(blank, tmp_path / "da-sua.xlsx", "x"))
    officer.look("import-whole-file")
    officer.page.locator("main button[type=submit]").click()
    officer.page.wait_for_url("**/nhap-lieu/")
    expect(officer.page.locator(".messages .notice-success")).to_be_visible()
    officer.look("import-taken")
    assert case().state == "surveyed"


def test_every_other_page_keeps_the_same_promises(visit: Visit) -> None:
    officer = visit("canbo.24640")
    for name, path in (
        ("villages", "/don-vi/"),
        ("request-form", f"/dot/{ROUND}/viec/receive_request/"),
        ("departure-form", f"{HOUSEHOLD}viec/record_departure/"),
        ("screen-form", f"{HOUSEHOLD}viec/screen/"),
        ("report-3", "/bao-cao/3/?unit=24640&year=2024"),
    ):
        officer.open(path)
        officer.look(f"page-{name}")

    committee = visit("bcd.24640")
    committee.open(f"/dot/{ROUND}/viec/build_list/")
    committee.look("page-build-list")

    auditor = visit("giamsat")
    for name, path in (
        ("rounds-of-a-district", "/dot/"),
        ("board-posting", OTHER_COMMUNE),
        ("village-posting", f"{OTHER_COMMUNE}thon/24646.003/"),
        ("case-contested", f"{OTHER_COMMUNE}ho/24646-00001/"),
        ("board-finished", "/dot/2024-24652/"),
        ("village-finished", "/dot/2024-24652/thon/24652.001/"),
        ("posting-sheet", f"{OTHER_COMMUNE}thon/24646.001/niem-yet/"),
    ):
        auditor.open(path)
        auditor.look(f"page-{name}")
    auditor.press('header a[href="/bao-cao/"]')
    auditor.press('main a[href*="/bao-cao/4/"]')
    auditor.look("page-report-4")

    chair = visit("chutich.24646")
    chair.open(OTHER_COMMUNE)
    chair.look("page-board-of-a-chair")
    chair.open("/mo-dot/")
    chair.look("page-open-round")


def titles(person: Visitor) -> set[str]:
    """Return the words of the menu and of the headings."""
    return set(person.page.locator("header .nav-link, main h2").all_inner_texts())


def screenshot(name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"{name}.png"


def case() -> Case:
    return Case.objects.get(code="24640-00148")


def surveys_by_hand() -> int:
    return Act.objects.filter(code="survey", events__case=case()).count()


def upload(officer: Visitor, workbook: Path) -> None:
    form = officer.page.locator('form[action="/nhap-lieu/phieu-ra-soat/"]')
    form.locator("input[type=file]").set_input_files(workbook)
    form.locator("button[type=submit]").click()
    officer.page.wait_for_url("**/nhap-lieu/phieu-ra-soat/*/")
    expect(officer.page.locator("main h1")).to_contain_text(workbook.name)


def filled(blank: Path, target: Path, mark: Any) -> Path:
    """Fill the blank with the two households; `mark` stands in the first box of the first."""
    workbook = load_workbook(blank)
    sheet = workbook.worksheets[0]
    day, reviewer = date(2024, 10, 24), "Rà soát viên Tổ dân phố 2"
    sheet.append(["24640-00148", day, reviewer, None, 135, mark])
    sheet.append(["24640-00160", day, reviewer, None, 150, "x"])
    workbook.save(target)
    return target
