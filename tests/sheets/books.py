"""Small workbooks in the import layout, built cell by cell so that a test can break one of them."""

import io
import zipfile
from datetime import date

import openpyxl
from openpyxl.cell import WriteOnlyCell

HOUSEHOLD_TITLES = [
    *("ma_xa", "ten_xa", "khu_vuc", "thon", "ma_ho", "chu_ho", "gioi_tinh", "ngay_sinh", "dan_toc"),
    *("so_dinh_danh", "so_nhan_khau", "phan_loai_dau_ky", "nguon", "tai_ngheo", "bien_dong_khac"),
]
MEMBER_TITLES = [
    *("ma_ho", "stt", "ho_ten", "quan_he", "gioi_tinh", "ngay_sinh", "dan_toc", "so_dinh_danh")
]
SURVEY_TITLES = [
    *("ma_ho", "ngay_ra_soat", "ra_soat_vien", "phieu_a", "diem_b1"),
    *(f"thieu_hut_{number}" for number in range(1, 13)),
]


def household(number: int = 1, **changed: object) -> dict[str, object]:
    """Return a household of last year's list, headed by a man born in 1970."""
    return {
        "ma_xa": "24646",
        "ten_xa": "Xã Ea Pô",
        "khu_vuc": "nông thôn",
        "thon": "Thôn 3",
        "ma_ho": f"24646-{number:05}",
        "chu_ho": "Nguyễn Văn Loan",
        "gioi_tinh": "Nam",
        "ngay_sinh": date(1970, 3, 2),
        "dan_toc": "Kinh",
        "so_dinh_danh": f"042070{number:06}",
        "so_nhan_khau": 1,
        "phan_loai_dau_ky": "N",
        "nguon": "dang_quan_ly",
        **changed,
    }


def member(number: int = 1, **changed: object) -> dict[str, object]:
    """Return the head's own row among the members."""
    row = household(number)
    return {
        **{title: row[title] for title in MEMBER_TITLES if title in row},
        "stt": 1,
        "ho_ten": row["chu_ho"],
        "quan_he": "Chủ hộ",
        **changed,
    }


def survey(number: int = 1, **changed: object) -> dict[str, object]:
    return {
        "ma_ho": f"24646-{number:05}",
        "ngay_ra_soat": date(2024, 9, 27),
        "ra_soat_vien": "Y Hải",
        "diem_b1": 110,
        "thieu_hut_1": "x",
        "thieu_hut_12": "X",
        **changed,
    }


def book(**sheets: list[list[object]]) -> bytes:
    """Return an .xlsx with the sheets given as rows of cells; '= starts a text, as in Excel."""
    workbook = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append([typed(sheet, value) for value in row])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def typed(sheet, value: object) -> object:
    if not (isinstance(value, str) and value.startswith("'=")):
        return value
    cell = WriteOnlyCell(sheet, value[1:])
    cell.data_type = "s"
    return cell


def table(titles: list[str], rows: list[dict[str, object]]) -> list[list[object]]:
    return [list[object](titles), *([row.get(title) for title in titles] for row in rows)]


def household_book(
    households: list[dict[str, object]], members: list[dict[str, object]] | None = None
) -> bytes:
    """Return a household workbook; without members given, each household has its head."""
    if members is None:
        members = [
            member(ma_ho=row["ma_ho"], ho_ten=row["chu_ho"], so_dinh_danh=row["so_dinh_danh"])
            for row in households
        ]
    return book(Ho=table(HOUSEHOLD_TITLES, households), NhanKhau=table(MEMBER_TITLES, members))


def survey_book(surveys: list[dict[str, object]]) -> bytes:
    return book(Phieu=table(SURVEY_TITLES, surveys))


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()
