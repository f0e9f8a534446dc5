"""The bench's pages: within one's scope, in plain words, at the same cost for five cases or five hundred."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import Finding, Household, PostedEntry, Reading, Sample, Unit, UnitVersion, User
from cases.names import fold
from tests.conftest import Road
from workflow.acts.listing import receive_request
from workflow.auditing import search as searching
from workflow.auditing.search import Asked, people_named
from workflow.pages import auditing as bench

Desk = Callable[[Road, str], Client]
KEY, FIRST, SECOND = "2024-24646", "24646-00001", "24646-00002"
ROOMS = ("auditing", "conformance", "audit-samples", "audit-interests", "audit-export")
OF_CASE = ("audit-case", "find-of-case")
OF_ROUND = ("audit-round", "audit-differences", "find-of-round")


def pages() -> list[str]:
    """Return the addresses of Tân Lập that only its auditors open."""
    return [
        *(reverse(name, kwargs={"key": KEY, "code": FIRST}) for name in OF_CASE),
        *(reverse(name, kwargs={"key": KEY}) for name in OF_ROUND),
        reverse("audit-village", kwargs={"key": KEY, "village": "24646.001"}),
        reverse("find-of-village", kwargs={"key": KEY, "village": "24646.001"}),
    ]


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


@pytest.fixture
def son(walked: Road, desk: Desk) -> Client:
    return desk(walked, "son")


def test_the_auditor_of_the_district_opens_every_page(son: Client) -> None:
    for url in (*(reverse(name) for name in ROOMS), reverse("audit-findings"), *pages()):
        text(son, url)


@pytest.mark.parametrize("name", ["minh", "binh", "lan", "quyen", "other_minh"])
def test_nobody_without_the_duty_finds_the_bench(walked: Road, desk: Desk, name: str) -> None:
    client = desk(walked, name)
    for url in (*(reverse(room) for room in ROOMS), *pages()):
        text(client, url, 404)


def test_an_auditor_of_another_province_sees_nothing(
    walked: Road, quang: User, desk: Desk, son: Client
) -> None:
    son.post(reverse("audit-samples"), drawing())
    number = Sample.objects.get().pk
    walked.cast["quang"] = quang
    client = desk(walked, "quang")

    for url in pages():
        text(client, url, 404)
    text(client, reverse("audit-sample", kwargs={"number": number}), 404)
    assert FIRST not in text(client, reverse("auditing") + "?what=cases")
    assert "Xã Tân Lập" not in text(client, reverse("auditing") + "?what=acts")
    assert SEED not in text(client, reverse("audit-samples"))
    for asked in ("24646", "Xã Tân Lập", "662", "67", "VN"):
        text(client, f"{reverse('conformance')}?unit={asked}&year=2024", 422)
        answer = client.post(reverse("audit-export"), {"unit": asked, "format": "xes"})
        assert answer.status_code == 422


def test_the_front_of_one_commune_sees_that_commune_only(
    walked: Road, hoa_binh: Unit, appoint: Callable[..., User], desk: Desk
) -> None:
    walked.cast["front"] = appoint("mattran", "Mặt trận Hòa Bình", Role.FRONT, hoa_binh)
    client = desk(walked, "front")

    for url in pages():
        text(client, url, 404)
    assert FIRST not in text(client, reverse("auditing") + "?what=cases")
    text(client, f"{reverse('conformance')}?unit=662&year=2024", 422)
    assert "Xã Tân Lập" not in text(client, f"{reverse('conformance')}?unit=24652&year=2024")


# --- searching -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"what": "cases"}, 8),
        ({"unit": "24646", "year": 2024}, 8),
        ({"unit": "24652"}, 0),
        ({"year": 2023}, 0),
        ({"code": "24646-0000"}, 8),
        ({"code": SECOND}, 1),
        ({"household_class": "NEAR_POOR"}, 1),
        ({"state": "certified"}, 8),
        ({"act": "complain"}, 1),
        ({"act": "complain", "since": "07/10/2024", "until": "07/10/2024"}, 1),
        ({"act": "complain", "until": "06/10/2024"}, 0),
        ({"review": "AD_HOC"}, 0),
    ],
)
def test_cases_are_found_by_what_is_asked(son: Client, asked: dict[str, Any], found: int) -> None:
    answer = son.get(reverse("auditing"), asked)

    assert len(answer.context["page"].rows) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"act": "hold_meeting"}, 2),
        ({"code": SECOND, "act": "reverify"}, 1),
        ({"state": "contested"}, 1),
        ({"household_class": "NEAR_POOR", "act": "survey"}, 1),
        ({"since": "01/01/2025"}, 0),
    ],
)
def test_acts_are_found_by_what_is_asked(son: Client, asked: dict[str, Any], found: int) -> None:
    given: dict[str, Any] = {"what": "acts", **asked}
    answer = son.get(reverse("auditing"), given)

    assert len(answer.context["page"].rows) == found


def test_a_unit_is_named_by_its_code_or_its_name_without_marks(son: Client) -> None:
    for version in UnitVersion.objects.all():
        UnitVersion.objects.filter(pk=version.pk).update(name_key=fold(version.name))

    assert len(son.get(reverse("auditing"), {"unit": "xa tan lap"}).context["page"].rows) == 8
    answer = son.get(reverse("auditing"), {"unit": "Thôn 1"})
    assert answer.status_code == 422, "villages are no units of a search"


def test_people_are_sought_by_a_form_and_stand_in_no_address(son: Client) -> None:
    asked = {"what": "acts", "actor": "Võ Văn Bình", "name": "so 2"}
    answer = son.post(reverse("auditing"), asked)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("auditing") + "?what=acts"
    page = son.get(answer["Location"])
    assert {act.actor_name for act in page.context["page"].rows} == {"Võ Văn Bình"}
    cleared = son.post(reverse("auditing"), {"clear": "1"})
    assert not son.get(cleared["Location"]).context["filtered"]


def actors(client: Client, name: str, what: str = "acts") -> set[str]:
    """Return who did what is found of a name, or the codes of the cases found."""
    given = {"what": what, "actor": name}
    page = client.get(client.post(reverse("auditing"), given)["Location"]).context["page"]
    return {row.actor_name if what == "acts" else row.code for row in page.rows}


@pytest.mark.parametrize("name", ["Võ Văn Bình", "vo van binh", "VAN BINH", "binh"])
def test_who_acted_is_found_without_tones_and_by_the_user_name(son: Client, name: str) -> None:
    assert "Võ Văn Bình" in actors(son, name)


def test_who_acted_is_found_by_the_name_in_the_record_and_by_that_of_today(
    walked: Road, son: Client
) -> None:
    User.objects.filter(pk=walked.cast["binh"].pk).update(full_name="Trần Văn Mới")

    assert actors(son, "Võ Văn Bình") == actors(son, "tran van moi") == {"Võ Văn Bình"}


def test_namesakes_who_acted_nowhere_here_hide_nobody(
    walked: Road, son: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "PEOPLE", 1)
    User.objects.filter(pk=walked.cast["other_minh"].pk).update(full_name="Võ Văn Bình")
    User.objects.create(pk=-1, username="truoc", full_name="Võ Văn Bình")

    assert actors(son, "Võ Văn Bình") == {"Võ Văn Bình"}
    assert len(actors(son, "Võ Văn Bình", "cases")) == 8


def test_whoever_acted_in_another_province_only_is_nobody_here(
    walked: Road, quang: User, hoa_binh: Unit
) -> None:
    asked = Asked(actor=walked.cast["binh"].full_name)

    assert people_named(walked.cast["son"], asked) == [walked.cast["binh"].pk]
    assert people_named(quang, asked) == []
    assert people_named(walked.cast["son"], replace(asked, unit=hoa_binh)) == []


def test_a_name_that_too_many_bear_is_said_to_be_cut(
    son: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    for most in (200, 1):
        monkeypatch.setattr(searching, "PEOPLE", most)
        answer = son.get(son.post(reverse("auditing"), {"actor": "n"})["Location"])
        answers.append(
            (answer.context["page"].people_left_out, 'role="note"' in answer.content.decode())
        )

    assert answers == [(False, False), (True, True)]


def test_a_search_goes_on_where_it_stopped_and_shows_everything_once(
    son: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "ROWS_A_PAGE", 3)
    for what, total in (("cases", 8), ("acts", 22)):
        seen, after = [], ""
        for _page in range(total):
            page = son.get(reverse("auditing"), {"what": what, "after": after}).context["page"]
            seen += [row.pk for row in page.rows]
            if not (after := page.after):
                break
        assert len(seen) == len(set(seen)) == page.total


def test_a_count_stops_where_no_reader_counts_on(
    son: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "COUNTED", 7)
    assert son.get(reverse("auditing"), {"what": "cases"}).context["page"].total is None
    monkeypatch.setattr(searching, "COUNTED", 8)
    assert son.get(reverse("auditing"), {"what": "cases"}).context["page"].total == 8


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"unit": "66"}, "no_unit"),
        ({"unit": "khong co"}, "no_unit"),
        ({"since": "05/10/2024", "until": "01/10/2024"}, "days_reversed"),
        ({"since": "31/02/2024"}, "invalid"),
        ({"act": "khong_co"}, "invalid_choice"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    son: Client, asked: dict[str, str], code: str
) -> None:
    answer = son.get(reverse("auditing"), asked)

    assert answer.status_code == 422
    errors = answer.context["form"].errors.as_data()
    assert [error.code for some in errors.values() for error in some] == [code]


@pytest.mark.parametrize(
    "url",
    [
        reverse("auditing") + "?what=cases",
        reverse("auditing") + "?what=acts&household_class=POOR",
        reverse("conformance") + "?unit=24646&year=2024",
        reverse("audit-differences", kwargs={"key": KEY}),
        reverse("audit-village", kwargs={"key": KEY, "village": "24646.001"}) + "?day=05/10/2024",
        reverse("audit-case", kwargs={"key": KEY, "code": FIRST}) + "?day=05/10/2024",
    ],
)
def test_five_cases_and_fifty_cost_the_same_questions(
    road: Road, make_households: Callable[..., list[Household]], desk: Desk, url: str
) -> None:
    road.open().list().survey().pass_days(7)
    client = desk(road, "son")
    client.post(reverse("auditing"), {"actor": "Nguyen"})
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        text(client, url)
    make_households(Unit.objects.get(code="24646.001"), 40, standing="")
    ask_to_be_listed(road)
    with CaptureQueriesContext(connection) as many:
        text(client, url)

    assert len(many) <= len(few)


def ask_to_be_listed(road: Road) -> None:
    """Enter the households that came meanwhile, one act each, as an office does."""
    known = road.round.cases.values("household")
    for household in Household.objects.exclude(pk__in=known).order_by("pk"):
        receive_request(
            round=road.round, household=household, form_number="1/GĐN", **road.who("minh")
        )


# --- one case, one day -------------------------------------------------------------------------


def test_a_case_is_told_act_by_act_with_what_changed(son: Client) -> None:
    answer = son.get(reverse("audit-case", kwargs={"key": KEY, "code": SECOND}))

    told = answer.context["told"]
    assert [one.code for one in told][:4] == ["build_list", "survey", "classify", "hold_meeting"]
    reverified = next(one for one in told if one.code == "reverify")
    changed = {change["label"]: change["after"] for change in reverified.changes}
    assert changed["Kết quả phân loại"] == "Hộ cận nghèo"
    assert next(one for one in told if one.code == "complain").reasons
    assert not any(one.missing or one.does_not_follow for one in told)


def test_a_hole_in_the_record_is_told_where_it_is(
    walked: Road, son: Client, tampering: None
) -> None:
    walked.round.cases.get(code=FIRST).events.filter(act__code="classify").delete()

    told = son.get(reverse("audit-case", kwargs={"key": KEY, "code": FIRST})).context["told"]

    assert [(one.number, one.missing) for one in told if one.missing] == [(3, 1)]
    assert [one.code for one in told if one.does_not_follow] == ["hold_meeting"]


def test_a_village_is_shown_as_it_was_on_a_day(walked: Road, son: Client) -> None:
    url = reverse("audit-village", kwargs={"key": KEY, "village": "24646.001"})
    meeting = walked.round.acts.filter(code="hold_meeting").first()
    assert meeting is not None

    rows = son.get(url, {"day": f"{meeting.legal_day:%d/%m/%Y}"}).context["rows"]

    assert {row["state"] for row in rows} == {"agreed"} and len(rows) == 5
    assert son.get(url, {"day": "01/01/2020"}).context["rows"] == []


@pytest.mark.parametrize(("day", "code"), [("01/01/2030", "not_yet"), ("hôm qua", "invalid")])
def test_a_day_that_has_not_come_is_refused(son: Client, day: str, code: str) -> None:
    answer = son.get(reverse("audit-case", kwargs={"key": KEY, "code": FIRST}), {"day": day})

    assert answer.status_code == 422
    (error,) = answer.context["form"].errors.as_data()["day"]
    assert error.code == code


def test_whoever_opens_a_household_at_the_bench_is_in_the_log_of_readings(son: Client) -> None:
    son.get(reverse("audit-case", kwargs={"key": KEY, "code": FIRST}))

    assert Reading.objects.filter(opened=FIRST, page="audit-case").exists()


# --- lists, samples, findings, files -------------------------------------------------------------


def test_a_difference_without_a_reason_offers_to_become_a_finding(
    walked: Road, son: Client
) -> None:
    url = reverse("audit-differences", kwargs={"key": KEY})
    offer = f"/ho/{FIRST}/phat-hien/?source=DIFFERENCE"
    assert offer not in text(son, url)
    PostedEntry.objects.filter(case__code=FIRST).update(household_class="NEAR_POOR")

    assert offer in text(son, url)
    form = son.get(f"/ban-kiem-tra/dot/{KEY}{offer}").context["form"]
    assert form.initial["source"] == "DIFFERENCE" and form.initial["text"]


SEED = "Xổ số 12/10/2024: 482915"


def drawing(**changes: Any) -> dict[str, Any]:
    return {"unit": "662", "year": 2024, "kind": "RANDOM", "seed": SEED, "size": 3, **changes}


def test_a_sample_is_drawn_kept_and_drawn_again_by_somebody_else(
    walked: Road, son: Client, appoint: Callable[..., User], desk: Desk
) -> None:
    answer = son.post(reverse("audit-samples"), drawing())
    sample = Sample.objects.get()
    assert answer["Location"] == reverse("audit-sample", kwargs={"number": sample.pk})
    walked.cast["tinh"] = appoint(
        "tinh", "Thanh tra tỉnh", Role.INSPECTION, Unit.objects.get(code="67")
    )
    client = desk(walked, "tinh")

    again = client.post(reverse("audit-sample", kwargs={"number": sample.pk}))

    assert again.context["is_same"]
    assert sample.drawn_by_name == "Hồ Văn Sơn" and sample.items.count() == 3


@pytest.mark.parametrize(
    "changes", [{"seed": "  "}, {"size": 0}, {"size": 10**9}, {"unit": "66"}, {"year": 1}]
)
def test_a_drawing_without_seed_size_or_unit_is_refused(
    son: Client, changes: dict[str, Any]
) -> None:
    assert son.post(reverse("audit-samples"), drawing(**changes)).status_code == 422
    assert not Sample.objects.exists()


def test_nothing_is_drawn_from_nothing(son: Client) -> None:
    answer = son.post(reverse("audit-samples"), drawing(year=2020))

    assert answer.status_code == 422 and not Sample.objects.exists()


def test_a_finding_goes_to_the_commune_and_back(walked: Road, desk: Desk) -> None:
    asked = {"text": "Thiếu chữ ký", "source": "HAND"}
    url = reverse("find-of-case", kwargs={"key": KEY, "code": FIRST})
    assert desk(walked, "son").post(url, asked).status_code == 302
    finding = Finding.objects.get()
    page = reverse("audit-finding", kwargs={"number": finding.pk})

    waiting = f"{reverse('audit-findings')}?key={KEY}&status=OPEN"
    answered = f"{reverse('audit-findings')}?key={KEY}&status=ANSWERED"
    assert waiting in owed(desk(walked, "minh"))
    assert str(finding.pk) in text(desk(walked, "minh"), waiting)
    assert (
        desk(walked, "minh").post(page, {"say": "answer", "text": "Đã ký bổ sung"}).status_code
        == 302
    )
    assert waiting not in owed(desk(walked, "minh"))
    assert answered in owed(desk(walked, "son"))
    assert desk(walked, "son").post(page, {"say": "close", "text": "Đúng"}).status_code == 302
    assert answered not in owed(desk(walked, "son"))


def owed(client: Client) -> set[str]:
    """Return where the things lead that somebody owes."""
    return {task["url"] for task in client.get("/").context["tasks"]}


@pytest.mark.parametrize(
    ("name", "say", "status"),
    [
        ("binh", "close", 403),
        ("son", "answer", 403),
        ("quyen", "answer", 403),
        ("lan", "answer", 404),
        ("other_minh", "answer", 404),
        ("minh", "delete", 404),
    ],
)
def test_who_may_not_say_it_does_not(
    walked: Road, desk: Desk, name: str, say: str, status: int
) -> None:
    url = reverse("find-of-round", kwargs={"key": KEY})
    desk(walked, "son").post(url, {"text": "Vì sao?", "source": "CONFORMANCE"})
    finding = Finding.objects.get()

    page = reverse("audit-finding", kwargs={"number": finding.pk})
    answer = desk(walked, name).post(page, {"say": say, "text": "Không"})

    assert answer.status_code == status
    assert not finding.entries.exists()


def test_a_file_is_sent_in_both_formats_and_noted(son: Client) -> None:
    answer = son.post(reverse("audit-export"), {"unit": "24646", "year": 2024, "format": "xes"})
    assert answer["Content-Disposition"] == 'attachment; filename="viec-24646-2024.xes"'
    log = b"".join(answer)
    assert ET.fromstring(log).tag.endswith("log")  # noqa: S314 (our own text)
    assert FIRST.encode() not in log

    answer = son.post(reverse("audit-export"), {"unit": "662", "format": "ocel", "plain": "on"})
    read = json.loads(b"".join(answer))
    assert f"{KEY}/{FIRST}" in {each["id"] for each in read["objects"]}
    assert Reading.objects.filter(page="audit-export").count() == 2


def test_a_round_that_deviates_is_counted_and_named(
    walked: Road, son: Client, tampering: None
) -> None:
    walked.round.cases.get(code=FIRST).events.filter(act__code="classify").delete()

    answer = son.get(f"{reverse('conformance')}?unit=662&year=2024")
    ((_replayed, counts),) = answer.context["rows"]
    assert [n for _title, n in counts] == [1, 0, 0]
    assert FIRST in text(son, reverse("audit-round", kwargs={"key": KEY}))


def test_the_bench_is_in_the_menu_of_auditors_only(walked: Road, desk: Desk) -> None:
    def menu(name: str) -> list[str]:
        return [entry["url"] for entry in desk(walked, name).get("/").context["nav"]]

    assert reverse("auditing") in menu("son")
    assert reverse("auditing") not in menu("minh")
