"""Pages of the procedure's editions, and of what nobody has seen at its source."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import Area, Level, PackEdition, Unit, User
from cases.models.calendars import CalendarDay
from cases.pack_editions import load_edition, reject
from cases.rules.packs import PACKS, SHIPPED, Act, Move, Pack
from cases.rules.packs.files import read_pack
from cases.rules.packs.writing import write_pack
from tests.conftest import YEAR, Road, make_unit
from tests.packs.files import next_edition
from workflow import clock
from workflow.acts.listing import open_round
from workflow.pack_editions import approve
from workflow.running_rounds import by_province

OF = PACKS["qd24-2021-3cap"]
CODE = "qd24-2021-3cap-e2"
LIST, LOAD, UNVERIFIED = reverse("packs"), reverse("pack-load"), reverse("unverified")
PACK, FILE, CHANGES, APPROVE, REJECT = (
    reverse(name, kwargs={"code": CODE})
    for name in ("pack", "pack-file", "pack-changes", "pack-approve", "pack-reject")
)
PAGES = [LIST, LOAD, UNVERIFIED, PACK, FILE, CHANGES, APPROVE, REJECT]


@pytest.fixture(autouse=True)
def clock_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the road's clock."""
    monkeypatch.setattr(clock, "now", lambda: road.at)


def edition(**changes: Any) -> Pack:
    return next_edition(OF, CODE, **changes)


def load(by: User, road: Road, pack: Pack | None = None) -> PackEdition:
    return load_edition(
        text=write_pack(pack or edition()),
        name="moi.toml",
        by=by,
        at=road.at,
        paper="1/QĐ-TTg",
    )


def upload(text: str, paper: str = "1/QĐ-TTg") -> dict[str, Any]:
    return {"file": SimpleUploadedFile("moi.toml", text.encode()), "paper": paper}


def test_a_file_is_loaded_and_approved_by_two_officers(
    client: Client, xuan: User, thanh: User
) -> None:
    client.force_login(xuan)
    loaded = client.post(LOAD, upload(write_pack(edition())))
    client.force_login(thanh)
    asked = client.get(APPROVE)
    approved = client.post(APPROVE)

    assert [loaded.status_code, asked.status_code, approved.status_code] == [302, 200, 302]
    row = PackEdition.objects.get()
    assert (row.loaded_by, row.approved_by) == (xuan, thanh)
    assert PACKS[CODE] == edition()


def test_what_is_wrong_with_a_file_is_named_key_by_key(client: Client, xuan: User) -> None:
    client.force_login(xuan)
    text = write_pack(edition()).replace("share = [1, 2]", "share = 51")

    answer = client.post(LOAD, upload(text))

    assert answer.status_code == 422
    assert [each.key for each in answer.context["problems"]] == ["consent.share"]
    assert not PackEdition.objects.exists()


def test_an_overlapping_file_is_refused_on_the_page(client: Client, xuan: User) -> None:
    client.force_login(xuan)

    answer = client.post(LOAD, upload(write_pack(replace(edition(), replaces=""))))

    assert [each.key for each in answer.context["problems"]] == ["in_force_from"]


@pytest.mark.parametrize("data", [{}, {"paper": "1/QĐ"}])
def test_a_form_without_a_file_is_not_taken(
    client: Client, xuan: User, data: dict[str, str]
) -> None:
    client.force_login(xuan)

    answer = client.post(LOAD, data)

    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_a_file_without_its_paper_or_in_another_coding_is_refused(
    client: Client, xuan: User
) -> None:
    client.force_login(xuan)
    no_paper = client.post(LOAD, upload(write_pack(edition()), paper=""))
    file = SimpleUploadedFile("moi.toml", write_pack(edition()).encode("utf-16"))
    no_utf8 = client.post(LOAD, {"file": file, "paper": "1/QĐ"})

    assert [no_paper.status_code, no_utf8.status_code] == [422, 422]
    assert no_paper.context["form"].non_field_errors()
    assert no_utf8.context["problems"]
    assert not PackEdition.objects.exists()


def test_the_loader_is_denied_the_approval(client: Client, road: Road, xuan: User) -> None:
    load(xuan, road)
    client.force_login(xuan)

    answer = client.post(APPROVE)

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert PackEdition.objects.get().approved_by is None


def test_a_draft_is_rejected_with_a_reason(
    client: Client, road: Road, xuan: User, thanh: User
) -> None:
    load(xuan, road)
    client.force_login(thanh)
    nothing = client.post(REJECT, {"reason": ""})
    done = client.post(REJECT, {"reason": "Sai ngày"})

    assert [nothing.status_code, done.status_code] == [422, 302]
    assert PackEdition.objects.get().rejection == "Sai ngày"


def test_a_shipped_edition_is_neither_approved_nor_rejected(client: Client, thanh: User) -> None:
    client.force_login(thanh)
    for name, data in (("pack-approve", {}), ("pack-reject", {"reason": "nhầm"})):
        answer = client.post(reverse(name, kwargs={"code": OF.code}), data)
        assert answer.status_code == 422
        assert answer.context["form"].non_field_errors()


def test_the_list_says_what_rules_and_what_waits(
    client: Client, road: Road, xuan: User, thanh: User
) -> None:
    road.open()
    load(xuan, road)
    client.force_login(thanh)

    def states() -> dict[str, tuple[str, int]]:
        groups = client.get(LIST).context["groups"]
        listed = [each for group in groups for each in group["editions"]]
        return {each.pack.code: (each.tone, each.rounds) for each in listed}

    before = states()
    approve(code=CODE, by=thanh, at=road.at)
    after = states()

    assert set(before) == {CODE, *(pack.code for pack in SHIPPED)}
    assert (before[OF.code], before[CODE]) == (("good", 1), ("warn", 0))
    assert (after[OF.code], after[CODE]) == (("plain", 1), ("good", 0))
    assert after["qd24-2021-2cap"] == ("plain", 0)


def test_a_rejected_edition_stays_in_the_list(
    client: Client, road: Road, xuan: User, thanh: User
) -> None:
    load(xuan, road)
    reject(code=CODE, by=thanh, at=road.at, reason="Sai ngày")
    client.force_login(thanh)

    assert CODE in client.get(LIST).content.decode()
    assert "Sai ngày" in client.get(PACK).content.decode()


def test_an_edition_spoiled_in_the_database_is_named_and_not_shown(
    client: Client, road: Road, xuan: User, thanh: User
) -> None:
    load(xuan, road)
    PackEdition.objects.update(content=write_pack(edition(title="Khác")))
    client.force_login(thanh)

    assert client.get(LIST).context["spoiled"] == [CODE]
    assert client.get(PACK).status_code == 404


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda pack: pack.code)
def test_an_edition_reads_as_a_document_with_every_article(
    client: Client, thanh: User, shipped: Pack
) -> None:
    client.force_login(thanh)

    answer = client.get(reverse("pack", kwargs={"code": shipped.code}))

    rows = [row for section in answer.context["sections"] for row in section.rows]
    assert len(rows) == len({(row.code, row.title, row.article) for row in rows})
    assert all(row.article and row.mark for row in rows)
    unsure = [row for row in rows if row.tone == "warn"]
    assert len(unsure) == answer.context["marks"].unsure > 0
    assert answer.content.decode().count("row-warn") == len(unsure)


def test_an_edition_is_downloaded_as_the_file_that_loads(
    client: Client, road: Road, xuan: User
) -> None:
    load(xuan, road)
    client.force_login(xuan)
    own = client.get(FILE).content.decode()
    shipped = client.get(reverse("pack-file", kwargs={"code": OF.code})).content.decode()

    assert (read_pack(own, "a"), read_pack(shipped, "b")) == (edition(), OF)


def test_the_difference_stands_side_by_side(client: Client, road: Road, xuan: User) -> None:
    load(xuan, road, edition(consent=(2, 3)))
    client.force_login(xuan)

    differences = client.get(CHANGES).context["differences"]

    said = {(each.code, each.before, each.after) for each in differences}
    assert ("reverification", ("3",), ("7",)) in said
    (consent,) = [each for each in differences if each.before[:1] == ("1/2",)]
    assert consent.after[0] == "2/3"


def test_the_difference_counts_the_running_rounds_it_would_touch(
    client: Client, road: Road, xuan: User
) -> None:
    road.open().list()
    load(xuan, road)
    client.force_login(xuan)

    answer = client.get(CHANGES, {"tinh": "67"})

    (province,) = answer.context["provinces"]
    assert (province.code, province.rounds, province.households) == ("67", 1, 5)
    assert (province.ready, province.held) == (1, 0)
    (row,) = answer.context["rounds"]
    assert row["url"] == reverse("round-act", args=["2024-24646", "carry_over"])
    assert row["url"] in answer.content.decode()
    assert (row["round"].households, row["round"].held) == (5, False)


def _never_from_listed(act: Act) -> Act:
    def sources(move: Move) -> tuple[str, ...]:
        return tuple(dict.fromkeys("requested" if s == "listed" else s for s in move.sources))

    return replace(act, moves=tuple(replace(move, sources=sources(move)) for move in act.moves))


def test_a_round_that_the_new_edition_has_no_way_for_is_held(road: Road) -> None:
    road.open().list()
    stuck = edition(acts=tuple(_never_from_listed(act) for act in OF.acts))

    (province,) = by_province(OF, stuck)

    assert (province.rounds, province.ready, province.held) == (1, 0, 1)


def test_a_finished_round_is_not_counted(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    road.pass_days(7).close().report().consent().decide()
    assert [each.rounds for each in by_province(OF, edition())] == [1]

    road.certify()

    assert by_province(OF, edition()) == []


def test_a_round_without_a_list_is_running(road: Road) -> None:
    road.open()

    assert [(each.rounds, each.households) for each in by_province(OF, edition())] == [(1, 0)]


def test_the_difference_asks_no_more_for_more_rounds(
    client: Client, road: Road, hoa_binh: Unit, xuan: User
) -> None:
    road.open().list()
    load(xuan, road)
    client.force_login(xuan)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(CHANGES, {"tinh": "67"}).status_code == 200
        return len(queries)

    asked()
    one = asked()
    papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    open_round(commune=hoa_binh, **papers, **road.who("other_binh"))

    assert asked() == one


def test_the_list_asks_no_more_for_more_editions(client: Client, road: Road, xuan: User) -> None:
    client.force_login(xuan)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    asked()
    none = asked()
    for number in range(3):
        load(xuan, road, replace(edition(), code=f"e{number}"))

    assert asked() == none


def test_a_page_number_that_is_none_shows_the_first_page(
    client: Client, road: Road, xuan: User
) -> None:
    road.open()
    load(xuan, road)
    client.force_login(xuan)
    for number in ("0", "-1", "x", "²", "99999999999", ""):
        answer = client.get(CHANGES, {"tinh": "67", "trang": number})
        assert answer.status_code == 200
        assert len(answer.context["rounds"]) == 1
    assert client.get(CHANGES, {"tinh": "67", "trang": "2"}).context["rounds"] == []


def test_everything_unsure_is_listed_with_its_use(
    client: Client, road: Road, calendar: None, thanh: User
) -> None:
    client.force_login(thanh)

    answer = client.get(UNVERIFIED)

    context = answer.context
    listed = {(each["cited"].kind, each["cited"].code): each for each in context["cited"]}
    assert listed["terms", "reverification"]["codes"] == (OF.code, "qd24-2021-3cap-tx")
    assert [str(title) for title in listed["terms", "reverification"]["used_by"]] == [
        OF.by_code["complain"].title,
        OF.by_code["reverify"].title,
    ]
    unsure = CalendarDay.objects.filter(mark="?")
    assert len(context["days"]) == unsure.count() > 0
    assert {each.name for each in context["marks"]} >= {OF.code, "2022-2026"}
    assert all("[?]" not in each.name for each in context["marks"])


def test_open_terms_over_an_unsure_day_are_counted(client: Client, road: Road, thanh: User) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(thanh)
    day = CalendarDay.objects.filter(mark="?").order_by("day").first()
    assert day is not None
    CalendarDay.objects.filter(pk=day.pk).update(day=road.at.date())

    listed = {each.day: each.open_terms for each in client.get(UNVERIFIED).context["days"]}

    assert listed[road.at.date()] == 1
    assert sum(listed.values()) == 1


def test_nobody_below_the_nation_opens_a_page_of_the_procedure(
    client: Client, road: Road, xuan: User, cast: dict[str, User], appoint: Callable[..., User]
) -> None:
    load(xuan, road)
    lien = appoint("lien", "Vũ Thị Liên", Role.DEPARTMENT, Unit.objects.get(code="67"))
    for user in (lien, cast["minh"], cast["binh"], cast["quyen"], cast["son"]):
        client.force_login(user)
        for url in PAGES:
            assert client.get(url).status_code == 404, (user.username, url)
            assert client.post(url).status_code in (404, 405), (user.username, url)
    assert PackEdition.objects.get().approved_by is None


def test_the_way_to_the_pages_is_shown_to_the_nations_officers_only(
    client: Client, xuan: User, cast: dict[str, User]
) -> None:
    client.force_login(xuan)
    assert f'href="{LIST}"' in client.get(reverse("inbox")).content.decode()
    client.force_login(cast["minh"])
    assert f'href="{LIST}"' not in client.get(reverse("inbox")).content.decode()


def test_an_edition_that_is_not_there_is_not_found(client: Client, xuan: User) -> None:
    client.force_login(xuan)
    for url in (PACK, FILE, CHANGES, APPROVE, REJECT):
        assert client.get(url).status_code == 404
    assert client.get(reverse("pack-changes", kwargs={"code": OF.code})).status_code == 200


def test_a_province_without_rounds_is_an_empty_page(
    client: Client, road: Road, nation: Unit, xuan: User
) -> None:
    road.open()
    load(xuan, road)
    make_unit("68", Level.PROVINCE, "Tỉnh Lâm Đồng", "tỉnh", nation, Area.RURAL)
    client.force_login(xuan)

    answer = client.get(CHANGES, {"tinh": "68"})

    assert answer.status_code == 200
    assert answer.context["rounds"] == []
