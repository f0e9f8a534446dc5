"""A certificate on paper: what it says, in which letters, and what it must not say."""

import builtins
from collections.abc import Callable
from typing import Any

import pytest

from cases.models import Case, Household, Member, Unit
from tests.certificate.pdf_text import fonts_of, pages_of
from tests.conftest import Road
from tests.lent import lent
from workflow.ledger.certificate import household_certificate, village_certificate
from workflow.ledger.certificate_paper import NoPrinter, certificate_pdf

NUMBER = "066190012345"


@lent
def walked(road: Road) -> Road:
    Member.objects.filter(household__code="24646-00001").update(personal_number=NUMBER)
    road.open().list().survey().classify().meet().post().pass_days(7)
    return road.close().report().consent().decide().certify()


def case_of(road: Road, code: str = "24646-00001") -> Case:
    return Case.objects.select_related("round__commune", "household").get(code=code)


def test_a_households_paper_is_one_page_that_names_each_step_in_vietnamese(walked: Road) -> None:
    made = household_certificate(case_of(walked), at=walked.at)

    pdf = certificate_pdf(made)

    (page,) = pages_of(pdf)
    assert fonts_of(pdf) == {"Tinos"}
    assert "CHỨNG NHẬN QUY TRÌNH" in page and "18/18 bước đạt" in page
    assert "Nguyễn Văn Số 1" in page and "Đặng Thị Quyên" in page
    for step in made.steps:
        assert step.title.split()[0] in page
    assert "Điều 4 khoản 6" in page and "1/1" in page


def test_no_personal_number_is_on_a_paper(walked: Road) -> None:
    for made in (
        household_certificate(case_of(walked), at=walked.at),
        village_certificate(walked.reviews[0], at=walked.at),
    ):
        text = " ".join(pages_of(certificate_pdf(made)))
        assert "24646-00001" in text and NUMBER not in text and NUMBER[-6:] not in text


def test_a_villages_paper_names_no_head_of_household(walked: Road) -> None:
    made = village_certificate(walked.reviews[0], at=walked.at)

    text = " ".join(pages_of(certificate_pdf(made)))

    assert "24646-00005" in text and "Nguyễn Văn Số" not in text


def test_a_village_of_many_households_runs_over_numbered_pages(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 150)
    road.open().list()

    pages = pages_of(certificate_pdf(village_certificate(road.reviews[0], at=road.at)))

    assert len(pages) > 2
    assert all(f"{n}/{len(pages)}" in page for n, page in enumerate(pages, 1))
    assert all("Mã hộ" in page for page in pages)  # the heading of the table comes again


def test_a_paper_bears_the_seal_of_a_head_that_covers_all_its_acts(walked: Road) -> None:
    made = household_certificate(case_of(walked), at=walked.at)

    (page,) = pages_of(certificate_pdf(made))

    assert made.head is not None
    assert made.head.sequence >= max(step.sequence or 0 for step in made.steps)
    assert f"24646/{made.head.sequence}:" in page.replace(" ", "")


def test_without_pango_it_says_what_to_install(
    walked: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_pango(monkeypatch)

    with pytest.raises(NoPrinter) as said:
        certificate_pdf(household_certificate(case_of(walked), at=walked.at))

    assert "libpango" in str(said.value)


def forget_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library that draws pages fail as it does where the system's libraries are missing."""
    load = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
