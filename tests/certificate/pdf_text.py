"""What a PDF of WeasyPrint says, page by page: enough of the format to read it back, no more."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.S)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
_SHOWN = re.compile(rb"/(\S+) [\d.]+ Tf|\[(.*?)\]\s*TJ|<([0-9A-Fa-f]+)>\s*Tj", re.S)


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, words as they were shown."""
    objects = _objects(pdf)
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    return [_page(objects, body) for body in pages]


def fonts_of(pdf: bytes) -> set[str]:
    """Return the families of the fonts that are in the file."""
    names = re.findall(rb"/FontFamily \((.*?)\)", b"".join(_objects(pdf).values()))
    return {name.decode() for name in names}


def _objects(pdf: bytes) -> dict[int, bytes]:
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    for body in [each for each in objects.values() if b"/Type /ObjStm" in each[:200]]:
        objects |= _unpacked(body)
    return objects


def _unpacked(body: bytes) -> dict[int, bytes]:
    """Return the objects that one stream holds: their numbers and places stand before the first."""
    content, found = _stream(body), re.search(rb"/First (\d+)", body)
    first = int(found[1]) if found else 0
    places = [int(each) for each in content[:first].split()]
    pairs = list(zip(places[::2], places[1::2], strict=True))
    ends = [*(place for _number, place in pairs[1:]), len(content)]
    return {
        number: content[first + place : first + end]
        for (number, place), end in zip(pairs, ends, strict=True)
    }


def _page(objects: dict[int, bytes], page: bytes) -> str:
    resources = _named(objects, page, rb"/Resources")
    fonts = _named(objects, resources, rb"/Font")
    letters = {
        name: _letters(objects, objects[int(number)])
        for name, number in re.findall(rb"/(\S+) (\d+) 0 R", fonts)
    }
    numbers = re.search(rb"/Contents \[?((?:\d+ 0 R ?)+)", page)
    content = b"".join(
        _stream(objects[int(n)]) for n in re.findall(rb"(\d+) 0 R", numbers[1] if numbers else b"")
    )
    words, current = [], {}
    for font, many, one in _SHOWN.findall(content):
        if font:
            current = letters.get(font, {})
        else:
            glyphs = b"".join(re.findall(rb"<([0-9A-Fa-f]+)>", many)) if many else one
            codes = [glyphs[i : i + 4].lower() for i in range(0, len(glyphs), 4)]
            words.append("".join(current.get(code, "") for code in codes))
    return " ".join(" ".join(words).split())


def _letters(objects: dict[int, bytes], font: bytes) -> dict[bytes, str]:
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if found is None:
        return {}
    table = _stream(objects[int(found[1])])
    pairs = _MAPPED.findall(table)
    return {g.lower(): bytes.fromhex(u.decode()).decode("utf-16-be") for g, u in pairs}


def _named(objects: dict[int, bytes], body: bytes, name: bytes) -> bytes:
    reference = re.search(name + rb" (\d+) 0 R", body)
    if reference:
        return objects[int(reference[1])]
    place = body.find(name)
    return body[place:] if place >= 0 else b""


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]
