"""Packs as files: what is written is read back, and what is wrong is named by file, key and reason."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.packs import PACKS, SHIPPED, Pack, Source
from cases.rules.packs.files import PackFileError, conflicts, read_pack
from cases.rules.packs.reasons import Reason
from cases.rules.packs.writing import write_pack

OF = PACKS["qd24-2021-2cap"]
MONTHLY = PACKS["qd24-2021-2cap-tx"]
TEXT = write_pack(OF)
NAME = "quy-trinh.toml"


def refused(text: str) -> set[tuple[str, Reason]]:
    """Return keys and reasons for which a file is refused."""
    with pytest.raises(PackFileError) as caught:
        read_pack(text, NAME)
    assert caught.value.file == NAME
    assert all(line.startswith(f"{NAME}: ") for line in str(caught.value).splitlines())
    return {(problem.key, problem.reason) for problem in caught.value.problems}


def changed(old: str, new: str, text: str = TEXT) -> str:
    """Return the file with one thing changed, where it stands first."""
    assert old in text, old
    return text.replace(old, new, 1)


def without(line: str, after: str, text: str = TEXT) -> str:
    """Return the file without the first line that begins so, after the given row."""
    head, found, tail = text.partition(after)
    assert found, after
    lines = tail.splitlines(keepends=True)
    number = next(n for n, each in enumerate(lines) if each.startswith(line))
    return head + found + "".join(lines[:number] + lines[number + 1 :])


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_what_is_written_is_read_back(pack: Pack) -> None:
    read = read_pack(write_pack(pack), NAME)
    assert read == pack
    assert read.fingerprint == pack.fingerprint


@settings(deadline=None, max_examples=30)
@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_title_is_read_back_in_the_usual_form_of_its_letters(title: str) -> None:
    read = read_pack(write_pack(replace(OF, title=title)), NAME)
    again = read_pack(write_pack(read), NAME)
    assert again == read


def test_a_file_in_separated_letters_gives_the_same_pack() -> None:
    from unicodedata import normalize

    assert read_pack(normalize("NFD", TEXT), NAME).fingerprint == OF.fingerprint


# --- bad input, one kind each ---


def test_what_is_no_toml_is_refused_at_its_line() -> None:
    assert refused(changed("edition = 1", "edition = 1 2")) == {("edition", Reason.NOT_A_FILE)}
    assert refused("[[[[") == {(NAME, Reason.NOT_A_FILE)}


def test_a_tower_of_brackets_is_refused() -> None:
    assert refused("a = " + "[" * 100_000) == {(NAME, Reason.NOT_A_FILE)}


def test_an_empty_file_misses_everything_that_is_needed() -> None:
    missing = {key for key, reason in refused("") if reason == Reason.MISSING_KEY}
    assert {"code", "title", "in_force_from", "review", "superior", "period"} <= missing


def test_an_unknown_key_is_refused() -> None:
    assert refused(changed('code = "', 'target_share = 5\ncode = "')) == {
        ("target_share", Reason.UNKNOWN_KEY)
    }
    assert refused(changed("days = 3", "days = 3\nhours = 4")) == {
        ("terms.posting.hours", Reason.UNKNOWN_KEY)
    }


def test_a_missing_key_is_refused() -> None:
    assert refused(without("title", '\ncode = "classify"')) == {
        ("acts.classify.title", Reason.MISSING_KEY)
    }
    assert refused(without("last", "[period]")) == {("period.last", Reason.MISSING_KEY)}


def test_a_value_of_another_kind_is_refused() -> None:
    assert refused(changed("days = 3", 'days = "3"')) == {("terms.posting.days", Reason.WRONG_TYPE)}
    assert refused(changed("days = 3", "days = true")) == {
        ("terms.posting.days", Reason.WRONG_TYPE)
    }
    assert ("review", Reason.WRONG_TYPE) in refused("review = 3")
    assert ("acts", Reason.WRONG_TYPE) in refused("acts = 3")


def test_a_text_with_hidden_characters_is_refused() -> None:
    assert refused(changed('title = "', 'title = "\\u0000')) == {("title", Reason.WRONG_TYPE)}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('seat = "village"', 'seat = "hamlet"', "acts.screen.seat"),
        ('span = "round"', 'span = "nation"', "acts.open_round.span"),
        ('duty = "open_round"', 'duty = "rule"', "acts.open_round.duty"),
        ('kind = "PERIODIC"', 'kind = "YEARLY"', "review.kind"),
        ('level = "PROVINCE"', 'level = "NATION"', "superior.level"),
        ('kind = "WORKING"', 'kind = "LUNAR"', "terms.posting.kind"),
    ],
)
def test_a_word_outside_the_choices_is_refused(old: str, new: str, key: str) -> None:
    assert refused(changed(old, new)) == {(key, Reason.NOT_A_CHOICE)}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('target = "classified"', 'target = "nowhere"', "acts.classify.moves[1].target"),
        ('sources = ["surveyed"]', 'sources = ["nowhere"]', "acts.classify.moves[1].sources"),
        ('guards = ["basis_known"]', 'guards = ["a_guess"]', "acts.receive_request.moves[1].guards"),
        (
            'conditions = ["within_window", "papers_on_file"]',
            'conditions = ["a_wish", "papers_on_file"]',
            "acts.open_round.conditions",
        ),
        ('starts_term = "posting"', 'starts_term = "some_days"', "acts.post_list.starts_term"),
        ('forms = ["phieu-a"]', 'forms = ["phieu-z"]', "acts.screen.forms"),
        ('stage = "listing"', 'stage = "limbo"', "states.new.stage"),
    ],
)  # fmt: skip
def test_a_code_that_the_file_does_not_declare_is_refused(old: str, new: str, key: str) -> None:
    assert (key, Reason.UNDECLARED) in refused(changed(old, new))


@pytest.mark.parametrize(
    ("kind", "known", "unknown"),
    [
        ("acts", "repost", "sing"),
        ("guards", "basis_known", "well_liked"),
        ("conditions", "front_invited", "band_plays"),
        ("states", "screened", "weighed"),
        ("terms", "reposting", "siesta"),
        ("forms", "phieu-a", "phieu-z"),
        ("stages", "meeting", "feast"),
    ],
)
def test_a_code_that_this_program_does_not_bind_is_refused(
    kind: str, known: str, unknown: str
) -> None:
    found = refused(TEXT.replace(f'"{known}"', f'"{unknown}"'))
    assert (f"{kind}.{unknown}", Reason.UNBOUND) in found


def test_an_act_on_another_span_than_the_program_does_it_is_refused() -> None:
    text = TEXT.replace('code = "complain"', 'code = "complain"\nspan = "village"')
    head, _found, tail = text.partition('code = "complain"')
    assert refused(head + 'code = "complain"' + tail.replace('span = "case"\n', "", 1)) == {
        ("acts.complain.span", Reason.OTHER_SPAN)
    }


def test_a_refusal_without_a_sentence_is_refused() -> None:
    head, _found, tail = TEXT.partition('[[refusals]]\ncode = "no_duty"')
    assert refused(head + tail[tail.index("[[refusals]]") :]) == {("refusals", Reason.NEEDED)}


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ('[[terms]]\ncode = "posting"', "terms.posting"),
        ('[[states]]\ncode = "posted"', "states.posted"),
        ('[[acts]]\ncode = "classify"', "acts.classify"),
        ('[[holders]]\nduty = "survey"', "holders.survey"),
        ('[[forms]]\ncode = "mau-01"', "forms.mau-01"),
        ('[[guards]]\ncode = "posting_open"', "guards.posting_open"),
        ('[[conditions]]\ncode = "front_invited"', "conditions.front_invited"),
        ("[consent]", "consent"),
        ("[period]", "period"),
        ("[superior]", "superior"),
        ("[review]", "review"),
    ],
)
def test_a_row_without_article_or_mark_is_refused(row: str, key: str) -> None:
    assert refused(without("article", row)) == {(f"{key}.article", Reason.NO_ARTICLE)}
    assert refused(without("mark", row)) == {(f"{key}.mark", Reason.NO_MARK)}


def test_an_empty_article_and_an_invented_mark_are_refused() -> None:
    head, found, tail = TEXT.partition("[consent]")
    empty = changed('article = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 3"', 'article = " "', tail)
    assert refused(head + found + empty) == {("consent.article", Reason.NO_ARTICLE)}
    invented = changed('mark = "S"', 'mark = "sure"', tail)
    assert refused(head + found + invented) == {("consent.mark", Reason.NO_MARK)}


@pytest.mark.parametrize(
    "written", ["51", "0.51", '"51%"', "[51]", "[0.5, 1]", "[51, 1]", "[0, 2]"]
)
def test_a_threshold_that_is_no_share_is_refused(written: str) -> None:
    text = changed("share = [1, 2]", f"share = {written}")
    assert refused(text) == {("consent.share", Reason.NOT_A_SHARE)}


def test_fifty_one_percent_is_written_as_a_share() -> None:
    assert read_pack(changed("share = [1, 2]", "share = [51, 100]"), NAME).consent == (51, 100)


def test_less_than_a_day_is_no_term() -> None:
    assert refused(changed("days = 3", "days = 0")) == {("terms.posting.days", Reason.DAYS)}
    assert refused(changed("days = 3", "days = -1")) == {("terms.posting.days", Reason.DAYS)}


@pytest.mark.parametrize(
    "written", ['"31/06/2025"', '"2025-07-01"', '"1/7/2025"', "2025-07-01", "3"]
)
def test_a_bad_date_is_refused(written: str) -> None:
    text = changed('in_force_from = "01/07/2025"', f"in_force_from = {written}")
    assert refused(text) == {("in_force_from", Reason.NOT_A_DATE)}


@pytest.mark.parametrize("written", ["30/02", "29/02", "14/12/2025", "14-12"])
def test_a_bad_day_of_the_year_is_refused(written: str) -> None:
    text = changed('last = "14/12"', f'last = "{written}"')
    assert refused(text) == {("period.last", Reason.NOT_A_DATE)}


def test_an_end_before_the_beginning_is_refused() -> None:
    text = changed("[review]", 'in_force_until = "30/06/2025"\n\n[review]')
    assert refused(text) == {("in_force_until", Reason.UNTIL_BEFORE_FROM)}


def test_a_thirteenth_month_is_refused() -> None:
    text = changed("months = [1, ", "months = [13, ", write_pack(MONTHLY))
    assert refused(text) == {("period.months", Reason.MONTHS)}


@pytest.mark.parametrize("code", ["QD24", "qd 24", "../etc", "q" * 41, "quy-trình", ""])
def test_a_code_that_no_address_can_carry_is_refused(code: str) -> None:
    text = changed('code = "qd24-2021-2cap"', f'code = "{code}"')
    assert refused(text) == {("code", Reason.NOT_A_CODE)}


def test_a_row_declared_twice_is_refused() -> None:
    again = '[[stages]]\ncode = "listing"\ntitle = "Lại lập danh sách"\n'
    assert refused(TEXT + again) == {("stages.listing", Reason.TWICE)}


def test_an_unreachable_act_is_refused() -> None:
    text = changed('target = "reported"', 'target = "consented"')
    assert refused(text) == {
        ("acts.give_opinion", Reason.UNREACHABLE_ACT),
        ("states.reported", Reason.UNREACHABLE_STATE),
        ("states.objected", Reason.UNREACHABLE_STATE),
    }


def test_a_cycle_with_no_exit_is_refused() -> None:
    text = TEXT.replace("final = true\n", "")
    reasons = {reason for _key, reason in refused(text)}
    assert reasons == {Reason.NO_EXIT}


def test_an_act_that_passes_over_what_it_moves_is_refused() -> None:
    head, found, tail = TEXT.partition('code = "hold_meeting"')
    text = head + found + changed('    "agreed",\n', '    "agreed",\n    "classified",\n', tail)
    assert ("acts.hold_meeting", Reason.MOVES_AND_PASSES) in refused(text)


# --- beside other editions ---

NEXT_YEAR = replace(OF, code="qd24-2021-2cap-e2", edition=2, in_force_from=date(2027, 1, 1))


def found(pack: Pack, others: tuple[Pack, ...] = SHIPPED) -> set[tuple[str, Reason]]:
    return {(problem.key, problem.reason) for problem in conflicts(pack, others)}


def test_overlapping_editions_are_refused() -> None:
    assert found(NEXT_YEAR) == {("in_force_from", Reason.OVERLAP)}


def test_an_edition_may_replace_the_one_it_overlaps() -> None:
    assert found(replace(NEXT_YEAR, replaces=OF.code)) == set()


def test_editions_may_follow_each_other_in_a_chain() -> None:
    second = replace(NEXT_YEAR, replaces=OF.code)
    third = replace(second, code="e3", replaces=second.code, in_force_from=date(2028, 1, 1))
    assert found(third, (*SHIPPED, second)) == set()


def test_a_chain_with_a_hole_is_an_overlap() -> None:
    second = replace(NEXT_YEAR, replaces=OF.code, in_force_until=date(2028, 1, 1))
    third = replace(second, code="e3", replaces=second.code, in_force_until=None)
    assert found(replace(third, in_force_from=date(2027, 6, 1)), (*SHIPPED, second)) == {
        ("in_force_from", Reason.OVERLAP)
    }


def test_two_editions_do_not_replace_the_same_one() -> None:
    second = replace(NEXT_YEAR, replaces=OF.code)
    assert found(replace(second, code="e3"), (*SHIPPED, second)) == {
        ("in_force_from", Reason.OVERLAP)
    }


def test_an_edition_of_a_time_that_nobody_ruled_overlaps_nothing() -> None:
    early = replace(
        OF, code="thu-nghiem", in_force_from=date(2020, 1, 1), in_force_until=date(2021, 9, 1)
    )
    assert found(early) == set()


def test_the_same_code_twice_is_refused() -> None:
    assert found(OF) == {("code", Reason.LOADED_TWICE)}


def test_replacing_what_nobody_knows_is_refused() -> None:
    assert ("replaces", Reason.REPLACES_UNKNOWN) in found(replace(NEXT_YEAR, replaces="qd99"))


def test_replacing_an_edition_of_another_review_is_refused() -> None:
    assert ("replaces", Reason.REPLACES_OTHER) in found(replace(NEXT_YEAR, replaces=MONTHLY.code))


def test_a_source_may_be_unsure() -> None:
    unsure = replace(OF, superior_source=Source("chưa kiểm chứng", "?"))
    assert read_pack(write_pack(unsure), NAME).superior_source.mark == "?"
