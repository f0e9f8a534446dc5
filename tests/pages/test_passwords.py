"""Passwords: twelve characters, and none that everybody knows."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from cases.models import User
from deploy.passwords.build import lines
from tests.conftest import PASSWORD
from workflow.sign_in.passwords import LIST, is_known


def refusals(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(each.code) for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "matkhau12345",
        "Matkhau@2024",
        "Mật khẩu 2024!",
        "MẬTKHẨU-123456",
        "Mật khẩu 2024!".replace("ậ", "a\u0323\u0302"),  # as a Mac types it
        "Đắk Nông 2025",
        "thanhhoa2026",
        "anhyeuem123456",
        "1qaz2wsx3edc",
        "p-a-s-s-w-o-r-d",
        "demo-ra-soat-2024",
        "Chủ tịch UBND",
        "1234567890123",
    ],
)
def test_what_many_use_is_refused(password: str) -> None:
    assert "known_password" in refusals(password)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "bốn từ chẳng liên quan", "xe đạp nấu cơm biển", "ツァラトゥストラかく語りき"],
)
def test_a_few_words_that_have_nothing_to_do_with_each_other_are_taken(password: str) -> None:
    assert refusals(password) == set()


def test_eleven_characters_are_too_few() -> None:
    assert "password_too_short" in refusals("xe đạp biển")


def test_ones_own_name_is_no_password() -> None:
    hung = User(username="tranvanhung1972", full_name="Trần Văn Hùng")
    assert refusals("tranvanhung1972x", hung)


def test_the_list_in_the_product_is_what_its_sources_make() -> None:
    assert gzip.decompress(LIST.read_bytes()).decode().splitlines() == lines()


@pytest.mark.parametrize("name", ["list.txt", "list.txt.gz"])
def test_an_office_puts_its_own_list_in_its_place(settings: Any, tmp_path: Path, name: str) -> None:
    data = "Con bò vàng ăn cỏ\n".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    settings.KNOWN_PASSWORDS = path
    assert [is_known("con bò vàng ăn cỏ"), is_known("matkhau12345")] == [True, False]
