"""
Days off on weekdays and working Saturdays of 2021 to 2027, as first loaded into the calendar.

Bộ luật Lao động 2019, Điều 112, and, from 2026, Nghị quyết 28/2026/QH16 for 24/11. Holidays that
fall on a weekend are left out: a weekend is off anyway. The swaps are announced year by year, so
officers correct this by a new edition of the calendar, never by editing this one.
"""

from dataclasses import dataclass
from datetime import date

from cases.rules.standards import Mark
from cases.rules.terms import Calendar

SEED_VERSION = "2021-2027.1"
SEED_SOURCE = "Bộ luật Lao động 2019, Điều 112; Nghị quyết 28/2026/QH16; thông báo nghỉ từng năm"
SEED_NOTE = (
    "Năm 2027 tính theo quy tắc, tạm dùng đến khi có thông báo chính thức. "
    "Ngày đánh dấu K chưa đối chiếu với thông báo gốc."
)

OFF = "OFF"
WORKED = "WORKED"


@dataclass(frozen=True, slots=True)
class SeedDay:
    """One day that is not what its weekday says."""

    day: date
    kind: str
    name: str
    mark: Mark
    source: str


_LAW = "Bộ luật Lao động 2019, Điều 112; chưa đối chiếu thông báo gốc"
_BY_RULE = "tạm tính theo Bộ luật Lao động 2019, Điều 112 và Nghị quyết 28/2026/QH16"
_S66 = "http://kntb.vn/lich-nghi-le-304-15-cong-chuc-vien-chuc-nguoi-lao-dong-di-lam-bu-vao-ngay-nao-n81956.html"
_S67 = "https://xaydungchinhsach.chinhphu.vn/nguoi-lao-dong.html"
_S68 = "http://www.congan.com.vn/?catid=702&id=388656&mod=detnews"
_S80 = "https://thanhnien.vn/nguoi-lao-dong-co-the-nghi-le-tet-toi-26-ngay-trong-nam-2026-185260113172347178.htm"
_S81 = "https://baochinhphu.vn/ngay-van-hoa-viet-nam-24-11-nguoi-lao-dong-duoc-nghi-lam-huong-nguyen-luong-102260424093821937.htm"
_S83 = "tin năm 2024 về lịch nghỉ lễ, Tết năm 2025"
_S84 = "lịch năm 2026: Giỗ Tổ rơi vào Chủ nhật 26/04, nghỉ bù thứ Hai 27/04"

_NEW_YEAR = "Tết Dương lịch"
_TET = "Tết Nguyên đán"
_HUNG_KINGS = "Giỗ Tổ Hùng Vương"
_REUNIFICATION = "Ngày Chiến thắng"
_LABOUR = "Ngày Quốc tế lao động"
_NATIONAL = "Quốc khánh"
_CULTURE = "Ngày Văn hóa Việt Nam"


def _off(year: int, days: str, name: str, mark: Mark, source: str) -> tuple[SeedDay, ...]:
    """Return days off of a year, written "day/month day/month"."""
    return tuple(SeedDay(_day(year, text), OFF, name, mark, source) for text in days.split())


def _worked(year: int, day: str, name: str, mark: Mark, source: str) -> tuple[SeedDay, ...]:
    return (SeedDay(_day(year, day), WORKED, name, mark, source),)


def _day(year: int, text: str) -> date:
    day, month = text.split("/")
    return date(year, int(month), int(day))


_S, _K, _RULE = Mark.SEEN, Mark.KNOWN, Mark.UNSURE

CALENDAR_SEED: tuple[SeedDay, ...] = (
    *_off(2021, "01/01", _NEW_YEAR, _K, _LAW),
    *_off(2021, "10/02 11/02 12/02 15/02 16/02", _TET, _K, _LAW),
    *_off(2021, "21/04", _HUNG_KINGS, _K, _LAW),
    *_off(2021, "30/04", _REUNIFICATION, _K, _LAW),
    *_off(2021, "03/05", f"Nghỉ bù {_LABOUR}", _K, _LAW),
    *_off(2021, "02/09 03/09", _NATIONAL, _K, _LAW),
    #
    *_off(2022, "03/01", f"Nghỉ bù {_NEW_YEAR}", _K, _LAW),
    *_off(2022, "31/01 01/02 02/02 03/02 04/02", _TET, _K, _LAW),
    *_off(2022, "11/04", f"Nghỉ bù {_HUNG_KINGS}", _K, _LAW),
    *_off(2022, "02/05", f"Nghỉ bù {_REUNIFICATION}", _K, _LAW),
    *_off(2022, "03/05", f"Nghỉ bù {_LABOUR}", _K, _LAW),
    *_off(2022, "01/09 02/09", _NATIONAL, _K, _LAW),
    #
    *_off(2023, "02/01", f"Nghỉ bù {_NEW_YEAR}", _K, _LAW),
    *_off(2023, "20/01 23/01 24/01 25/01 26/01", _TET, _K, _LAW),
    *_off(2023, "01/05", _LABOUR, _K, _LAW),
    *_off(2023, "02/05", f"Nghỉ bù {_HUNG_KINGS}", _K, _LAW),
    *_off(2023, "03/05", f"Nghỉ bù {_REUNIFICATION}", _K, _LAW),
    *_off(2023, "01/09", _NATIONAL, _K, _LAW),
    *_off(2023, "04/09", f"Nghỉ bù {_NATIONAL}", _K, _LAW),
    #
    *_off(2024, "01/01", _NEW_YEAR, _K, _LAW),
    *_off(2024, "08/02 09/02 12/02 13/02 14/02", _TET, _K, _LAW),
    *_off(2024, "18/04", _HUNG_KINGS, _S, _S67),
    *_off(2024, "29/04", "Hoán đổi với thứ Bảy 04/05", _S, _S67),
    *_off(2024, "30/04", _REUNIFICATION, _K, _LAW),
    *_off(2024, "01/05", _LABOUR, _K, _LAW),
    *_worked(2024, "04/05", "Làm bù cho thứ Hai 29/04", _S, _S67),
    *_off(2024, "02/09 03/09", _NATIONAL, _K, _LAW),
    #
    *_off(2025, "01/01", _NEW_YEAR, _S, _S83),
    *_off(2025, "27/01 28/01 29/01 30/01 31/01", _TET, _K, _LAW),
    *_off(2025, "07/04", _HUNG_KINGS, _S, _S83),
    *_worked(2025, "26/04", "Làm bù cho thứ Sáu 02/05", _S, _S66),
    *_off(2025, "30/04", _REUNIFICATION, _S, _S83),
    *_off(2025, "01/05", _LABOUR, _S, _S83),
    *_off(2025, "02/05", "Hoán đổi với thứ Bảy 26/04", _S, _S66),
    *_off(2025, "01/09 02/09", _NATIONAL, _S, _S83),
    #
    *_off(2026, "01/01", _NEW_YEAR, _S, _S80),
    *_off(2026, "02/01", "Hoán đổi với thứ Bảy 10/01", _S, _S80),
    *_worked(2026, "10/01", "Làm bù cho thứ Sáu 02/01", _K, _LAW),
    *_off(2026, "16/02 17/02 18/02 19/02 20/02", _TET, _S, _S68),
    *_off(2026, "27/04", f"Nghỉ bù {_HUNG_KINGS}", _S, _S84),
    *_off(2026, "30/04", _REUNIFICATION, _S, _S80),
    *_off(2026, "01/05", _LABOUR, _S, _S80),
    *_worked(2026, "22/08", "Làm bù cho thứ Hai 31/08", _K, _LAW),
    *_off(2026, "31/08", "Hoán đổi với thứ Bảy 22/08", _S, _S80),
    *_off(2026, "01/09 02/09", _NATIONAL, _S, _S80),
    *_off(2026, "24/11", _CULTURE, _S, _S81),
    #
    *_off(2027, "01/01", _NEW_YEAR, _RULE, _BY_RULE),
    *_off(2027, "04/02 05/02 08/02 09/02 10/02", _TET, _RULE, _BY_RULE),
    *_off(2027, "16/04", _HUNG_KINGS, _RULE, _BY_RULE),
    *_off(2027, "30/04", _REUNIFICATION, _RULE, _BY_RULE),
    *_off(2027, "03/05", f"Nghỉ bù {_LABOUR}", _RULE, _BY_RULE),
    *_off(2027, "02/09 03/09", _NATIONAL, _RULE, _BY_RULE),
    *_off(2027, "24/11", _CULTURE, _RULE, _BY_RULE),
)


def seed_calendar() -> Calendar:
    """Return the seed as a calendar, for those who count without a database."""
    return Calendar(
        version=SEED_VERSION,
        days_off=frozenset(row.day for row in CALENDAR_SEED if row.kind == OFF),
        worked_weekend=frozenset(row.day for row in CALENDAR_SEED if row.kind == WORKED),
        provisional_years=frozenset(
            row.day.year for row in CALENDAR_SEED if row.mark is Mark.UNSURE
        ),
    )
