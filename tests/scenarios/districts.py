"""
Random districts in the acceptance layout, and an oracle for the figures that must come of them.

The oracle counts forms 2, 3 and 4 over the generated rows by the words of the layout and of the
forms (acceptance layout; measurement note, sections 3.5 and 5). It shares no code with the product.
"""

import csv
import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from cases.units_fixture import DEFAULT_DIRECTORY
from tests.sheets.books import HOUSEHOLD_TITLES, MEMBER_TITLES, SURVEY_TITLES, book

REVIEW_DAY = date(2024, 9, 1)
MOST_HOUSEHOLDS = 60
LINES = {"nông thôn": 140, "thành thị": 175}

# What an officer writes above each column; every table uses one of them.
OFFICERS_TITLES = {
    "ma_xa": ("Mã xã", "Mã xã/phường"),
    "ten_xa": ("Tên xã", "Xã, phường, thị trấn"),
    "khu_vuc": ("Khu vực",),
    "thon": ("Thôn", "Thôn/bản", "Tên thôn"),
    "ma_ho": ("Mã hộ", "Mã số hộ"),
    "chu_ho": ("Chủ hộ", "Họ và tên chủ hộ"),
    "gioi_tinh": ("Giới tính",),
    "ngay_sinh": ("Ngày sinh", "Ngày, tháng, năm sinh"),
    "dan_toc": ("Dân tộc",),
    "so_dinh_danh": ("Số định danh", "Số CCCD"),
    "so_nhan_khau": ("Số nhân khẩu", "Số khẩu"),
    "phan_loai_dau_ky": ("Phân loại đầu kỳ",),
    "nguon": ("Nguồn",),
    "tai_ngheo": ("Tái nghèo",),
    "bien_dong_khac": ("Biến động khác",),
    "stt": ("STT", "Số thứ tự"),
    "ho_ten": ("Họ tên", "Họ và tên"),
    "quan_he": ("Quan hệ", "Quan hệ với chủ hộ"),
    "ngay_ra_soat": ("Ngày rà soát",),
    "ra_soat_vien": ("Rà soát viên",),
    "phieu_a": ("Phiếu A",),
    "diem_b1": ("Điểm B1", "Tổng điểm B1"),
    **{f"thieu_hut_{n}": (f"Thiếu hụt {n}",) for n in range(1, 13)},
}
VILLAGES = (
    *("Thôn 1", "Thôn 2", "Thôn 10", "Thôn 3A", "Thôn Đoàn Kết", "Thôn Hòa Bình", "Thôn Thúy Sơn"),
    *("Bản Nà Pục", "Bản Chiềng Khoa", "Buôn Ea M'Droh", "Buôn Cư Êbur", "Bon Bu Brăng", "Làng Ốp"),
    *("Khu phố 3", "Khóm 5", "Ấp Tân Bình", "Ấp 3/2", "Tổ dân phố số 7", "Xóm Đồng Quýt"),
    "Thôn 1",  # also there under a name that is part of another: Thôn 10
)
# The same villages as another hand writes them: the tone on the other vowel, capitals, two spaces.
OTHER_HANDS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    lambda name: name.replace("Hòa", "Hoà").replace("Thúy", "Thuý"),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: name.replace(" ", "  "),
)
FAMILIES = ("Nguyễn Văn", "Trần Thị", "Giàng A", "H'Bia", "Điểu", "Lò Thị", "Thạch", "Y", "Đỗ")
GIVEN = ("Loan", "Páo", "Ánh", "Sơn", "K’Lim", "Niê", "Quyên", "Bế", "Út", "Thủy", "Đức", "Mỵ")
ETHNICITIES = ("Kinh", "Tày", "H'Mông", "Ê Đê", "M’Nông", "Khmer", "Dao")


@dataclass(frozen=True)
class Commune:
    code: str
    name: str
    area: str
    path: str

    @property
    def district(self) -> str:
        return self.path.split("/")[-3]

    @property
    def province(self) -> str:
        return self.path.split("/")[-4]


@dataclass(frozen=True)
class District:
    """The rows of two workbooks, before they are written in some officer's hand."""

    communes: Sequence[Commune]
    households: list[dict[str, object]]
    members: list[dict[str, object]]
    surveys: list[dict[str, object]]
    villages: int  # truly different ones
    hand: random.Random = field(repr=False)
    plain: bool = False  # technical titles in their order and nothing else

    @property
    def unit(self) -> str:
        """Return the unit whose reports have all the communes: the district, or the province."""
        districts = {commune.district for commune in self.communes}
        return districts.pop() if len(districts) == 1 else self.communes[0].province

    def without(self, codes: Iterable[object]) -> "District":
        gone = set(codes)
        kept = [
            [row for row in rows if row["ma_ho"] not in gone]
            for rows in (self.households, self.members, self.surveys)
        ]
        return replace(self, households=kept[0], members=kept[1], surveys=kept[2])


@dataclass(frozen=True)
class Cell:
    """Where a value stands in a written workbook, as a spreadsheet program shows it."""

    row: int
    column: str


@dataclass(frozen=True)
class Written:
    """A workbook and how to find a cell of it again."""

    content: bytes
    headers: dict[str, tuple[int, list[str]]]  # sheet: rows above the data, keys in their order

    def cell(self, sheet: str, index: int, key: str) -> Cell:
        above, keys = self.headers[sheet]
        return Cell(above + index + 1, _letter(keys.index(key)))


# --- Rows ------------------------------------------------------------------------------------

# How a commune's households are drawn: nguon, phan_loai_dau_ky, bien_dong_khac, result.
Draw = tuple[str, str, str, str]
LIST, ASKED, CAME = "dang_quan_ly", "de_nghi", "tang_khac"
ENDS = ("N", "CN", "")
SHAPES: dict[str, Callable[[random.Random], Draw]] = {
    "mixed": lambda rng: _any_way(rng, (LIST,) * 6 + (ASKED,) * 3 + (CAME,)),
    "nobody asked": lambda rng: _any_way(rng, (LIST,) * 6 + (CAME,)),
    "all left": lambda rng: (LIST, rng.choice(("N", "CN")), "giam_khac", ""),
    "everybody escapes": lambda rng: (LIST, rng.choice(("N", "CN")), "", ""),
    "only requests": lambda rng: _any_way(rng, (ASKED,)),
    "no request qualifies": lambda rng: (ASKED, "", "", ""),
    "only arrivals": lambda rng: _any_way(rng, (CAME,)),
    "no poor": lambda rng: (LIST, "CN", "", rng.choice(("CN", ""))),
    "no near-poor": lambda rng: (LIST, "N", "", rng.choice(("N", ""))),
}


def _any_way(rng: random.Random, sources: Sequence[str]) -> Draw:
    source = rng.choice(sources)
    opening = {LIST: ("N", "CN"), ASKED: ("",), CAME: ("", "N", "CN")}[source]
    changes = ["", "", "", "", "", "giam_khac"] + ["tang_khac"] * 6 * (source == CAME)
    return source, rng.choice(opening), rng.choice(changes), rng.choice(ENDS)


def communes_of_2024() -> dict[str, list[Commune]]:
    """Return the communes in force when reviews began, by their district."""
    by_district: dict[str, list[Commune]] = {}
    with (DEFAULT_DIRECTORY / "versions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            until = row["valid_until"] or "9999-12-31"
            if row["level"] != "COMMUNE" or not row["area"]:
                continue
            if row["valid_from"] <= REVIEW_DAY.isoformat() < until:
                path = row["path"]
                area = {"RURAL": "nông thôn", "URBAN": "thành thị"}[row["area"]]
                commune = Commune(path.split("/")[-2], row["name"], area, path)
                by_district.setdefault(commune.district, []).append(commune)
    return by_district


def write_units(communes: Sequence[Commune], folder: Path) -> Path:
    """Write the units fixture of these communes and what is above them, from the product's own."""
    wanted = {path for commune in communes for path in _paths(commune.path)}
    with (DEFAULT_DIRECTORY / "versions.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if line.partition(",")[0] in {"path", *wanted}]
    folder.mkdir(exist_ok=True)
    (folder / "versions.csv").write_text("".join(lines), encoding="utf-8")
    sources = (DEFAULT_DIRECTORY / "sources.csv").read_text(encoding="utf-8")
    (folder / "sources.csv").write_text(sources, encoding="utf-8")
    with (DEFAULT_DIRECTORY / "successions.csv").open(encoding="utf-8") as file:
        (folder / "successions.csv").write_text(file.readline(), encoding="utf-8")
    return folder


def random_district(seed: int, shape: str = "", most: int = MOST_HOUSEHOLDS) -> District:
    """Return a district of one to six communes; with a shape, of one commune of this shape."""
    rng = random.Random(f"{seed} {shape}")
    communes = _some_communes(rng, one=bool(shape))
    district = District(communes, [], [], [], 0, rng, plain=rng.random() < 0.2)
    villages = 0
    for number, commune in enumerate(communes):
        names = list(SHAPES)
        kind = shape or (names[(seed + number) % len(names)] if rng.random() < 0.7 else "mixed")
        count = 1 if rng.random() < 0.1 else rng.randint(1, most)
        villages += _fill(district, commune, SHAPES[kind], count)
    for rows in (district.households, district.members, district.surveys):
        rng.shuffle(rows)
    return replace(district, villages=villages)


def _some_communes(rng: random.Random, *, one: bool) -> list[Commune]:
    by_district = communes_of_2024()
    first = rng.choice(sorted(by_district))
    pool = list(by_district[first])
    if rng.random() < 0.2:  # one officer may bring a file of two districts of the province
        province = pool[0].province
        others = [d for d, cs in by_district.items() if cs[0].province == province and d != first]
        pool += by_district[rng.choice(sorted(others))] if others else []
    return rng.sample(pool, 1 if one else min(len(pool), rng.randint(1, 6)))


def _fill(
    district: District, commune: Commune, draw: Callable[[random.Random], Draw], count: int
) -> int:
    """Add a commune's households; return in how many villages they live."""
    rng = district.hand
    villages = rng.sample(sorted(set(VILLAGES)), rng.randint(1, 5))
    lived_in = set()
    for number in range(1, count + 1):
        village = rng.choice(villages)
        lived_in.add(village)
        household = _household(rng, commune, rng.choice(OTHER_HANDS)(village), number)
        source, opening, change, end = draw(rng)
        back = source != LIST and rng.random() < 0.3
        household |= {
            "phan_loai_dau_ky": opening,
            "nguon": source,
            "tai_ngheo": rng.choice("xX") if back else "",
            "bien_dong_khac": change,
        }
        district.households.append(household)
        district.members.extend(_members(rng, household))
        if change != "giam_khac":
            district.surveys.append(_survey(rng, household, end))
    return len(lived_in)


def _household(
    rng: random.Random, commune: Commune, village: str, number: int
) -> dict[str, object]:
    woman = rng.random() < 0.5
    born = date(rng.randint(1940, 1999), 1, 1) + timedelta(days=rng.randrange(365))
    return {
        "ma_xa": commune.code,
        "ten_xa": commune.name,
        "khu_vuc": commune.area,
        "thon": village,
        "ma_ho": f"{commune.code}-{number:05}",
        "chu_ho": f"{rng.choice(FAMILIES)} {rng.choice(GIVEN)}",
        "gioi_tinh": "Nữ" if woman else "Nam",
        "ngay_sinh": born,
        "dan_toc": rng.choice(ETHNICITIES),
        "so_dinh_danh": f"0{commune.code[:2]}{int(woman)}{born:%y}{int(commune.code) % 1000:03}{number:03}",
        "so_nhan_khau": rng.randint(1, 7),
    }


def _members(rng: random.Random, household: dict[str, object]) -> list[dict[str, object]]:
    same = ("ma_ho", "gioi_tinh", "ngay_sinh", "dan_toc", "so_dinh_danh")
    head = {key: household[key] for key in same}
    head |= {"stt": 1, "ho_ten": household["chu_ho"], "quan_he": "Chủ hộ"}
    others: list[dict[str, object]] = [
        {
            "ma_ho": household["ma_ho"],
            "stt": order,
            "ho_ten": f"{rng.choice(FAMILIES)} {rng.choice(GIVEN)}",
            "quan_he": rng.choice(("Con", "Vợ/chồng", "Mẹ", "Cháu")),
            "gioi_tinh": rng.choice(("Nam", "Nữ", "")),
            "ngay_sinh": rng.choice((None, date(2000 + rng.randrange(24), 5, 12))),
            "dan_toc": household["dan_toc"],
        }
        for order in range(2, int(str(household["so_nhan_khau"])) + 1)
    ]
    return [head, *others]


def _survey(rng: random.Random, household: dict[str, object], end: str) -> dict[str, object]:
    """Return a form that ends in the class drawn; for "" it is above the line or fails Phiếu A."""
    form: dict[str, object] = {
        "ma_ho": household["ma_ho"],
        "ngay_ra_soat": date(2024, 9, 10) + timedelta(days=rng.randrange(21)),
        "ra_soat_vien": f"Rà soát viên {rng.choice(GIVEN)}",
    }
    asked = household["nguon"] == ASKED
    if asked and not end and rng.random() < 0.5:
        return form | {"phieu_a": "không đạt"}
    if asked:
        form["phieu_a"] = rng.choice(("đạt", "Đạt"))
    line = LINES[str(household["khu_vuc"])]
    above = [line + 1, line + 5, line + 200]
    form["diem_b1"] = rng.choice(above if not end else [line, line, line - 1, line - 60, 0])
    lacks = {"N": rng.randint(3, 12), "CN": rng.randint(0, 2), "": rng.randint(0, 12)}[end]
    for number in rng.sample(range(1, 13), lacks):
        form[f"thieu_hut_{number}"] = rng.choice("xxX")
    return form


# --- Workbooks -------------------------------------------------------------------------------


def household_workbook(district: District) -> Written:
    return _workbook(
        district,
        Ho=(HOUSEHOLD_TITLES, district.households),
        NhanKhau=(MEMBER_TITLES, district.members),
    )


def survey_workbook(district: District) -> Written:
    return _workbook(district, Phieu=(SURVEY_TITLES, district.surveys))


def _workbook(district: District, **sheets: tuple[list[str], list[dict[str, object]]]) -> Written:
    tables: dict[str, list[list[object]]] = {}
    headers: dict[str, tuple[int, list[str]]] = {}
    for name, (keys, rows) in sheets.items():
        above: list[list[object]] = []
        order, titles = list(keys), list(keys)
        if not district.plain:
            above, order, titles = _in_some_hand(district.hand, keys)
        cells = [[row.get(key) if row.get(key) != "" else None for key in order] for row in rows]
        tables[name] = [*above, list[object](titles), *cells]
        headers[name] = (len(above) + 1, order)
    return Written(book(**tables), headers)


def _in_some_hand(
    rng: random.Random, keys: Sequence[str]
) -> tuple[list[list[object]], list[str], list[str]]:
    """Return rows above the header, keys in the order of the columns, and their titles."""
    title_rows: list[list[object]] = [["DANH SÁCH RÀ SOÁT NĂM 2024"], []]
    above = title_rows[: rng.randint(0, 2)]
    order = [*keys, *rng.sample(("Ghi chú", "Điện thoại", "Toạ độ"), rng.randint(0, 2))]
    rng.shuffle(order)
    without_marks, shout = rng.random() < 0.4, rng.random() < 0.2
    titles = []
    for key in order:
        title = rng.choice((key, *OFFICERS_TITLES[key])) if key in OFFICERS_TITLES else key
        title = _without_marks(title) if without_marks else title
        titles.append(title.upper() if shout else title)
    return above, order, titles


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _letter(index: int) -> str:
    return chr(ord("A") + index)  # no table here is wider than 26 columns


def _paths(path: str) -> list[str]:
    codes = path.strip("/").split("/")
    return ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


# --- Flaws -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaw:
    """One cell that cannot be taken: its column, what stands in it, and on which rows it is wrong."""

    sheet: str
    key: str
    value: object
    on: Callable[[dict[str, object]], object] = lambda row: True


@dataclass(frozen=True)
class Spoiled:
    """A district with flaws, where they stand in its rows, and which households they cost."""

    district: District
    places: list[tuple[Flaw, int]]
    bad: frozenset[str]


HOUSEHOLD_FLAWS = (
    Flaw("Ho", "ma_xa", "99999"),
    Flaw("Ho", "ma_xa", "246"),
    Flaw("Ho", "ma_xa", None),
    Flaw("Ho", "khu_vuc", "ngoại ô"),
    Flaw("Ho", "khu_vuc", "thành thị", lambda row: row["khu_vuc"] == "nông thôn"),
    Flaw("Ho", "khu_vuc", "nông thôn", lambda row: row["khu_vuc"] == "thành thị"),
    Flaw("Ho", "thon", None),
    Flaw("Ho", "ma_ho", None),
    Flaw("Ho", "chu_ho", None),
    Flaw("Ho", "gioi_tinh", "Trai"),
    Flaw("Ho", "ngay_sinh", "05/12/2026"),
    Flaw("Ho", "ngay_sinh", 31234),
    Flaw("Ho", "so_dinh_danh", "0420620000011"),
    Flaw("Ho", "so_dinh_danh", "04206200000A"),
    Flaw("Ho", "so_dinh_danh", 42062000001),
    Flaw("Ho", "so_nhan_khau", "ba"),
    Flaw("Ho", "so_nhan_khau", -1),
    Flaw("Ho", "so_nhan_khau", 2.5),
    Flaw("Ho", "phan_loai_dau_ky", "khá"),
    Flaw("Ho", "phan_loai_dau_ky", None, lambda row: row["nguon"] == LIST),
    Flaw("Ho", "phan_loai_dau_ky", "CN", lambda row: row["nguon"] == ASKED),
    Flaw("Ho", "nguon", "hàng xóm"),
    Flaw("Ho", "nguon", None),
    Flaw("Ho", "tai_ngheo", "có"),
    Flaw("Ho", "bien_dong_khac", "đã chết"),
    Flaw("NhanKhau", "stt", "một"),
    Flaw("NhanKhau", "stt", None),
    Flaw("NhanKhau", "ho_ten", None),
    Flaw("NhanKhau", "quan_he", None),
    Flaw("NhanKhau", "gioi_tinh", "Trai"),
    Flaw("NhanKhau", "ngay_sinh", "31/02/2010"),
    Flaw("NhanKhau", "so_dinh_danh", "0420620000011"),
)
SURVEY_FLAWS = (
    Flaw("Phieu", "ma_ho", "00000-00001"),
    Flaw("Phieu", "ma_ho", None),
    Flaw("Phieu", "ngay_ra_soat", "05/12/2026"),
    Flaw("Phieu", "ngay_ra_soat", None),
    Flaw("Phieu", "ngay_ra_soat", date(2024, 8, 31)),
    Flaw("Phieu", "ngay_ra_soat", date(2024, 10, 2)),  # the day after the forms come in
    Flaw("Phieu", "ra_soat_vien", None),
    Flaw("Phieu", "phieu_a", "tốt"),
    Flaw("Phieu", "phieu_a", "đạt", lambda row: "phieu_a" not in row),
    Flaw("Phieu", "phieu_a", None, lambda row: row.get("phieu_a") in ("đạt", "Đạt")),
    Flaw("Phieu", "diem_b1", None, lambda row: row.get("phieu_a") != "không đạt"),
    Flaw("Phieu", "diem_b1", 100, lambda row: row.get("phieu_a") == "không đạt"),
    Flaw("Phieu", "diem_b1", "cao"),
    Flaw("Phieu", "diem_b1", -5),
    Flaw("Phieu", "diem_b1", 120.5),
    Flaw("Phieu", "thieu_hut_1", "có"),
    Flaw("Phieu", "thieu_hut_7", 1),
    Flaw("Phieu", "thieu_hut_12", "không"),
)


def spoil(district: District, flaws: Iterable[Flaw]) -> Spoiled:
    """
    Put each flaw into a row of its own household; a flaw that no household can bear is left out.

    Every commune keeps a sound household: without one it has no list to build.
    """
    sheets = {
        "Ho": [dict(row) for row in district.households],
        "NhanKhau": [dict(row) for row in district.members],
        "Phieu": [dict(row) for row in district.surveys],
    }
    codes = {name: [str(row["ma_ho"]) for row in rows] for name, rows in sheets.items()}
    bad: set[str] = set()
    places = []
    for flaw in flaws:
        rows = sheets[flaw.sheet]
        sound = Counter(code[:5] for code in set(codes["Ho"]) - bad)
        fit = [
            n
            for n, code in enumerate(codes[flaw.sheet])
            if code not in bad and sound[code[:5]] > 1 and flaw.on(rows[n])
        ]
        if fit:
            index = district.hand.choice(fit)
            bad.add(codes[flaw.sheet][index])
            rows[index][flaw.key] = flaw.value
            places.append((flaw, index))
    spoiled = replace(
        district, households=sheets["Ho"], members=sheets["NhanKhau"], surveys=sheets["Phieu"]
    )
    return Spoiled(spoiled, places, frozenset(bad))


def twice(rows: list[dict[str, object]], rng: random.Random) -> tuple[list[dict[str, object]], int]:
    """Return the rows with one of them told again at the end under its code, and where that is."""
    return [*rows, dict(rng.choice(rows))], len(rows)


# --- The oracle ------------------------------------------------------------------------------

FORM_2 = ("start", "to_near", "out", "other_dec", "from_near", "relapse", "new", "other_inc", "end")
FORM_3 = ("start", "out", "to_poor", "other_dec", "from_poor", "relapse", "new", "other_inc", "end")


@dataclass(frozen=True)
class Expected:
    """The three forms by commune, as the rows of their CSV files, and what is handed out."""

    forms: dict[int, dict[str, dict[str, str]]]
    certificates: int
    refusals: int
    left: int
    escaped: int


def expected(district: District) -> Expected:
    forms: dict[str, dict[str, object]] = {str(row["ma_ho"]): row for row in district.surveys}
    figures = {code: {c.code: Counter[str]() for c in district.communes} for code in (2, 3, 4)}
    outcomes: Counter[str] = Counter()
    opened = {str(row["ma_xa"]) for row in district.households}
    for row in district.households:
        start, end = _start(row), _end(row, forms.get(str(row["ma_ho"])))
        commune, persons = str(row["ma_xa"]), int(str(row["so_nhan_khau"]))
        _count(figures[2][commune], row, start, end, persons, "N", "CN", FORM_2)
        _count(figures[3][commune], row, start, end, persons, "CN", "N", FORM_3)
        if end == "N":
            lacks = [n for n in range(1, 13) if forms[str(row["ma_ho"])].get(f"thieu_hut_{n}")]
            figures[4][commune].update(["poor_households", *(f"i{n}" for n in lacks)])
            figures[4][commune]["total"] += len(lacks)
        outcomes[_handed_out(row, end)] += 1
    columns = {
        2: (*FORM_2, "persons_end"),
        3: (*FORM_3, "persons_end"),
        4: ("poor_households", "total", *(f"i{n}" for n in range(1, 13))),
    }
    return Expected(
        forms={
            number: {
                commune.code: {
                    "code": commune.code,
                    "commune": commune.name,
                    **{key: str(counted[commune.code][key]) for key in columns[number]},
                }
                for commune in district.communes
                if commune.code in opened
            }
            for number, counted in figures.items()
        },
        certificates=outcomes["certificate"],
        refusals=outcomes["refusal"],
        left=outcomes["left"],
        escaped=outcomes["escaped"],
    )


def _start(row: dict[str, object]) -> str:
    """Return the class in which the household opened the year here: only last year's list has one."""
    return str(row["phan_loai_dau_ky"]) if row["nguon"] == LIST else ""


def _end(row: dict[str, object], form: dict[str, object] | None) -> str:
    if row["bien_dong_khac"] == "giam_khac":
        return "left"
    if form is None:
        raise AssertionError(f"{row['ma_ho']} stays and has no form")
    if form.get("phieu_a") == "không đạt":
        return ""
    if int(str(form["diem_b1"])) > LINES[str(row["khu_vuc"])]:
        return ""
    return "N" if sum(bool(form.get(f"thieu_hut_{n}")) for n in range(1, 13)) >= 3 else "CN"


def _count(
    counted: Counter[str],
    row: dict[str, object],
    start: str,
    end: str,
    persons: int,
    own: str,
    other: str,
    columns: Sequence[str],
) -> None:
    """Count one household in the form of one class; columns 2 and 3 change places between the forms."""
    to_other = "to_near" if own == "N" else "to_poor"
    from_other = "from_near" if own == "N" else "from_poor"
    if start == own:
        counted["start"] += 1
        if end != own:
            counted[{other: to_other, "left": "other_dec", "": "out"}[end]] += 1
    if end == own:
        counted["end"] += 1
        counted["persons_end"] += persons
        if start == other:
            counted[from_other] += 1
        elif row["nguon"] == CAME:
            counted["other_inc"] += 1
        elif not start:
            counted["relapse" if row["tai_ngheo"] else "new"] += 1


def _handed_out(row: dict[str, object], end: str) -> str:
    if end == "left":
        return "left"
    if end:
        return "certificate"
    return "refusal" if row["nguon"] == ASKED else "escaped"
