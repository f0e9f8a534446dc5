"""The personal identification number: what can be wrong with one (số định danh cá nhân)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

LENGTH = 12
OLD_CARD_LENGTH = 9


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


class Severity(StrEnum):
    REJECT = "REJECT"
    WARN = "WARN"
    NOTE = "NOTE"


class NumberProblem(StrEnum):
    NOT_DIGITS = "NOT_DIGITS"
    WRONG_LENGTH = "WRONG_LENGTH"
    OLD_CARD = "OLD_CARD"
    UNKNOWN_PROVINCE = "UNKNOWN_PROVINCE"
    NOT_A_PROVINCE = "NOT_A_PROVINCE"
    SEX_DIFFERS = "SEX_DIFFERS"
    BIRTH_YEAR_DIFFERS = "BIRTH_YEAR_DIFFERS"


SEVERITIES: Mapping[NumberProblem, Severity] = MappingProxyType(
    {
        NumberProblem.NOT_DIGITS: Severity.REJECT,
        NumberProblem.WRONG_LENGTH: Severity.REJECT,
        NumberProblem.OLD_CARD: Severity.NOTE,
        NumberProblem.UNKNOWN_PROVINCE: Severity.WARN,
        NumberProblem.NOT_A_PROVINCE: Severity.WARN,
        NumberProblem.SEX_DIFFERS: Severity.WARN,
        NumberProblem.BIRTH_YEAR_DIFFERS: Severity.WARN,
    }
)

# Plain sentences, so that this module needs no framework; whoever shows them translates them.
SENTENCES_VI: Mapping[NumberProblem, str] = MappingProxyType(
    {
        NumberProblem.NOT_DIGITS: _(
            "Số định danh chỉ gồm chữ số. Hãy bỏ khoảng trắng, dấu chấm và chữ cái."
        ),
        NumberProblem.WRONG_LENGTH: _(
            "Số định danh phải đủ 12 chữ số (số CMND cũ: 9 chữ số). "
            "Nếu Excel đã bỏ số 0 ở đầu, hãy định dạng ô là Văn bản rồi nhập lại."
        ),
        NumberProblem.OLD_CARD: _(
            "Số CMND cũ 9 chữ số: được nhận, chưa phải số định danh cá nhân."
        ),
        NumberProblem.UNKNOWN_PROVINCE: _(
            "Ba số đầu không phải mã của tỉnh, thành phố nào. Hãy đối chiếu với giấy tờ."
        ),
        NumberProblem.NOT_A_PROVINCE: _(
            "Ba số đầu không phải mã tỉnh; có thể là mã quốc gia của người sinh ở nước ngoài. "
            "Hãy đối chiếu với giấy tờ."
        ),
        NumberProblem.SEX_DIFFERS: _(
            "Giới tính trong số định danh khác giới tính đã khai. Hãy đối chiếu với giấy tờ."
        ),
        NumberProblem.BIRTH_YEAR_DIFFERS: _(
            "Năm sinh trong số định danh khác năm sinh đã khai. Hãy đối chiếu với giấy tờ."
        ),
    }
)

# The 63 provinces where a birth could be registered until 30/06/2025; numbers given before and
# after the mergers keep these codes.
_PROVINCES = frozenset(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 "
    "036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 "
    "074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096".split()
)
_LAST_PROVINCE = "096"
_SEXES = ("MALE", "FEMALE")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a number; it never repeats the number itself."""

    code: NumberProblem
    severity: Severity

    @property
    def sentence_vi(self) -> str:
        return SENTENCES_VI[self.code]


def check_personal_number(text: str, birth_date: date | None, sex: str | None) -> list[Finding]:
    """
    Return what is wrong or odd about a personal number; an empty list means nothing.

    Only length and digits reject: there is no check digit, people born abroad carry country codes
    and documents hold errors. An old card of 9 digits is accepted as such.

    :param sex: "MALE", "FEMALE", or nothing when the form does not say
    """
    return [Finding(code, SEVERITIES[code]) for code in _problems(text, birth_date, sex)]


def is_rejected(findings: Iterable[Finding]) -> bool:
    """Test if a finding forbids the number, rather than asking for a second look."""
    return any(finding.severity is Severity.REJECT for finding in findings)


def _problems(text: str, birth_date: date | None, sex: str | None) -> Iterator[NumberProblem]:
    if text and not (text.isascii() and text.isdigit()):
        yield NumberProblem.NOT_DIGITS
    elif len(text) == OLD_CARD_LENGTH:
        yield NumberProblem.OLD_CARD
    elif len(text) != LENGTH:
        yield NumberProblem.WRONG_LENGTH
    else:
        yield from _oddities(text, birth_date, sex)


def _oddities(text: str, birth_date: date | None, sex: str | None) -> Iterator[NumberProblem]:
    province, century_and_sex = text[:3], int(text[3])
    if province > _LAST_PROVINCE:
        yield NumberProblem.NOT_A_PROVINCE
    elif province not in _PROVINCES:
        yield NumberProblem.UNKNOWN_PROVINCE
    if sex and sex != _SEXES[century_and_sex % 2]:
        yield NumberProblem.SEX_DIFFERS
    if birth_date and birth_date.year != 1900 + 100 * (century_and_sex // 2) + int(text[4:6]):
        yield NumberProblem.BIRTH_YEAR_DIFFERS
