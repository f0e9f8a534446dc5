"""manage.py import_households and import_surveys."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import Household, Round, User
from tests.imports.conftest import HOUSEHOLDS, row_counts
from tests.sheets.books import household, household_book, survey, survey_book

WHEN = ("--by", "minh", "--at", "2024-09-05T09:00")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ho.xlsx"


def run(command: str, *args: Any) -> str:
    out = io.StringIO()
    call_command(command, *map(str, args), stdout=out)
    return out.getvalue()


def run_refused(command: str, *args: Any) -> tuple[str, str]:
    """Return what was printed and the last sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command(command, *map(str, args), stdout=out)
    return out.getvalue(), str(refused.value)


def test_a_list_is_taken_and_the_second_time_is_known(officer: User, file: Path) -> None:
    file.write_bytes(household_book([household(1), household(2)]))

    assert "Đã nhận: 2 hộ mới" in run("import_households", file, *WHEN)
    before = row_counts()
    assert "đã nhận trước đó" in run("import_households", file, *WHEN)
    assert row_counts() == before


def test_a_dry_run_writes_nothing(officer: User, rounds: list[Round]) -> None:
    before = row_counts()
    printed = run("import_households", HOUSEHOLDS, *WHEN, "--dry-run")

    assert "Đọc thử, chưa ghi gì: 614 hộ mới" in printed
    assert row_counts() == before


def test_a_bad_row_is_told_with_place_value_and_remedy(officer: User, file: Path) -> None:
    file.write_bytes(household_book([household(1), household(2, ma_xa="99999")]))
    printed, last = run_refused("import_households", file, *WHEN)

    assert "Trang tính Ho, dòng 3, cột ma_xa (A), giá trị “99999”: " in printed
    assert "hãy sửa mã xã theo danh mục đơn vị hành chính." in printed
    assert "không nhận dòng nào" in last
    assert not Household.objects.exists()
    printed = run("import_households", file, *WHEN, "--good-rows")
    assert "Bỏ lại 1 dòng có lỗi." in printed
    assert "dòng 3" in printed
    assert Household.objects.count() == 1


def test_the_first_fifty_faults_are_printed_and_the_rest_counted(officer: User, file: Path) -> None:
    rows = [household(number, khu_vuc="ngoại ô") for number in range(1, 61)]
    file.write_bytes(household_book(rows))
    printed, _last = run_refused("import_households", file, *WHEN)

    assert printed.count("Trang tính Ho") == 50
    assert "… và 10 chỗ nữa." in printed


def test_json_says_the_same(officer: User, file: Path) -> None:
    file.write_bytes(household_book([household(1), household(2, ma_xa="99999")]))
    printed, _last = run_refused("import_households", file, *WHEN, "--format", "json")
    told = json.loads(printed)

    assert (told["taken"], told["error_count"], told["good_rows"]) == (False, 1, 1)
    assert told["errors"][0]["code"] == "UNKNOWN_COMMUNE"
    printed = run("import_households", file, *WHEN, "--format", "json", "--good-rows")
    told = json.loads(printed)
    assert told["taken"]
    assert told["tallies"][0]["households"] == 1


def test_what_is_no_workbook_is_told_in_one_sentence(officer: User, file: Path) -> None:
    before = row_counts()
    _printed, last = run_refused("import_households", file, *WHEN)
    assert "Không mở được tệp “ho.xlsx”" in last
    file.write_bytes(b"ma_ho,ten\n1,2\n")
    _printed, last = run_refused("import_surveys", file, *WHEN)
    assert "không phải là bảng tính" in last
    file.write_bytes(b"PK\x03\x04" + b"0" * (40 * 1024 * 1024))
    printed, last = run_refused("import_households", file, *WHEN, "--format", "json")
    assert "lớn hơn 5 MB" in last
    assert json.loads(printed) == {"taken": False, "sentence": last}
    assert row_counts() == before


def test_forms_need_a_list(officer: User, file: Path) -> None:
    file.write_bytes(survey_book([survey(1)]))
    printed, _last = run_refused("import_surveys", file, *WHEN, "--year", 2024)

    assert "đợt rà soát năm 2024" in printed


def test_an_unknown_person_or_moment_is_told(officer: User, file: Path) -> None:
    file.write_bytes(household_book([household(1)]))
    _printed, last = run_refused("import_households", file, "--by", "ai")
    assert "Không có người dùng “ai”" in last
    _printed, last = run_refused("import_households", file, "--by", "minh", "--at", "hôm qua")
    assert "không phải ngày giờ" in last
