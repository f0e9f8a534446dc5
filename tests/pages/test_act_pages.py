"""Every act through its page: done, refused with its reasons, done once, within reach only."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import (
    Act,
    Case,
    Complaint,
    Decision,
    Household,
    Meeting,
    Member,
    OpinionItem,
    Posting,
    Report,
    Round,
    Unit,
)
from tests.conftest import NEAR_POOR, Road, moment
from tests.taken_back import taken_back
from workflow import clock
from workflow.acts.listing import receive_requests

MEETING = {
    "held_on": "01/10/2024",
    "place": "Nhà văn hóa thôn 1",
    "secretary_name": "Lê Thị Thu",
    "attendance": "40",
    "committee_present": "2",
    "reviewers_present": "1",
    "households_present": "30",
    "organisations_present": "",
    "front_invited": "on",
    "minutes_number": "01/BB",
    "minutes_signed": "on",
}
PLACES = {"village_place": "Nhà văn hóa thôn 1", "commune_place": "Trụ sở UBND xã Tân Lập"}
SURVEY = {
    "surveyed_on": "01/10/2024",
    "reviewer_name": "Nguyễn Thị Lan",
    "income_score": "120",
    "deprived": ["1", "4", "9"],
}


class Desk:
    """Sits at a browser: opens act pages as somebody and sends their forms."""

    def __init__(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        self.road = road
        monkeypatch.setattr(clock, "now", lambda: road.at)

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.road.cast[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def open(self, who: str, url: str) -> Any:
        return self.client(who).get(url)

    def send(self, who: str, url: str, answers: dict[str, Any], step: str = "do") -> Any:
        """Open the page, fill the form in and send it, with the key that came with it."""
        client = self.client(who)
        page = client.get(url)
        assert page.status_code == 200, codes(page)
        return client.post(url, {"key": key_of(page), "step": step, **answers})

    def round_url(self, act: str) -> str:
        return reverse("round-act", kwargs={"key": self.road.round.key, "act": act})

    def village_url(self, act: str, village: str = "24646.001") -> str:
        kwargs = {"key": self.road.round.key, "village": village, "act": act}
        return reverse("village-act", kwargs=kwargs)

    def case_url(self, act: str, case: Case) -> str:
        kwargs = {"key": self.road.round.key, "code": case.code, "act": act}
        return reverse("case-act", kwargs=kwargs)


@pytest.fixture
def desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(road, monkeypatch)


def key_of(page: Any) -> str:
    (key,) = re.findall(r'name="key" value="([0-9a-f]+)"', page.content.decode())
    return str(key)


def codes(page: Any) -> set[str]:
    return set(re.findall(r'data-code="([a-z_]+)"', page.content.decode()))


def states(road: Road) -> set[str]:
    return {case.state for case in road.cases()}


def votes(road: Road, agree: int | str) -> dict[str, str]:
    return {f"agree-{case.code}": str(agree) for case in road.cases(state="classified")}


def minutes(road: Road) -> dict[str, str]:
    return {**MEETING, "chair": str(road.cast["hung"].pk)}


def ask_for(road: Road, make_households: Callable[..., list[Household]], how_many: int = 1) -> None:
    """Let new households of village 1 ask by Form 01."""
    village = Unit.objects.get(code="24646.001")
    forms = {h.code: "07" for h in make_households(village, how_many, standing="")}
    receive_requests(round=road.round, forms=forms, **road.who("minh"))


# Each act does what it says


def test_the_chair_opens_the_round(desk: Desk, road: Road) -> None:
    answers = {
        "commune": road.commune.pk,
        "kind": "PERIODIC",
        "year": "2024",
        "plan_paper": "12/KH-UBND",
        "committee_paper": "34/QĐ-UBND",
    }

    page = desk.send("binh", reverse("open-round"), answers)

    assert page.url == reverse("round", kwargs={"key": "2024-24646"})
    assert Round.objects.get().plan_paper == "12/KH-UBND"


def test_a_round_without_its_papers_is_refused_with_a_code(desk: Desk, road: Road) -> None:
    answers = {
        "commune": road.commune.pk,
        "kind": "PERIODIC",
        "year": "2024",
        "plan_paper": "",
        "committee_paper": "",
    }

    page = desk.send("binh", reverse("open-round"), answers)

    assert (page.status_code, codes(page)) == (409, {"papers_on_file"})
    assert not Round.objects.exists()


def test_only_who_may_open_rounds_finds_the_page(desk: Desk, road: Road) -> None:
    assert desk.open("minh", reverse("open-round")).status_code == 404


def test_the_officer_receives_form_01_of_a_known_household(
    desk: Desk, road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open()
    village = Unit.objects.get(code="24646.002")
    [household] = make_households(village, 1, standing="")

    page = desk.send(
        "minh",
        desk.round_url("receive_request"),
        {"form_number": "07", "which": "known", "household": household.code},
    )

    assert page.status_code == 302
    assert [(c.code, c.state) for c in road.cases()] == [(household.code, "requested")]


def new_household(road: Road, **changes: str) -> dict[str, str]:
    review = road.round.village_reviews.order_by("pk")[0]
    return {
        "form_number": "08",
        "which": "new",
        "head_name": "Đinh Thị Mận",
        "village": str(review.pk),
        "persons": "3",
        "sex": "FEMALE",
        "birth_date": "05/12/1980",
        "personal_number": "067180001234",
        **changes,
    }


def test_a_new_household_is_entered_under_the_next_free_code(desk: Desk, road: Road) -> None:
    road.open()

    desk.send("minh", desk.round_url("receive_request"), new_household(road))

    household = Household.objects.get(head_name="Đinh Thị Mận")
    assert household.code == "24646-00006"
    assert Member.objects.get(household=household).birth_date == date(1980, 12, 5)
    assert [c.code for c in road.cases(state="requested")] == ["24646-00006"]


def test_a_form_01_sent_twice_enters_the_household_once(desk: Desk, road: Road) -> None:
    road.open()
    client, url = desk.client("minh"), desk.round_url("receive_request")
    answers = {"key": key_of(client.get(url)), **new_household(road)}

    first, second = client.post(url, answers), client.post(url, answers)

    assert first["Location"] == second["Location"]
    assert Household.objects.filter(head_name="Đinh Thị Mận").count() == 1
    assert Act.objects.filter(code="receive_request").count() == 1


@pytest.mark.parametrize("number", ["06718000123", "06718000123x"])
def test_a_personal_number_of_wrong_length_is_an_error_of_its_field(
    desk: Desk, road: Road, number: str
) -> None:
    road.open()

    page = desk.send(
        "minh", desk.round_url("receive_request"), new_household(road, personal_number=number)
    )

    assert "personal_number" in page.context["form"].errors
    assert not Household.objects.filter(head_name="Đinh Thị Mận").exists()


def test_a_personal_number_of_somebody_else_enters_nothing(desk: Desk, road: Road) -> None:
    road.open()
    desk.send("minh", desk.round_url("receive_request"), new_household(road))

    page = desk.send(
        "minh", desk.round_url("receive_request"), new_household(road, head_name="Trần Văn Tư")
    )

    assert "personal_number" in page.context["form"].errors
    assert not Household.objects.filter(head_name="Trần Văn Tư").exists()


def test_an_odd_personal_number_is_taken_with_a_warning(desk: Desk, road: Road) -> None:
    road.open()
    client, url = desk.client("minh"), desk.round_url("receive_request")
    answers = new_household(road, sex="MALE", key=key_of(client.get(url)))

    page = client.post(url, answers, follow=True)

    assert [m.level_tag for m in page.context["messages"]] == ["warning", "success"]


def test_a_household_of_another_commune_is_not_known_here(
    desk: Desk, road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open()
    [stranger] = make_households(Unit.objects.get(code="24652.001"), 1)

    page = desk.send(
        "minh",
        desk.round_url("receive_request"),
        {"form_number": "07", "which": "known", "household": stranger.code},
    )

    assert "household" in page.context["form"].errors


def test_the_committee_builds_the_list_from_last_year_alone(desk: Desk, road: Road) -> None:
    road.open()

    page = desk.send("hoa", desk.round_url("build_list"), {})

    assert page.url == reverse("round", kwargs={"key": road.round.key})
    assert [c.state for c in road.cases()] == ["listed"] * 5


@pytest.mark.parametrize(("answer", "state"), [("yes", "screened"), ("no", "unqualified")])
def test_the_reviewer_records_phieu_a(
    desk: Desk,
    road: Road,
    make_households: Callable[..., list[Household]],
    answer: str,
    state: str,
) -> None:
    road.open()
    ask_for(road, make_households)
    road.list()
    [case] = road.cases(basis="REQUEST")
    answers = {"screened_on": "01/10/2024", "reviewer_name": "Lan", "passed": answer}

    page = desk.send("lan", desk.case_url("screen", case), answers)

    assert page.url == reverse("case", kwargs={"key": road.round.key, "code": case.code})
    case.refresh_from_db()
    assert case.state == state


def test_the_reviewer_records_phieu_b(desk: Desk, road: Road) -> None:
    case = road.open().list().cases()[0]

    desk.send("lan", desk.case_url("survey", case), SURVEY)

    case.refresh_from_db()
    assert (case.state, case.income_score, case.deprivation_score) == ("surveyed", 120, 30)
    assert (case.deprivations, case.result_class) == ("100100001000", "POOR")


def test_a_survey_dated_tomorrow_is_refused_and_keeps_what_was_typed(
    desk: Desk, road: Road
) -> None:
    case = road.open().list().cases()[0]

    page = desk.send("lan", desk.case_url("survey", case), {**SURVEY, "surveyed_on": "02/10/2024"})

    assert (page.status_code, codes(page)) == (409, {"surveyed_in_round"})
    assert 'value="02/10/2024"' in page.content.decode()


def test_the_committee_classifies_a_village(desk: Desk, road: Road) -> None:
    road.open().list().survey()

    page = desk.send("hoa", desk.village_url("classify"), {})

    kwargs = {"key": road.round.key, "village": "24646.001"}
    assert page.url == reverse("village", kwargs=kwargs)
    assert states(road) == {"classified"}


def test_a_household_not_surveyed_stands_against_classifying(desk: Desk, road: Road) -> None:
    road.open().list()

    page = desk.open("hoa", desk.village_url("classify"))

    assert (page.status_code, codes(page)) == (200, {"wrong_state"})
    assert all(case.code in page.content.decode() for case in road.cases())
    assert 'name="key"' not in page.content.decode()


def test_the_meeting_is_shown_again_before_it_is_recorded(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    low = road.cases()[0].code
    answers = {**minutes(road), **votes(road, ""), "agree_all": "38", f"agree-{low}": "19"}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers, step="")

    assert page.templates[0].name == "workflow/acts/look_again.html"
    assert [row["code"] for row in page.context["sent_back"]] == [low]
    assert (len(page.context["agreed"]), page.context["needed"]) == (4, 20)
    assert states(road) == {"classified"}
    assert not Meeting.objects.exists()


def test_the_second_look_carries_every_answer_to_the_deed(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    low, *others = (case.code for case in road.cases())
    client, url = desk.client("thu"), desk.village_url("hold_meeting")
    answers = {**minutes(road), **votes(road, ""), "agree_all": "38", f"agree-{low}": "19"}
    look = client.post(url, {"key": key_of(client.get(url)), **answers})

    page = client.post(url, {**dict(look.context["carried"]), "step": "do"})

    assert page.status_code == 302
    assert {c.code: c.state for c in road.cases()} == {
        low: "disagreed",
        **dict.fromkeys(others, "agreed"),
    }


def test_the_second_look_leads_back_with_the_answers_in_place(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    answers = {**minutes(road), **votes(road, 31)}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers, step="edit")

    assert page.content.decode().count('value="31"') == 5
    assert states(road) == {"classified"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"front_invited": ""}, "front_invited"),
        ({"minutes_signed": ""}, "minutes_signed"),
        ({"committee_present": "0"}, "required_people_present"),
        ({"attendance": "25", "households_present": "20"}, "tally_fits_attendance"),
    ],
)
def test_what_the_law_wants_of_a_meeting_is_said_at_the_second_look(
    desk: Desk, road: Road, changes: dict[str, str], code: str
) -> None:
    road.open().list().survey().classify()
    answers = {**minutes(road), **votes(road, 30), **changes}
    answers = {name: value for name, value in answers.items() if value}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers, step="")

    assert (page.status_code, codes(page)) == (409, {code})


def test_a_household_without_a_vote_stands_against_the_meeting(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    left_out = road.cases()[0].code
    answers = {**minutes(road), **votes(road, 30), f"agree-{left_out}": ""}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers)

    assert (page.status_code, codes(page)) == (409, {"tally_recorded"})


def test_a_vote_that_is_no_number_names_its_household(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    code = road.cases()[0].code
    answers = {**minutes(road), **votes(road, 30), f"agree-{code}": "nhiều"}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers)

    assert set(page.context["form"].wrong) == {code}
    assert not Meeting.objects.exists()


def test_the_village_head_posts_the_list(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet()
    url = desk.village_url("post_list")

    look = desk.send("hung", url, PLACES, step="")
    page = desk.send("hung", url, PLACES)

    assert look.context["term"]["ends_on"].isoformat() == "2024-10-04"
    assert page.status_code == 302
    assert states(road) == {"posted"}
    assert Posting.objects.get().commune_place == PLACES["commune_place"]


def test_one_place_is_not_enough(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet()

    page = desk.send("hung", desk.village_url("post_list"), {**PLACES, "village_place": ""})

    assert (page.status_code, codes(page)) == (409, {"posted_at_both_places"})


def test_the_posting_sheet_shows_results_and_no_scores(desk: Desk, road: Road) -> None:
    road.open().list().survey(NEAR_POOR).classify().meet()
    kwargs = {"key": road.round.key, "village": "24646.001"}
    before = desk.open("hung", reverse("posting-sheet", kwargs=kwargs))

    road.post()
    after = desk.open("hung", reverse("posting-sheet", kwargs=kwargs))

    for page in (before, after):
        assert [len(group["rows"]) for group in page.context["groups"]] == [0, 5, 0, 0]
        # What is read, not the tokens in its tags: they are drawn, and may contain anything.
        assert "B1" not in re.sub(r"<[^>]*>", " ", page.content.decode())
    assert before.context["last_day"] is None
    assert after.context["last_day"].isoformat() == "2024-10-04"


def test_the_posting_cannot_be_closed_a_day_early(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(3)

    page = desk.open("hung", desk.village_url("close_posting"))

    assert codes(page) == {"posting_over"}


def test_the_posting_is_closed_and_leaves_the_contested_behind(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    contested, *_others = road.cases()
    desk.send(
        "minh", desk.case_url("complain", contested), {"complainant": "Tám", "content": "Có xe"}
    )
    road.pass_days(7)

    page = desk.send("hung", desk.village_url("close_posting"), {})

    assert page.status_code == 302
    assert sorted(c.state for c in road.cases()) == ["cleared"] * 4 + ["contested"]


def test_a_complaint_goes_through_re_verification_to_posting_again(desk: Desk, road: Road) -> None:
    case = road.open().list().survey().classify().meet().post().cases()[0]
    answers = {"complainant": "Ông Tám", "content": "Hộ có hai xe máy"}
    assert desk.send("minh", desk.case_url("complain", case), answers).status_code == 302

    form = desk.open("hoa", desk.case_url("reverify", case))
    assert "Hộ có hai xe máy" in form.content.decode()
    survey = {**SURVEY, "reviewer_name": "Đỗ Thị Hoa", "outcome": "Giữ nguyên"}
    assert desk.send("hoa", desk.case_url("reverify", case), survey).status_code == 302
    assert desk.send("hung", desk.case_url("repost", case), PLACES).status_code == 302
    road.pass_days(7)
    assert desk.send("hung", desk.case_url("close_reposting", case), {}).status_code == 302

    case.refresh_from_db()
    assert case.state == "cleared"
    assert Complaint.objects.get().outcome == "Giữ nguyên"


def test_a_complaint_without_its_content_is_refused(desk: Desk, road: Road) -> None:
    case = road.open().list().survey().classify().meet().post().cases()[0]

    page = desk.send("minh", desk.case_url("complain", case), {"complainant": "", "content": ""})

    assert (page.status_code, codes(page)) == (409, {"complaint_written_down"})


def test_the_chair_signs_the_report(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    url = desk.round_url("sign_report")

    form = desk.open("binh", url)
    page = desk.send("binh", url, {"number": "05/BC-UBND"})

    assert [cell["n"] for cell in form.context["movement_totals"]] == [5, 0, 0]
    assert page.status_code == 302
    assert Report.objects.get().number == "05/BC-UBND"


def test_the_superior_consents_to_all_but_the_ticked(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    asked = road.cases()[1].code
    answers = {"number": "77/UBND", f"question-{asked}": "yes", f"reason-{asked}": "Xem lại B1"}

    page = desk.send("quyen", desk.round_url("give_opinion"), answers)

    assert page.status_code == 302
    assert [c.code for c in road.cases(state="objected")] == [asked]
    assert OpinionItem.objects.get().reason == "Xem lại B1"


def test_a_question_without_a_reason_is_refused(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    answers = {"number": "77/UBND", f"question-{road.cases()[0].code}": "yes"}

    page = desk.send("quyen", desk.round_url("give_opinion"), answers)

    assert (page.status_code, codes(page)) == (409, {"each_question_has_a_reason"})


def test_a_reason_for_a_household_not_ticked_is_asked_about(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    code = road.cases()[0].code

    page = desk.send(
        "quyen", desk.round_url("give_opinion"), {"number": "7", f"reason-{code}": "Xem lại"}
    )

    assert set(page.context["form"].wrong) == {code}
    assert states(road) == {"reported"}


def test_the_chair_signs_the_decision_and_the_certificates(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()

    form = desk.open("binh", desk.round_url("sign_decision"))
    page = desk.send("binh", desk.round_url("sign_decision"), {"number": "90/QĐ-UBND"})
    last = desk.send("binh", desk.round_url("issue_certificates"), {})

    assert all(item["met"] for item in form.context["checklist"])
    assert [row["n"] for row in form.context["lists"]] == [5, 0, 0, 0, 0]
    assert (page.status_code, last.status_code) == (302, 302)
    assert Decision.objects.get().number == "90/QĐ-UBND"
    assert states(road) == {"certified"}


def test_an_open_complaint_stands_against_the_decision(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    answers = {"complainant": "Tám", "content": "Có xe"}
    desk.send("minh", desk.case_url("complain", case), answers)

    page = desk.open("binh", desk.round_url("sign_decision"))

    assert codes(page) == {"wrong_state"}
    assert [item["n"] for item in page.context["checklist"]] == [0, 4, 1, 0, 0, 0, 0]


def test_requesters_who_do_not_qualify_are_answered(
    desk: Desk, road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open()
    ask_for(road, make_households, 2)
    road.list()
    first, second = road.cases(basis="REQUEST")
    for case in (first, second):
        answers = {"screened_on": "01/10/2024", "reviewer_name": "Lan", "passed": "no"}
        desk.send("lan", desk.case_url("screen", case), answers)
    answers = {
        "number": "91/UBND",
        "reason_all": "Không đạt Phiếu A",
        f"reason-{first.code}": "Có lương hưu",
        f"reason-{second.code}": "",
    }

    page = desk.send("binh", desk.round_url("refuse"), answers)

    assert page.status_code == 302
    reasons = {c.code: c.refusal_reason for c in road.cases(state="refused")}
    assert reasons == {first.code: "Có lương hưu", second.code: "Không đạt Phiếu A"}


def test_nobody_waits_for_an_answer(desk: Desk, road: Road) -> None:
    road.open().list()

    assert codes(desk.open("binh", desk.round_url("refuse"))) == {"nothing_to_do"}


def test_the_officer_records_a_departure(desk: Desk, road: Road) -> None:
    case = road.open().list().cases()[0]

    desk.send(
        "minh", desk.case_url("record_departure", case), {"reason": "MOVED", "paper": "Giấy 5"}
    )

    case.refresh_from_db()
    assert (case.state, case.departure) == ("left", "MOVED")


def test_a_page_out_of_season_says_so_before_anything_is_typed(desk: Desk, road: Road) -> None:
    road.open().list()
    road.at = moment("2024-12-20")

    page = desk.open("lan", desk.case_url("survey", road.cases()[0]))

    assert codes(page) == {"within_window"}


# Sent twice


def test_a_form_sent_twice_is_one_act_and_one_answer(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    client, url = desk.client("thu"), desk.village_url("hold_meeting")
    answers = {"key": key_of(client.get(url)), "step": "do", **minutes(road), **votes(road, 30)}

    first, second = client.post(url, answers), client.post(url, answers)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Meeting.objects.count() == Act.objects.filter(code="hold_meeting").count() == 1


@pytest.mark.parametrize("act", ["build_list", "sign_report", "give_opinion", "sign_decision"])
def test_an_act_of_the_round_sent_twice_is_done_once(desk: Desk, road: Road, act: str) -> None:
    walk_to(road, act)
    client, url = desk.client(WHO[act]), desk.round_url(act)
    answers = {"key": key_of(client.get(url)), "step": "do", **answers_of(road, act)}

    first, second = client.post(url, answers), client.post(url, answers)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Act.objects.filter(code=act).count() == 1


def test_a_key_used_for_other_answers_is_refused(desk: Desk, road: Road) -> None:
    case = road.open().list().cases()[0]
    client, url = desk.client("lan"), desk.case_url("survey", case)
    answers = {"key": key_of(client.get(url)), **SURVEY}
    client.post(url, answers)

    page = client.post(url, {**answers, "income_score": "90"})

    assert (page.status_code, codes(page)) == (409, {"key_reused"})
    case.refresh_from_db()
    assert case.income_score == 120


# Wrong person, wrong place


@pytest.mark.parametrize(
    ("who", "act"),
    [
        ("minh", "build_list"),
        ("lan", "receive_request"),
        ("hoa", "sign_report"),
        ("binh", "give_opinion"),
        ("quyen", "sign_decision"),
        ("minh", "issue_certificates"),
        ("son", "refuse"),
    ],
)
def test_who_lacks_the_duty_is_told_so(desk: Desk, road: Road, who: str, act: str) -> None:
    road.open().list()
    client, url = desk.client(who), desk.round_url(act)

    opened = client.get(url)
    sent = client.post(url, {"key": "k", "number": "1", "step": "do"})

    assert (opened.status_code, codes(opened)) == (403, {"no_duty"})
    assert sent.status_code == 403
    assert Act.objects.count() == 2


def test_who_lacks_the_duty_sees_no_complaint(desk: Desk, road: Road) -> None:
    case = road.open().list().survey().classify().meet().post().cases()[0]
    answers = {"complainant": "Ông Tám", "content": "Hộ có hai xe máy"}
    desk.send("minh", desk.case_url("complain", case), answers)
    client, url = desk.client("lan"), desk.case_url("reverify", case)

    pages = [client.get(url), client.post(url, {}), client.post(url, {"step": "edit", **SURVEY})]

    assert [page.status_code for page in pages] == [403, 403, 403]
    assert not any("hai xe máy" in page.content.decode() for page in pages)


@pytest.mark.parametrize("who", ["other_binh", "other_hoa", "other_minh", "other_hung"])
def test_pages_of_another_commune_are_not_found(desk: Desk, road: Road, who: str) -> None:
    case = road.open().list().cases()[0]
    client = desk.client(who)
    sheet = reverse("posting-sheet", kwargs={"key": road.round.key, "village": "24646.001"})
    urls = [
        desk.round_url("build_list"),
        desk.village_url("hold_meeting"),
        desk.case_url("survey", case),
    ]

    assert {client.get(url).status_code for url in [*urls, sheet]} == {404}
    assert {client.post(url, {"key": "k"}).status_code for url in urls} == {404}


def test_an_act_of_a_village_is_not_an_act_of_a_round(desk: Desk, road: Road) -> None:
    road.open()

    assert desk.open("hoa", desk.round_url("classify")).status_code == 404
    assert desk.open("hoa", desk.village_url("no_such_act")).status_code == 404


def test_a_stranger_is_sent_to_sign_in(desk: Desk, road: Road) -> None:
    road.open()

    assert Client().get(desk.round_url("build_list")).status_code == 302


# As many queries for many as for few

WHO = {
    "build_list": "hoa",
    "classify": "hoa",
    "hold_meeting": "thu",
    "post_list": "hung",
    "close_posting": "hung",
    "sign_report": "binh",
    "give_opinion": "quyen",
    "sign_decision": "binh",
    "issue_certificates": "binh",
}
STEPS = ["list", "survey", "classify", "meet", "post", "close", "report", "consent", "decide"]


def walk_to(road: Road, act: str) -> None:
    """Walk the round to where the act is next."""
    road.open()
    for step in STEPS[: list(WHO).index(act) + (act != "build_list")]:
        if step == "close":
            road.pass_days(7)
        getattr(road, step)()
    if act == "close_posting":
        road.at += timedelta(days=7)


def answers_of(road: Road, act: str) -> dict[str, str]:
    if act == "hold_meeting":
        return {**minutes(road), **votes(road, 30)}
    if act == "post_list":
        return PLACES
    return {"number": "05"} if act in ("sign_report", "give_opinion", "sign_decision") else {}


@pytest.mark.parametrize("act", list(WHO))
def test_a_page_and_its_act_cost_the_same_for_five_and_five_hundred(
    desk: Desk, road: Road, make_households: Callable[..., list[Household]], act: str
) -> None:
    with taken_back():
        few = cost_at(desk, road, act)
    road.at = moment("2024-10-01")
    make_households(Unit.objects.get(code="24646.001"), 495)

    assert cost_at(desk, road, act) == few


def cost_at(desk: Desk, road: Road, act: str) -> list[int]:
    walk_to(road, act)
    return cost_of(desk, road, act)


def cost_of(desk: Desk, road: Road, act: str) -> list[int]:
    """Return the number of queries of the empty form, the second look and the deed."""
    client = desk.client(WHO[act])
    village = act in ("classify", "hold_meeting", "post_list", "close_posting")
    url = desk.village_url(act) if village else desk.round_url(act)
    client.get(url)
    with CaptureQueriesContext(connection) as opened:
        page = client.get(url)
    answers = {"key": key_of(page), **answers_of(road, act)}
    costs = [len(opened)]
    for step in ("look", "do"):
        with CaptureQueriesContext(connection) as sent:
            answer = client.post(url, {**answers, "step": step})
        costs.append(len(sent))
        if answer.status_code == 302:
            break
    assert answer.status_code == 302
    return costs
