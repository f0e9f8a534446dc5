"""
The child process that parses an uploaded workbook; run as a script.

A hostile workbook can make any parser allocate without end. Here that kills this process, under the
limits it sets on itself before it looks at one byte, and the server only sees that it died.
Input: the workbook on stdin, the limits as JSON in the first argument. Output: lines of JSON, one
`{"sheet": name}` before the rows of each sheet and `{"end": true}` when all was said.
"""

import html
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

# No accepted column is this long, so a cut text is always refused later, never taken.
LONGEST_TEXT = 500

# A cell whose formula failed reads as blank in the library, and a blank means "not deprived" to us.
NOT_COMPUTED = "=?"
FORMULA_FAULTS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#CALC!", NOT_COMPUTED}
)
_CELL = re.compile(rb'<c\b([^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*)(?<!/)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]+)</v>")


def limit_this_process(memory_bytes: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def plain(cell: object) -> object:
    """Return a cell as JSON can carry it: dates tagged, everything else as it is."""
    if isinstance(cell, str):
        return cell[:LONGEST_TEXT]
    if isinstance(cell, datetime):
        return {"date": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell


def trimmed_rows(sheet, faults: dict[int, dict[int, str]]) -> Iterator[list[object]]:
    """Yield the rows without their blank tail, from row 1 and column A of the sheet."""
    left_out = [""] * (
        sheet.start[1] if sheet.start else 0
    )  # iter_rows cuts empty columns on the left
    for number, cells in enumerate(sheet.iter_rows()):
        row = left_out + cells
        for column, fault in faults.get(number, {}).items():
            row.extend([""] * (column + 1 - len(row)))
            row[column] = fault
        while row and row[-1] == "":
            row.pop()
        yield row


def formula_faults(content: bytes) -> dict[str, dict[int, dict[int, str]]]:
    """Return the failed formulas of an .xlsx by sheet, row and column index (both from 0)."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = _sheet_parts(archive)
        return {name: _faults_of(archive.read(part)) for name, part in parts.items()}


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the archive's part for each sheet name; none for other kinds of workbook."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {}
    for link in re.findall(rb"<Relationship\b[^>]*>", archive.read("xl/_rels/workbook.xml.rels")):
        targets[_attribute(link, b"Id")] = _attribute(link, b"Target")
    parts = {}
    for sheet in re.findall(rb"<sheet\b[^>]*>", archive.read("xl/workbook.xml")):
        target = targets.get(_attribute(sheet, b"r:id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            parts[_attribute(sheet, b"name")] = part
    return parts


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return html.unescape(match[1].decode("utf-8", "replace")) if match else ""


def _faults_of(xml: bytes) -> dict[int, dict[int, str]]:
    faults: dict[int, dict[int, str]] = {}
    if b't="e"' not in xml and b"<f" not in xml:
        return faults
    for match in _CELL.finditer(xml):
        attributes, letters, row, inside = match.groups()
        value = _VALUE.search(inside)
        if b' t="e"' in attributes:
            fault = value[1].decode("utf-8", "replace") if value else NOT_COMPUTED
        elif b"<f" in inside and value is None and b' t="str"' not in attributes:
            fault = NOT_COMPUTED
        else:
            continue
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        faults.setdefault(int(row) - 1, {})[column - 1] = fault
    return faults


def sheet_lines(
    sheet, name: str, limits: dict[str, int], room: int, faults: dict[int, dict[int, str]]
) -> tuple[list[str], int]:
    """Return the JSON lines of one sheet and their size, or one line that says why not."""
    lines, blank, size = [json.dumps({"sheet": name})], 0, 0
    for row in trimmed_rows(sheet, faults):
        if not row:
            blank += 1
            continue
        if len(row) > limits["columns"]:
            return [json.dumps({"sheet": name, "refused": "TOO_MANY_COLUMNS"})], 0
        lines.extend(["[]"] * blank)
        blank = 0
        lines.append(json.dumps([plain(cell) for cell in row], ensure_ascii=False))
        size += len(lines[-1])
        if len(lines) - 1 > limits["rows"]:
            return [json.dumps({"sheet": name, "refused": "TOO_MANY_ROWS"})], 0
        if size > room:
            return [json.dumps({"sheet": name, "refused": "TOO_HEAVY"})], 0
    return lines, size


def main() -> None:
    limits = json.loads(sys.argv[1])
    limit_this_process(limits["memory_bytes"], limits["seconds"])
    # After the limits: what the library allocates counts too.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        content = sys.stdin.buffer.read()
        faults = formula_faults(content)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        room = limits["text_bytes"]
        for name in [m.name for m in workbook.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]:
            lines, size = sheet_lines(
                workbook.get_sheet_by_name(name), name, limits, room, faults.get(name, {})
            )
            room -= size
            out.writelines(line + "\n" for line in lines)
        out.write('{"end": true}\n')
    except PasswordError:
        out.write('{"refused": "PASSWORD"}\n')
    except (CalamineError, OSError, ValueError):
        out.write('{"refused": "NOT_A_WORKBOOK"}\n')
    out.flush()


if __name__ == "__main__":
    main()
