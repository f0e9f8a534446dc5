"""
Writes the list of known passwords, from what comes with the product; `--check` writes nothing.

  python -m deploy.passwords.build

From Django's list of common passwords, and from habits of this country: the word for password,
names of provinces, titles, words of affection, each with years and runs of digits, and twice.
"""

import csv
import gzip
import sys
from itertools import product
from pathlib import Path

import django.contrib.auth

from workflow.sign_in.passwords import LIST, SHORTEST, squeezed

UNITS = Path(__file__).resolve().parents[2] / "cases" / "fixtures" / "units" / "versions.csv"
COMMON = Path(django.contrib.auth.__file__).parent / "common-passwords.txt.gz"
HABITS = """
matkhau mat khau matkhaumoi matkhaucu passwork password pass taikhoan dangnhap quantri admin administrator root user
anhyeuem emyeuanh yeuem yeuanh iloveyou anhnhoem emnhoanh motminh giadinh bame bamegiadinh conyeu concung contrai
congai vochong nhomai hanhphuc mottinhyeu khongnho khongbiet khongco khongquen quenroi deothaytoi
toiyeuvietnam vietnam vietnamvodich tocdovietnam tienquan codosaovang hochiminh bachohochiminh bacho
ubnd ubndxa ubndphuong ubndhuyen ubndtinh uybannhandan xa phuong thitran thon truongthon totruong bithu chutich
phochutich canbo congan dangvien mattran matran laodong thuongbinh xahoi giamngheo hongheo canngheo hocanngheo
rasoat rasoatho rasoathongheo rasoatvien demorasoat boldtbxh ldtbxh
qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx abc abcd abcde abcdef abcabc zaq1 zaqxsw
""".split()
DIGITS = """
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 123123 123321 321 654321 987654321
11 111 1111 111111 222222 333333 555555 666 666666 6789 68 6868 686868 79 7979 797979 777777 86 88 888 888888 99 999 9999
999999 000 000000 112233 102030 147258 147258369 159357 159753 001 01 02 09 0909 2k vn vn1 vn123 abc abc123 a1 aa 1a 1a2b3c
""".split()
YEARS = [str(year) for year in range(1960, 2036)]


def provinces() -> list[str]:
    with UNITS.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file) if row["level"] == "PROVINCE"]
    bare = {squeezed(name) for name in names}
    cut = {name.removeprefix("tinh").removeprefix("thanhpho").removeprefix("tp") for name in bare}
    return sorted(bare | cut)


def lines() -> list[str]:
    """Return the list, sorted, as it is compared."""
    common = gzip.decompress(COMMON.read_bytes()).decode().split()
    habits = sorted(set(HABITS))
    words = sorted({*habits, *provinces()})
    made = {"demorasoat2024", *map("".join, product(habits, habits))}
    for word, end in product(words, [*DIGITS, *YEARS]):
        made |= {word + end, end + word}
    made |= {first + second for first, second in product(DIGITS, DIGITS)}
    found = made | {word * times for word in words for times in (1, 2, 3)}
    found |= {squeezed(word) for word in common}
    return sorted(key for key in found if len(key) >= SHORTEST)


def packed() -> bytes:
    # No time in the file: the same sources give the same bytes.
    return gzip.compress("\n".join(lines()).encode() + b"\n", 9, mtime=0)


def main(arguments: list[str]) -> int:
    data = packed()
    if "--check" in arguments:
        return int(LIST.read_bytes() != data)
    LIST.write_bytes(data)
    sys.stdout.write(f"{LIST.name}: {len(lines())} passwords, {len(data)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
