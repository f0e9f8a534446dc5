"""The interface is whole in two languages: Vietnamese in the sources, English in the catalogue."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from unicodedata import normalize

import polib
import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation.template import templatize

from cases.models import Act, Household, Member, UnitVersion, User
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.rules.packs import PACKS
from cases.rules.standards import STANDARDS
from tests.conftest import Road
from tests.pages.addresses import OF_TAN_LAP, open_routes, scoped_routes, urls_of
from tests.sheets.books import household, household_book
from workflow import clock
from workflow.acts import registry

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
ROOMS = ("cases", "config", "notifications", "workflow")
EAGER = {"gettext", "ngettext", "pgettext", "npgettext"}
CALLS = {"_", "gettext_noop", *EAGER, *(f"{name}_lazy" for name in EAGER)}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)|\{\w+\}")
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.I
)
# "QĐ 24/2021/QĐ-TTg, Điều 4": citations are quoted, never translated.
# So is what stands where an article would: what no text seen says, what the design itself wants.
CITATION = re.compile(
    r"(QĐ|NĐ|TT|VBHN|Nghị định|Thông tư|Nghị quyết|Bộ luật|Luật)[\w ]* \d+"
    r"|Luật Khiếu nại|Chưa thấy quy định|Thiết kế hệ thống|Văn bản sắp xếp"
)

# Modules whose Vietnamese is not spoken by the interface.
DATA_MODULES = {
    "cases/calendar_editions.py": "notes stored with the calendar",
    "cases/names.py": "letters",
    "cases/rules/calendar_seed.py": "notes and sources of the calendar, stored with it",
    "cases/sheets/households.py": "headings and values of workbooks",
    "cases/sheets/surveys.py": "headings and values of workbooks",
    "cases/sheets/workbook.py": "letters",
    "cases/villages.py": "the kinds that stand in villages' names",
    "config/formats/vi/formats.py": "the Vietnamese way of writing a date",
}
# Single texts that are stored or quoted as they are.
DATA = {
    "Tiếng Việt",  # a language is named in itself
    "Chủ hộ",  # relation of a member, stored
    "Tổ dân phố 2",  # a village of the demonstration
    "Danh sách nhập: ",  # prefix of a paper, stored
    ", dòng ",  # part of a paper, stored
    "nông thôn",  # values of a cell, quoted from the workbook
    "thành thị",
    "đạt",
    "không đạt",
    "Phân công trong bản trình diễn",  # a paper of the demonstration, stored
    "; kéo dài bởi ",  # part of a citation
    "đ",  # the currency, after a sum
    "Quyết định của năm ",  # papers and a relation of made-up households, stored
    "Bản trình diễn",
    "(đã xóa)",  # stored in the place of what was erased
    "Thành viên",
    "Điều khoản chuyển cho Chủ tịch UBND cấp tỉnh: chưa kiểm chứng",
}

Message = tuple[str, str]  # context, msgid


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the application with its path."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text()


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def messages_of(tree: ast.AST) -> Iterator[Message]:
    """Yield the context and the sentence of every call of gettext with a literal."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and called(node) in CALLS):
            continue
        words = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
        if len(words) > (with_context := called(node) in WITH_CONTEXT):
            yield (words[0] if with_context else "", words[with_context])


def template_messages(source: str) -> Iterator[Message]:
    text = r"u?'(?:\\.|[^'])*'|u?\"(?:\\.|[^\"])*\""
    for call in re.finditer(
        rf"\b(_|n?p?gettext)\((?:{text})(?:,\s*(?:{text}))*", templatize(source)
    ):
        yield from messages_of(ast.parse(f"{call.group()})"))


def all_messages() -> set[Message]:
    found = {message for _path, tree in modules() for message in messages_of(tree)}
    return found | {message for _path, text in templates() for message in template_messages(text)}


def silent_texts(tree: ast.Module) -> Iterator[str]:
    """Yield the Vietnamese literals that no reader can get in another language."""
    heard: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # docstrings
            heard.add(id(node.value))
        elif isinstance(node, ast.Call) and called(node) in CALLS:
            heard.update(id(arg) for arg in node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in heard:
            if VIETNAMESE.search(node.value):
                yield node.value


def calls_while_loading(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that Python makes while it loads the module: those outside functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                waiting += [*child.args.defaults, *getattr(child, "decorator_list", [])]
            else:
                waiting.append(child)


def eager_names(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in EAGER
    }


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def told(entry: polib.POEntry) -> list[str]:
    """Return the English of an entry: one sentence, or one for each number."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_of_the_sources_stands_in_the_catalogue_and_no_other(
    catalogue: polib.POFile,
) -> None:
    held = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    assert held == all_messages()


def test_every_sentence_has_an_english_one_and_none_is_a_guess(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if not all(told(entry))] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []


def test_the_english_keeps_every_placeholder(catalogue: polib.POFile) -> None:
    differing = [
        entry.msgid
        for entry in catalogue
        for english in told(entry)
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(entry.msgid))
    ]
    assert differing == []


def test_the_english_keeps_the_spaces_a_sentence_is_joined_by(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for english in told(entry):
            vietnamese = entry.msgid
            assert english.startswith(" ") == vietnamese.startswith(" "), vietnamese
            assert english.endswith((" ", "\n")) == vietnamese.endswith((" ", "\n")), vietnamese


def test_the_english_is_english_but_for_what_it_quotes(catalogue: polib.POFile) -> None:
    quoted = re.compile(
        r"“[^”]*”|--paper '[^'\n]*'|\([^)]*(Bộ luật|QĐ|NĐ|Điều)[^)]*\)|\d+/[A-ZĐ]+-UBND"
    )
    left = [e for entry in catalogue for e in told(entry) if VIETNAMESE.search(quoted.sub("", e))]
    assert left == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid, *told(e)) for e in compiled} == {
        (e.msgctxt, e.msgid, *told(e)) for e in catalogue
    }


def test_no_vietnamese_stands_outside_a_translated_tag_of_a_template() -> None:
    heard = re.compile(
        r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}",
        re.DOTALL,
    )
    silent = [path for path, text in templates() if VIETNAMESE.search(heard.sub("", text))]
    assert silent == []


def test_no_vietnamese_literal_is_left_out_of_translation() -> None:
    silent = [
        (path, text)
        for path, tree in modules()
        if path not in DATA_MODULES
        for text in silent_texts(tree)
        if text not in DATA and not CITATION.match(text)
    ]
    assert [each for each in silent if "/management/commands/" not in each[0]] == []
    # The help of commands is English and may name a Vietnamese place.
    assert [text for _path, text in silent if VIETNAMESE.match(text)] == []


def test_no_script_speaks_vietnamese() -> None:
    scripts = sorted((ROOT / "static").glob("*.js"))
    assert scripts
    assert [path.name for path in scripts if VIETNAMESE.search(path.read_text())] == []


def test_no_sentence_is_translated_while_modules_load() -> None:
    """Such a sentence would speak the language of the server's start for ever."""
    frozen = [
        (path, call.lineno)
        for path, tree in modules()
        for call in calls_while_loading(tree)
        if isinstance(call.func, ast.Name) and call.func.id in eager_names(tree)
    ]
    assert frozen == []


@pytest.mark.parametrize(
    "source",
    [
        'from django.utils.translation import gettext as _\nTITLE = _("Báo cáo")',
        'from django.utils.translation import gettext\nclass Form:\n    title = gettext("Báo cáo")',
    ],
)
def test_the_search_notices_a_sentence_translated_too_early(source: str) -> None:
    tree = ast.parse(source)
    names = {getattr(call.func, "id", "") for call in calls_while_loading(tree)}
    assert names & eager_names(tree)


def test_the_search_notices_a_silent_text() -> None:
    assert list(silent_texts(ast.parse('"""Lời nói đầu."""\nx = f"còn {n}"'))) == ["còn "]
    assert list(silent_texts(ast.parse('x = _("Đợt")'))) == []


# --- the pages themselves


def data_texts() -> set[str]:
    """Return the Vietnamese texts that a page shows as they are stored: names, papers, citations."""
    texts: set[str] = set(Household.objects.values_list("head_name", flat=True))
    texts.update(Member.objects.values_list("full_name", flat=True))
    texts.update(Member.objects.values_list("relation", flat=True))
    texts.update(User.objects.values_list("full_name", flat=True))
    texts.update(UnitVersion.objects.values_list("name", flat=True))
    texts.update(Act.objects.values_list("article", flat=True))
    for day in CalendarDay.objects.values_list("name", "source"):
        texts.update(day)
    for edition in CalendarEdition.objects.values_list("source_document", "note"):
        texts.update(edition)
    for pack in PACKS.values():
        for rules in (pack.guards, pack.conditions, pack.refusals):
            texts.update(rule.source.article for rule in rules)
        texts.update(act.source.article for act in pack.acts)
        texts.update(term.source.article for term in pack.terms)
        texts.update({pack.superior_source.article, pack.window_source.article})
    for standard in STANDARDS:
        texts.add(standard.citation)
        if table := standard.score_table:
            cited = (table.deprivation_floor, table.points_per_indicator)
            texts.update(each.citation for each in (*cited, *table.income_lines.values()))
    return texts


def vietnamese_left(body: str) -> list[str]:
    """Return the lines of a page that still hold Vietnamese once the data is taken out."""
    body = normalize("NFC", unescape(body))
    for text in sorted(filter(None, data_texts()), key=len, reverse=True):
        body = body.replace(text, "")
    return [
        line.strip() for line in body.splitlines() if VIETNAMESE.search(DATA_ON_PAGES.sub("", line))
    ]


# What the tests and the forms write in Vietnamese: papers, places, the switch, kinds of villages, examples.
DATA_ON_PAGES = re.compile(
    r"\d+/(QĐ|KH|BC|UBND)-UBND|Tiếng Việt|“[^”]*”|nhà văn hóa thôn|trụ sở ubnd xã|tổ dân phố|buôn|bản|khóm|ấp|thôn"
    r"|điều 14[78] bộ luật dân sự 2015|khoản 5 |QĐ 24/2021/QĐ-TTg|bài kiểm tra",
    re.IGNORECASE,
)


def read_in_english(client: Client, road: Road, person: str) -> dict[str, list[str]]:
    """Return the Vietnamese left on each page that the person can open."""
    client.force_login(road.cast[person])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    urls = [
        url for r in open_routes() for url in urls_of(r, OF_TAN_LAP) if r.name != "import-blank"
    ]
    urls += [url for route in scoped_routes() for url in urls_of(route, OF_TAN_LAP)]
    answers = {url: client.get(url) for url in urls}
    # An empty form is refused: its complaints speak the language too.
    answers |= {
        f"{url} posted": client.post(url)
        for url, answer in answers.items()
        if "/viec/" in url and answer.status_code == 200
    }
    assert any(answer.status_code == 200 for answer in answers.values())
    bodies = {
        name: answer.content.decode()
        for name, answer in answers.items()
        if answer.headers["Content-Type"].startswith("text/html")
    }
    return {name: left for name, body in bodies.items() if (left := vietnamese_left(body))}


@pytest.fixture
def english_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road.open().list()


def complain(road: Road) -> None:
    facts = {"complainant": "Trần Văn Hùng", "content": "text"}
    registry.do("complain", road.cases()[0], facts, **road.who("minh"))


@pytest.mark.parametrize("person", ["lan", "hoa", "binh"])
def test_pages_of_a_list_to_survey_are_english_for_who_chose_it(
    client: Client, english_road: Road, person: str
) -> None:
    assert read_in_english(client, english_road, person) == {}


@pytest.mark.parametrize("person", ["hung", "minh", "hoa"])
def test_pages_of_a_posting_with_a_complaint_are_english_for_who_chose_it(
    client: Client, english_road: Road, person: str
) -> None:
    english_road.survey().classify().meet().post()
    complain(english_road)
    assert read_in_english(client, english_road, person) == {}


@pytest.mark.parametrize("person", ["binh", "quyen"])
def test_pages_of_a_report_and_a_decision_are_english_for_who_chose_it(
    client: Client, english_road: Road, person: str
) -> None:
    english_road.survey().classify().meet().post().pass_days(7).close().report()
    assert read_in_english(client, english_road, person) == {}
    english_road.consent().decide()
    assert read_in_english(client, english_road, person) == {}


def test_the_faults_of_a_workbook_are_told_in_english_to_who_chose_it(
    client: Client, english_road: Road, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(english_road.cast["minh"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    faulty = household_book([household(1, ma_xa="99999"), household(2, ngay_sinh="hôm qua")])
    for content in (faulty, b"not a workbook"):
        book = SimpleUploadedFile("ho.xlsx", content)
        kind = "danh-sach-ho"
        page = client.post(
            reverse("import-upload", args=[kind]), {f"{kind}-file": book}, follow=True
        )
        left = [line for line in vietnamese_left(page.content.decode()) if "hôm qua" not in line]
        assert left == []


def test_the_sign_in_page_speaks_english_to_who_chose_it(client: Client, db: None) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    body = client.get(reverse("sign-in")).content.decode()
    assert vietnamese_left(body) == []
    assert '<html lang="en"' in body


def test_an_english_browser_gets_vietnamese_until_its_person_chooses(
    client: Client, cast: dict[str, User]
) -> None:
    client.force_login(cast["minh"])
    english = {"Accept-Language": "en-US,en;q=0.9"}
    first = client.get(reverse("inbox"), headers=english)
    client.post(reverse("set_language"), {"language": "en", "next": reverse("inbox")})
    chosen = client.get(reverse("inbox"), headers={"Accept-Language": "vi"})

    assert (first.headers["Content-Language"], chosen.headers["Content-Language"]) == ("vi", "en")
    assert '<html lang="vi"' in first.content.decode()
    assert '<html lang="en"' in chosen.content.decode()


def test_a_language_that_is_not_ours_is_vietnamese(client: Client, db: None) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert client.get(reverse("sign-in")).headers["Content-Language"] == "vi"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_typed_date_is_day_month_year_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean("05/12/2026") == date(2026, 12, 5)
        assert formats.date_format(date(2026, 12, 5), "SHORT_DATE_FORMAT") == "05/12/2026"


@pytest.mark.parametrize(("language", "written"), [("vi", "1.234.567,5"), ("en", "1,234,567.5")])
def test_numbers_are_written_in_the_readers_way(language: str, written: str) -> None:
    with translation.override(language):
        assert formats.number_format(1234567.5, 1) == written
