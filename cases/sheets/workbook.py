"""Opening an uploaded workbook: refuse what is not one or is too big, before and while parsing."""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.names import fold, normalise
from cases.sheets import parser

Cell = str | float | int | bool | date

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any workbook encrypted by Excel
ZIP_MAGIC = b"PK\x03\x04"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a machine one upload may take (reliability note, section 5.5)."""

    upload_bytes: int = 5 * MEGABYTE
    unpacked_bytes: int = 50 * MEGABYTE
    ratio: int = 100
    entries: int = 20
    rows: int = 50_000
    columns: int = 60
    # The child's address space. With the caller's own share the whole stays under 256 MB.
    memory_bytes: int = 144 * MEGABYTE
    seconds: int = 8
    text_bytes: int = 20 * MEGABYTE  # what the child may hand back


DEFAULT_LIMITS = Limits()

_REFUSALS = {
    "NO_FILE": gettext_lazy(
        "Không mở được tệp “%(name)s”: hãy kiểm tra đường dẫn và quyền đọc tệp."
    ),
    "EMPTY": gettext_lazy(
        "Tệp “%(name)s” rỗng: hãy chọn lại tệp bảng tính .xlsx đã lưu và đóng trong Excel."
    ),
    "NOT_A_WORKBOOK": gettext_lazy(
        "Tệp “%(name)s” không phải là bảng tính (%(kind)s): hãy mở bằng Excel, "
        "chọn Lưu thành dạng .xlsx rồi nạp lại."
    ),
    "DAMAGED": gettext_lazy(
        "Tệp “%(name)s” bị hỏng hoặc tải lên chưa hết: hãy mở lại bằng Excel, "
        "lưu thành tệp .xlsx mới rồi nạp lại."
    ),
    "PASSWORD": gettext_lazy(
        "Tệp “%(name)s” có mật khẩu: hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi nạp."
    ),
    "TOO_LARGE": gettext_lazy(
        "Tệp “%(name)s” lớn hơn %(megabytes)d MB: hãy bỏ hình ảnh và trang tính thừa, "
        "hoặc tách thành từng xã rồi nạp lần lượt."
    ),
    "TOO_LARGE_UNPACKED": gettext_lazy(
        "Tệp “%(name)s” khi mở ra lớn hơn %(megabytes)d MB: hãy xóa dòng, cột và định dạng thừa "
        "ngoài vùng số liệu, hoặc tách thành từng xã rồi nạp lần lượt."
    ),
    "TOO_MANY_PARTS": gettext_lazy(
        "Tệp “%(name)s” chứa hơn %(entries)d thành phần: hãy chỉ giữ các trang tính số liệu, "
        "bỏ hình ảnh, biểu đồ và trang tính khác rồi nạp lại."
    ),
    "NESTED_FILE": gettext_lazy(
        "Tệp “%(name)s” có nhúng tệp khác (%(part)s) bên trong: hãy bỏ tệp nhúng rồi nạp lại."
    ),
    "TOO_HEAVY": gettext_lazy(
        "Tệp “%(name)s” quá nặng để đọc: hãy xóa dòng, cột và định dạng thừa ngoài vùng số liệu, "
        "hoặc tách thành từng xã rồi nạp lần lượt."
    ),
    "TOO_MANY_ROWS": gettext_lazy(
        "Trang tính “%(sheet)s” của tệp “%(name)s” có hơn %(row_limit)d dòng: "
        "hãy tách thành từng xã rồi nạp lần lượt."
    ),
    "TOO_MANY_COLUMNS": gettext_lazy(
        "Trang tính “%(sheet)s” của tệp “%(name)s” có số liệu sau cột thứ %(column_limit)d: "
        "hãy xóa các cột thừa bên phải rồi nạp lại."
    ),
    "MISSING_SHEET": gettext_lazy(
        "Tệp “%(name)s” thiếu trang tính “%(sheet)s” (đang có: %(found)s): "
        "hãy đổi tên trang tính cho đúng hoặc chọn đúng tệp rồi nạp lại."
    ),
    "WRONG_HEADER": gettext_lazy(
        "Trang tính “%(sheet)s” của tệp “%(name)s” thiếu cột %(missing)s ở dòng tiêu đề %(row)d "
        "(đang có: %(found)s): hãy sửa tiêu đề cột%(hint)s rồi nạp lại."
    ),
    "NO_HEADER": gettext_lazy(
        "Trang tính “%(sheet)s” của tệp “%(name)s” không có dòng tiêu đề trong %(row)d dòng đầu: "
        "hãy thêm một dòng có các cột %(missing)s rồi nạp lại."
    ),
    "DUPLICATE_COLUMN": gettext_lazy(
        "Trang tính “%(sheet)s” của tệp “%(name)s” có hai cột cho %(column)s (%(found)s): "
        "hãy xóa hoặc đổi tên một cột rồi nạp lại."
    ),
}


class UnreadableWorkbook(Exception):
    """A workbook that cannot be read at all; the message is one sentence with place and remedy."""

    def __init__(self, code: str, message: str, *, sheet: str = "", columns: Sequence[str] = ()):
        super().__init__(message)
        self.code = code
        self.message = message
        self.sheet = sheet
        self.columns = tuple(columns)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as lines of JSON, decoded only when read: blank rows kept, row 1 first."""

    workbook_name: str
    name: str
    lines: list[bytes]
    refused: str = ""

    def rows(self) -> Iterator[list[Cell]]:
        for line in self.lines:
            yield json.loads(line, object_hook=_date_of)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A parsed upload: its file name and its sheets in their order."""

    name: str
    sheets: Sequence[Sheet]
    limits: Limits = DEFAULT_LIMITS

    def sheet(self, titles: Sequence[str]) -> Sheet:
        """
        Return the sheet that bears the first of the accepted titles.

        :raises UnreadableWorkbook: when there is none, or it is over the limits
        """
        by_key = {matching_key(sheet.name): sheet for sheet in reversed(self.sheets)}
        for title in titles:
            if sheet := by_key.get(matching_key(title)):
                break
        else:
            found = ", ".join(f"“{sheet.name[:40]}”" for sheet in self.sheets[:20])
            raise refusal("MISSING_SHEET", self.name, sheet=titles[0], found=found or _("không có"))
        if sheet.refused:
            raise refusal(
                sheet.refused,
                self.name,
                sheet=sheet.name,
                row_limit=self.limits.rows,
                column_limit=self.limits.columns,
            )
        return sheet


def refusal(
    code: str, name: str, *, sheet: str = "", columns: Sequence[str] = (), **facts: object
) -> UnreadableWorkbook:
    message = str(_REFUSALS[code]) % {"name": name, "sheet": sheet, **facts}
    return UnreadableWorkbook(code, message, sheet=sheet, columns=columns)


def matching_key(title: str) -> str:
    """Return a title without marks, case, spaces, punctuation ("Mã hộ", "ma_ho" -> "maho")."""
    return "".join(char for char in fold(title.replace("Ð", "Đ")) if char.isalnum())


def open_workbook(
    source: Path | BinaryIO | bytes, *, name: str, limits: Limits = DEFAULT_LIMITS
) -> Workbook:
    """
    Return the sheets of an uploaded workbook (.xlsx, .xls, .ods).

    :raises UnreadableWorkbook: when it is not a workbook or larger than the limits
    """
    name = normalise(Path(name).name)[:80]
    content = read_upload(source, name=name, limits=limits)
    if content.startswith(ZIP_MAGIC):
        _check_archive(content, name, limits)
    elif not content.startswith(OLE_MAGIC):
        raise refusal("NOT_A_WORKBOOK", name, kind=_kind_of(content))
    elif "EncryptedPackage".encode("utf-16-le") in content:
        raise refusal("PASSWORD", name)
    return Workbook(name, _parse(content, name, limits), limits)


def read_upload(
    source: Path | BinaryIO | bytes, *, name: str, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """
    Return the content, reading one byte past the limit at most.

    :raises UnreadableWorkbook: when there is no file, nothing in it, or too much
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                content = stream.read(limits.upload_bytes + 1)
        elif isinstance(source, bytes):
            content = source
        else:
            content = source.read(limits.upload_bytes + 1)
    except OSError as error:
        raise refusal("NO_FILE", name) from error
    if len(content) > limits.upload_bytes:
        raise refusal("TOO_LARGE", name, megabytes=limits.upload_bytes // MEGABYTE)
    if not content:
        raise refusal("EMPTY", name)
    return content


def _kind_of(content: bytes) -> str:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return _("tệp PDF")
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        return _("trang HTML hoặc XML đặt đuôi bảng tính")
    if b"\0" not in content[:4096]:
        return _("tệp văn bản hoặc CSV")
    return _("định dạng lạ")


def _check_archive(content: bytes, name: str, limits: Limits) -> None:
    """Read the declared sizes first, then count real bytes: a declared size may lie."""
    megabytes = limits.unpacked_bytes // MEGABYTE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > limits.entries:
                raise refusal("TOO_MANY_PARTS", name, entries=limits.entries)
            if any(entry.flag_bits & 1 for entry in entries):
                raise refusal("PASSWORD", name)
            declared = sum(entry.file_size for entry in entries)
            if declared > min(limits.unpacked_bytes, limits.ratio * len(content)):
                raise refusal("TOO_LARGE_UNPACKED", name, megabytes=megabytes)
            left = limits.unpacked_bytes
            for entry in entries:
                left -= _unpacked_size(archive, entry, name, left)
                if left < 0:
                    raise refusal("TOO_LARGE_UNPACKED", name, megabytes=megabytes)
    # NotImplementedError: a compression method that no spreadsheet program writes.
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise refusal("DAMAGED", name) from error


def _unpacked_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, left: int) -> int:
    size = 0
    with archive.open(entry) as stream:
        while block := stream.read(64 * 1024):
            if size == 0 and block.startswith((ZIP_MAGIC, OLE_MAGIC)):
                raise refusal("NESTED_FILE", name, part=entry.filename[:60])
            size += len(block)
            if size > left:
                break
    return size


def _parse(content: bytes, name: str, limits: Limits) -> list[Sheet]:
    """Return what the child process read; a child that dies or is late found the file too heavy."""
    command = [sys.executable, "-P", str(Path(parser.__file__)), json.dumps(asdict(limits))]
    try:
        # S603: our own interpreter and script; the upload travels on stdin only.
        done = subprocess.run(  # noqa: S603
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds + 2,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("TOO_HEAVY", name) from error
    lines = done.stdout.splitlines()
    last = json.loads(lines[-1]) if done.returncode == 0 and lines else None
    if not isinstance(last, dict):
        raise refusal("TOO_HEAVY", name)
    if code := last.get("refused"):
        raise refusal(code, name, kind=_("không có trang tính nào đọc được"))
    return _sheets_of(lines, name)


def _sheets_of(lines: Sequence[bytes], name: str) -> list[Sheet]:
    sheets: list[Sheet] = []
    for line in lines:
        if line.startswith(b"{"):
            told = json.loads(line)
            if "sheet" in told:
                sheets.append(Sheet(name, told["sheet"], [], told.get("refused", "")))
        else:
            sheets[-1].lines.append(line)
    return sheets


def _date_of(tagged: dict[str, str]) -> date:
    return date.fromisoformat(tagged["date"])
