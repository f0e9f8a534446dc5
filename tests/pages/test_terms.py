"""Terms of a round, the plan back from its last day, and the working calendar."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.calendar_editions import days_by_version, new_edition, newest_edition
from cases.duties import Role
from cases.models import RunningTerm, Unit, User
from cases.models.calendars import CalendarDay, CalendarEdition, current_calendar
from cases.rules.calendar_changes import REMOVED, CalendarEntry
from cases.rules.calendar_seed import OFF, WORKED
from tests.conftest import Road, moment
from tests.pages.test_translations import vietnamese_left
from workflow import clock
from workflow.acts import registry
from workflow.acts.posting import complain
from workflow.pages import terms as pages

TERMS = reverse("terms", kwargs={"key": "2024-24646"})
PLAN = reverse("plan", kwargs={"key": "2024-24646"})
CALENDAR = reverse("calendar")
EDIT = reverse("calendar-edit")


@pytest.fixture(autouse=True)
def clock_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the road's clock."""
    monkeypatch.setattr(clock, "now", lambda: road.at)


@pytest.fixture
def ministry(appoint: Callable[..., User], nation: Unit) -> User:
    return appoint("bo", "Tạ Thị Bộ", Role.MINISTRY, nation)


def term_page(term: RunningTerm) -> str:
    return reverse("term", kwargs={"key": "2024-24646", "number": term.pk})


def complaint_about(road: Road, number: int) -> None:
    complain(
        case=road.cases()[number],
        complainant="Trần Văn Hùng",
        content="sai",
        **road.who("minh"),
    )


def change(base: CalendarEdition, by: User, *changes: CalendarEntry) -> CalendarEdition:
    at = clock.now()
    return new_edition(base, changes, source_document="1/TB", note="", corrects=[], by=by, at=at)


def suspended(road: Road) -> RunningTerm:
    """Post on Tuesday 01/10, complain about the first household, stop the clock on Wednesday."""
    road.open().list().survey().classify().meet().post()
    complaint_about(road, 0)
    facts = {"term": "reverification", "case": road.cases()[0].code}
    paper = {"reason": "Bão số 4", "paper": "15/TB"}
    registry.do("suspend_term", road.round, facts | paper, **road.pass_days(1).who("hoa"))
    return RunningTerm.objects.get(code="reverification")


def more_terms(road: Road, how_many: int) -> None:
    (first,) = RunningTerm.objects.all()
    RunningTerm.objects.bulk_create(
        RunningTerm(
            round=first.round,
            village_review=first.village_review,
            case=road.cases()[0],
            code="reverification",
            starts_on=first.starts_on - timedelta(days=n % 10),
            days=3,
            kind="WORKING",
            calendar_version=first.calendar_version,
            ends_on=first.ends_on,
            started_by=first.started_by,
        )
        for n in range(how_many)
    )


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- The list ---


def test_running_and_ended_terms_are_listed_with_their_count(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    complaint_about(road, 0)
    road.pass_days(7).close()
    client.force_login(road.cast["hoa"])

    rows = client.get(TERMS).context["rows"]

    assert [row.term.code for row in rows] == ["reverification", "posting"]
    assert (rows[0].status, rows[0].tone) == ("quá hạn", "bad")
    assert (rows[1].status, rows[1].tone) == ("đã xong", "good")
    assert rows[1].count == "3 ngày làm việc"
    assert rows[1].term.calendar_version == "2021-2027.1"


def test_a_posting_that_has_hung_long_enough_is_not_late(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(road.cast["hoa"])
    assert client.get(TERMS).context["rows"][0].status == "đang chạy"
    road.pass_days(7)
    assert client.get(TERMS).context["rows"][0].status == "đã đủ ngày"


def test_a_round_without_terms_says_when_they_start(client: Client, road: Road) -> None:
    road.open()
    client.force_login(road.cast["hoa"])
    assert 'class="empty"' in client.get(TERMS).content.decode()


def test_a_village_head_sees_the_terms_of_his_own_villages(
    client: Client, road: Road, appoint: Callable[..., User]
) -> None:
    nga = appoint("nga", "Phan Thị Nga", Role.VILLAGE_HEAD, Unit.objects.get(code="24646.002"))
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    client.force_login(nga)
    assert client.get(TERMS).context["rows"] == []
    assert client.get(term_page(term)).status_code == 404


def test_another_communes_terms_and_plan_are_not_found(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    for name in ("other_binh", "other_minh", "other_hung"):
        client.force_login(road.cast[name])
        for url in (TERMS, PLAN, term_page(term)):
            assert client.get(url).status_code == 404, (name, url)


def test_a_term_of_another_round_is_not_found_under_this_one(client: Client, road: Road) -> None:
    road.open()
    client.force_login(road.cast["binh"])
    for number in (0, 999, 10**30):
        url = reverse("term", kwargs={"key": "2024-24646", "number": number})
        assert client.get(url).status_code == 404


def test_many_terms_cost_the_same_as_few(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    more_terms(road, 4)
    client.force_login(road.cast["hoa"])
    few = {url: queries_of(client, url) for url in (TERMS, PLAN, CALENDAR)}
    RunningTerm.objects.filter(code="reverification").delete()
    more_terms(road, 499)
    many = {url: queries_of(client, url) for url in (TERMS, PLAN, CALENDAR)}
    page = client.get(TERMS).context["page"]

    assert many == few
    assert (page.paginator.count, len(page)) == (500, pages.TERMS_A_PAGE)


def test_the_board_leads_to_the_terms_and_each_to_its_count(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    client.force_login(road.cast["hoa"])
    board = client.get(reverse("round", kwargs={"key": "2024-24646"})).content.decode()
    for url in (TERMS, PLAN, term_page(term)):
        assert f'href="{url}"' in board


# --- How one was counted ---


def test_the_count_names_the_holiday_it_skips(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    RunningTerm.objects.update(starts_on=date(2024, 8, 30), ends_on=date(2024, 9, 6))
    (term,) = RunningTerm.objects.all()
    client.force_login(road.cast["hoa"])

    page = client.get(term_page(term)).context

    assert [(row.day.day, row.mark, row.name) for row in page["days"]] == [
        (30, "bắt đầu", ""),
        (31, "nghỉ", ""),
        (1, "nghỉ", ""),
        (2, "nghỉ lễ", "Quốc khánh"),
        (3, "nghỉ lễ", "Quốc khánh"),
        (4, "+1", ""),
        (5, "+2", ""),
        (6, "+3 hết", ""),
    ]
    assert page["days"][-1].day == term.ends_on
    assert [month.title for month in page["months"]] == ["Tháng 8 năm 2024", "Tháng 9 năm 2024"]


def test_a_saturday_swapped_on_is_counted_and_named(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    RunningTerm.objects.update(starts_on=date(2024, 5, 2), ends_on=date(2024, 5, 6))
    (term,) = RunningTerm.objects.all()
    client.force_login(road.cast["hoa"])
    page = client.get(term_page(term)).context
    (saturday,) = [row for row in page["days"] if row.day == date(2024, 5, 4)]
    assert (saturday.mark, saturday.counted) == ("+2", True)
    assert saturday.name and "làm bù" in saturday.why


def test_a_calendar_day_term_that_ends_on_a_day_off_shows_the_moved_end(
    client: Client, road: Road
) -> None:
    road.open().list().survey().classify().meet().post()
    changes = {"starts_on": date(2026, 8, 15), "ends_on": date(2026, 9, 3)}
    RunningTerm.objects.update(days=15, kind="CALENDAR", **changes)
    (term,) = RunningTerm.objects.all()
    client.force_login(road.cast["hoa"])
    page = client.get(term_page(term)).context
    assert (page["days"][-1].day, page["days"][-1].mark) == (date(2026, 9, 3), "hết")
    assert not page["differs"]
    assert page["row"].count == "15 ngày theo lịch"


def test_a_term_that_no_new_edition_moves_is_shown_over_its_own_edition(
    client: Client, road: Road
) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    base = newest_edition()
    assert base is not None
    change(base, road.cast["binh"], CalendarEntry(date(2024, 10, 10), OFF, "Nghỉ bão"))
    client.force_login(road.cast["hoa"])

    page = client.get(term_page(term)).context

    assert current_calendar().version == "2021-2027.2"
    assert page["term"].calendar_version == "2021-2027.1"
    assert page["counted"].ends_on == term.ends_on
    assert not page["differs"] and not page["recounts"]


def test_a_term_counted_anew_shows_why_and_both_ends(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    base = newest_edition()
    assert base is not None
    change(base, road.cast["binh"], CalendarEntry(date(2024, 10, 2), OFF, "Nghỉ bão"))
    client.force_login(road.cast["hoa"])

    page = client.get(term_page(term))
    (record,) = page.context["recounts"]

    assert (record.old_end, record.new_end) == (date(2024, 10, 4), date(2024, 10, 7))
    assert "2021-2027.2: 1/TB" in page.content.decode()
    assert page.context["term"].calendar_version == "2021-2027.2"
    assert page.context["counted"].ends_on == date(2024, 10, 7)
    assert not page.context["differs"]
    assert client.get(TERMS).context["rows"][0].recounted


def test_a_term_that_stands_still_shows_its_pause_and_has_no_last_day(
    client: Client, road: Road
) -> None:
    term = suspended(road)
    road.pass_days(5)
    client.force_login(road.cast["hoa"])

    page = client.get(term_page(term))
    row = next(row for row in client.get(TERMS).context["rows"] if row.term.pk == term.pk)

    assert (page.context["counted"].ends_on, page.context["counted"].left) == (None, 3)
    assert [(d.day.day, d.mark) for d in page.context["days"]] == [
        (1, "bắt đầu"),
        *((n, "tạm dừng") for n in range(2, 8)),
    ]
    assert {c.tone for m in page.context["months"] for w in m.weeks for c in w} >= {"paused"}
    assert not page.context["differs"]
    assert "Bão số 4" in page.content.decode() and "15/TB" in page.content.decode()
    # Monday 07/10 is after the last day it had; nobody is late while the clock stands.
    assert (row.status, row.tone) == ("đang tạm dừng", "warn")


def test_a_resumed_term_shows_the_days_it_stood_and_its_new_end(client: Client, road: Road) -> None:
    term = suspended(road)
    facts = {"term": "reverification", "case": road.cases()[0].code}
    paper = {"reason": "Đường đã thông", "paper": "16/TB"}
    registry.do("resume_term", road.round, facts | paper, **road.pass_days(5).who("hoa"))
    client.force_login(road.cast["hoa"])

    page = client.get(term_page(term))

    assert page.context["counted"].ends_on == date(2024, 10, 9)
    assert [d.mark for d in page.context["days"]][-3:] == ["+1", "+2", "+3 hết"]
    assert not page.context["differs"]
    assert "Đường đã thông (16/TB)" in page.content.decode()


def test_a_term_whose_edition_is_unknown_or_tells_another_end_says_so(
    client: Client, road: Road
) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    client.force_login(road.cast["hoa"])
    RunningTerm.objects.update(ends_on=date(2024, 10, 9))
    assert client.get(term_page(term)).context["differs"]
    RunningTerm.objects.update(calendar_version="bản không có")
    page = client.get(term_page(term))
    assert page.status_code == 200
    assert page.context["counted"] is None


# --- Back from the last day ---


def test_the_plan_counts_back_from_the_last_day_of_the_round(client: Client, road: Road) -> None:
    road.open()
    client.force_login(road.cast["binh"])
    page = client.get(PLAN).context
    days = {row.step.code: row.step.day for row in page["rows"]}
    assert page["plan"].last_day == date(2024, 12, 14)  # a Saturday, and not moved
    assert days["report"] == date(2024, 12, 6)
    assert days["posting"] == date(2024, 12, 2)
    assert {row.status for row in page["rows"]} >= {"còn 74 ngày"}


def test_a_day_that_is_past_is_told_and_blocks_nothing(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet()
    road.at = moment("2024-12-10")
    client.force_login(road.cast["binh"])
    rows = {row.step.code: row for row in client.get(PLAN).context["rows"]}
    assert rows["posting"].status == "đã qua"
    assert rows["decision"].status == "còn 4 ngày"
    road.post()
    rows = {row.step.code: row for row in client.get(PLAN).context["rows"]}
    assert rows["posting"].status == "đã làm, muộn"
    assert rows["posting"].done == "ngày 10/12/2024"


def test_steps_that_are_done_are_told_with_their_day(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    client.force_login(road.cast["binh"])
    rows = {row.step.code: row for row in client.get(PLAN).context["rows"]}
    assert (rows["report"].status, rows["report"].done) == ("đã làm", "ngày 08/10/2024")
    road.consent().decide()
    rows = {row.step.code: row for row in client.get(PLAN).context["rows"]}
    assert (rows["decision"].status, rows["complaint"].status) == ("đã làm", "")


@pytest.mark.parametrize(("days", "status"), [("7", 200), ("0", 200), ("x", 200), ("", 200)])
def test_another_length_of_re_verification_is_tried_out(
    client: Client, road: Road, days: str, status: int
) -> None:
    road.open()
    client.force_login(road.cast["binh"])
    usual = {row.step.code: row.step.day for row in client.get(PLAN).context["rows"]}
    answer = client.get(PLAN, {"days": days})
    tried = {row.step.code: row.step.day for row in answer.context["rows"]}
    assert answer.status_code == status
    assert (tried["posting_with_complaint"] < usual["posting_with_complaint"]) == (days == "7")


def test_without_a_calendar_the_plan_says_so(client: Client, road: Road) -> None:
    road.open()
    CalendarEdition.objects.all().delete()
    client.force_login(road.cast["binh"])
    assert client.get(PLAN).context["no_calendar"]
    assert client.get(CALENDAR).status_code == 200


# --- The calendar ---


def rows_of(*rows: dict[str, str], **form: str) -> dict[str, str]:
    """Return what the form of a new edition posts."""
    data = {
        "base": "2021-2027.1",
        "source_document": "1234/TB-BNV",
        "step": "check",
        "ngay-TOTAL_FORMS": str(len(rows)),
        "ngay-INITIAL_FORMS": "0",
    }
    for number, row in enumerate(rows):
        data |= {f"ngay-{number}-{name}": value for name, value in row.items()}
    return data | form


STORM = {"day": "02/10/2024", "kind": OFF, "name": "Nghỉ bão", "mark": "S"}


def test_everybody_reads_the_calendar_and_the_ministry_alone_changes_it(
    client: Client, road: Road, ministry: User
) -> None:
    for user in (*road.cast.values(), ministry):
        client.force_login(user)
        assert client.get(CALENDAR).status_code == 200
        allowed = 200 if user == ministry else 404
        assert client.get(EDIT).status_code == allowed, user
        assert client.post(EDIT, rows_of(STORM)).status_code == allowed, user
    assert CalendarEdition.objects.count() == 1


def test_a_year_is_shown_with_marks_and_next_year_as_provisional(
    client: Client, road: Road
) -> None:
    client.force_login(road.cast["lan"])
    this_year = client.get(CALENDAR).context
    next_year = client.get(CALENDAR, {"nam": "2027"})
    assert (this_year["year"], this_year["provisional"]) == (2024, False)
    assert date(2024, 5, 4) in [day.entry.day for day in this_year["days"]]
    assert next_year.context["provisional"]
    assert "chưa kiểm chứng" in next_year.content.decode()
    for year in ("1999", "x", "²"):
        assert client.get(CALENDAR, {"nam": year}).context["year"] == 2024
    assert client.get(CALENDAR, {"phien-ban": "bản lạ"}).status_code == 404


def test_a_new_edition_is_looked_at_first_and_lists_the_terms_it_would_move(
    client: Client, road: Road, ministry: User
) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    client.force_login(ministry)

    looked = client.post(EDIT, rows_of(STORM))
    assert CalendarEdition.objects.count() == 1
    done = client.post(EDIT, rows_of(STORM, step="save"))
    shown = client.get(done.headers["Location"]).context

    assert [(each.row.term.pk, each.ends_on) for each in looked.context["moved"].rows] == [
        (term.pk, date(2024, 10, 7))
    ]
    edition = newest_edition()
    assert edition is not None and edition.version == "2021-2027.2"
    assert (edition.author, edition.corrects_years) == (ministry, [])
    assert edition.days.get(day=date(2024, 10, 2)).source == "1234/TB-BNV"
    assert [(row.term.pk, record.new_end) for row, record in shown["recounted"].rows] == [
        (term.pk, date(2024, 10, 7))
    ]
    term.refresh_from_db()
    assert term.ends_on == date(2024, 10, 7)


def test_the_earlier_edition_stays_and_is_shown_as_earlier(
    client: Client, road: Road, ministry: User
) -> None:
    before = days_by_version(["2021-2027.1"])
    client.force_login(ministry)
    client.post(EDIT, rows_of(STORM, step="save"))
    page = client.get(CALENDAR, {"phien-ban": "2021-2027.1"}).context
    assert days_by_version(["2021-2027.1"]) == before
    assert not page["newest"] and page["recounted"].total == 0
    assert [each.version for each in page["editions"]] == ["2021-2027.2", "2021-2027.1"]


def test_terms_of_another_commune_are_not_among_those_counted_anew(
    client: Client, road: Road, ministry: User
) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(ministry)
    client.post(EDIT, rows_of(STORM, step="save"))
    client.force_login(road.cast["other_binh"])
    page = client.get(CALENDAR)
    assert page.context["recounted"].total == 0
    assert "Tân Lập" not in page.content.decode()


@pytest.mark.parametrize(
    ("rows", "form", "wrong"),
    [
        ([], {}, "Chưa có ngày nào thay đổi."),
        ([STORM], {"source_document": ""}, "source_document"),
        ([STORM | {"name": ""}], {}, "ngay-0-name"),
        ([STORM | {"mark": ""}], {}, "ngay-0-mark"),
        ([STORM | {"kind": ""}], {}, "ngay-0-kind"),
        ([STORM | {"day": "31/02/2024"}], {}, "ngay-0-day"),
        ([STORM | {"day": "02/10/0224"}], {}, "ngay-0-day"),
        ([STORM | {"kind": WORKED}], {}, "vốn là ngày làm việc"),
        ([STORM | {"day": "04/05/2024"}], {}, "không thể vừa nghỉ vừa làm bù"),
        ([STORM, STORM | {"kind": WORKED}], {}, "không thể vừa nghỉ vừa làm bù"),
        ([STORM, STORM], {}, "được ghi hai lần"),
        ([{"day": "02/10/2024", "kind": REMOVED}], {}, "không có trong lịch"),
        ([STORM | {"day": "02/10/2023"}], {}, "đã khép lại"),
        ([STORM], {"correction": "on"}, "Đính chính phải nêu lý do."),
        ([STORM | {"name": "a\0b"}], {}, "ngay-0-name"),
        ([STORM | {"name": "a" * 101}], {}, "ngay-0-name"),
    ],
)
def test_a_senseless_edition_is_refused_beside_its_field(
    client: Client,
    road: Road,
    ministry: User,
    rows: list[dict[str, str]],
    form: dict[str, str],
    wrong: str,
) -> None:
    client.force_login(ministry)
    for step in ("check", "save"):
        answer = client.post(EDIT, rows_of(*rows, **form, step=step))
        assert answer.status_code == 422
        assert wrong in answer.content.decode()
    assert CalendarEdition.objects.count() == 1


def test_a_closed_year_is_changed_as_a_correction_with_its_note(
    client: Client, road: Road, ministry: User
) -> None:
    client.force_login(ministry)
    facts = {"correction": "on", "note": "Thông báo gốc ghi khác."}
    late = STORM | {"day": "02/10/2023"}
    looked = client.post(EDIT, rows_of(late, **facts))
    client.post(EDIT, rows_of(late, **facts, step="save"))
    edition = newest_edition()
    assert looked.context["corrected"] == [2023]
    assert edition is not None
    assert (edition.corrects_years, edition.note) == ([2023], "Thông báo gốc ghi khác.")
    assert "Đính chính năm 2023" in client.get(CALENDAR).content.decode()


def test_an_announced_year_is_confirmed_as_a_whole(
    client: Client, road: Road, ministry: User
) -> None:
    road.at = moment("2026-10-01")
    client.force_login(ministry)
    removed = {"day": "03/09/2027", "kind": REMOVED}
    client.post(EDIT, rows_of(removed, confirmed_year="2027", step="save"))
    days = CalendarDay.objects.filter(edition=newest_edition(), day__year=2027)
    assert set(days.values_list("mark", "source")) == {("S", "1234/TB-BNV")}
    assert not days.filter(day=date(2027, 9, 3)).exists()
    assert current_calendar().is_announced(2027)


def test_answers_come_back_to_be_changed_and_nothing_is_made(
    client: Client, road: Road, ministry: User
) -> None:
    client.force_login(ministry)
    page = client.post(EDIT, rows_of(STORM, step="edit"))
    assert 'value="Nghỉ bão"' in page.content.decode()
    assert CalendarEdition.objects.count() == 1


def test_an_edition_begun_from_one_that_is_no_longer_the_newest_is_refused(
    client: Client, road: Road, ministry: User
) -> None:
    base: Any = newest_edition()
    change(base, ministry, CalendarEntry(date(2024, 11, 20), OFF, "Nghỉ"))
    client.force_login(ministry)
    for step in ("check", "save"):
        answer = client.post(EDIT, rows_of(STORM, step=step))
        assert answer.status_code == 409
    assert CalendarEdition.objects.count() == 2
    again = client.post(EDIT, rows_of(STORM, base="2021-2027.2", step="save"))
    assert again.status_code == 302


def test_terms_plan_and_calendar_are_english_for_who_chose_it(
    client: Client, road: Road, ministry: User
) -> None:
    road.open().list().survey().classify().meet().post()
    (term,) = RunningTerm.objects.all()
    client.force_login(ministry)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    facts = rows_of(STORM | {"name": "Storm"}, confirmed_year="2027")
    wrong = rows_of(
        STORM | {"name": "Storm", "kind": WORKED}, STORM | {"name": "Storm", "day": "1/1/2020"}
    )
    pages_read = {
        "terms": client.get(TERMS),
        "term": client.get(term_page(term)),
        "plan": client.get(PLAN, {"days": "7"}),
        "calendar": client.get(CALENDAR, {"nam": "2027"}),
        "empty form": client.get(EDIT),
        "preview": client.post(EDIT, facts),
        "refused": client.post(EDIT, wrong),
    }
    left = {name: vietnamese_left(page.content.decode()) for name, page in pages_read.items()}
    assert {name: lines for name, lines in left.items() if lines} == {}
