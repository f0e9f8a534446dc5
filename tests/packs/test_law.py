"""docs/law.md: told from packs, invariants and tests, and never an old one."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.rules.packs import SHIPPED
from cases.rules.packs.citations import citations
from workflow.law import page
from workflow.law.proofs import proofs, proving
from workflow.law.rows import by_article, resting, split
from workflow.management.commands import write_law


@pytest.fixture(scope="module")
def text() -> str:
    return page()


def test_the_page_is_what_the_command_writes() -> None:
    call_command("write_law", check=True)


def test_an_old_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_law, "PAGE", tmp_path / "law.md")
    with pytest.raises(CommandError):
        call_command("write_law", check=True)

    call_command("write_law")
    call_command("write_law", check=True)

    write_law.PAGE.write_text("# Luật", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("write_law", check=True)


def test_every_article_of_every_pack_is_there(text: str) -> None:
    headings = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    for pack in SHIPPED:
        for cited in citations(pack):
            instrument, article = split(cited.source.article)
            assert f"\n## {instrument}\n" in text
            assert (article or instrument) in headings


def test_everything_unsure_stands_out(text: str) -> None:
    unsure = [row for row in resting(SHIPPED) if row.cited.source.mark == "?"]
    top, _heading, rest = text.partition("\n## QĐ")
    assert top.count("| **[?]** ") == len(unsure) > 0
    assert rest.count("| **[?]** |") == len(unsure)


def test_everything_that_rests_on_an_article_is_enforced_and_proven(text: str) -> None:
    rows = resting(SHIPPED)
    assert [row.cited for row in rows if not row.enforced] == []
    assert "**nothing**" not in text


def test_no_row_is_told_twice() -> None:
    rows = [
        row
        for articles in by_article(resting(SHIPPED)).values()
        for article in articles.values()
        for row in article
    ]
    assert len({row.cited for row in rows}) == len(rows) == len(resting(SHIPPED))


@pytest.mark.parametrize(
    ("article", "parts"),
    [
        ("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 3", ("QĐ 24/2021/QĐ-TTg", "Điều 4 khoản 3")),
        ("Luật Khiếu nại (thời hiệu 90 ngày)", ("Luật Khiếu nại", "thời hiệu 90 ngày")),
        ("Luật Khiếu nại; quy định chung", ("Luật Khiếu nại", "quy định chung")),
        ("Văn bản sắp xếp", ("Văn bản sắp xếp", "")),
    ],
)
def test_an_article_is_split_into_instrument_and_place(
    article: str, parts: tuple[str, str]
) -> None:
    assert split(article) == parts


def test_tests_are_found_by_the_codes_they_speak_of(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "acts"
    folder.mkdir(parents=True)
    (folder / "test_one.py").write_text(
        "TABLE = ['enough_agree']\n"
        "def test_short():\n    assert 'enough_agree'\n"
        "def test_long():\n    assert ('enough_agree', 'and', 'more')\n"
        "def test_act():\n    hold_meeting()\n"
        "def test_other():\n    new = 'x'\n"
    )
    (folder / "helper.py").write_text("CODE = 'enough_agree'\n")
    (folder / "conftest.py").write_text("CODE = 'enough_agree'\n")
    found = proofs(tmp_path)

    assert proving(["enough_agree"], found, in_words=False) == [
        "tests/acts/test_one.py::test_short",
        "tests/acts/test_one.py::test_long",
        "tests/acts/test_one.py",
    ]
    assert proving(["hold_meeting"], found, in_words=True) == ["tests/acts/test_one.py::test_act"]
    assert proving(["hold_meeting"], found, in_words=False) == []
    assert proving(["new"], found, in_words=False) == []


def test_only_the_first_few_tests_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_many.py").write_text(
        "".join(f"def test_{n}():\n    assert 'refuse'\n" for n in range(5))
    )

    assert proving(["refuse"], proofs(tmp_path), in_words=False)[-1] == "…"
