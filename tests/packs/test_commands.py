"""Loading, approving and exporting editions of the procedure from the command line."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import PackEdition, User
from cases.rules.packs import PACKS, SHIPPED, Pack
from cases.rules.packs.files import read_pack
from tests.packs.files import CODE, OF, edition_file, next_edition

PAPER = "1/QĐ-TTg"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "moi.toml"
    path.write_text(edition_file())
    return path


def test_an_edition_is_loaded_and_approved(file: Path, xuan: User, thanh: User) -> None:
    call_command("load_pack", str(file), by="xuan", paper=PAPER)
    call_command("approve_pack", CODE, by="thanh")

    assert PACKS[CODE] == next_edition()
    row = PackEdition.objects.get()
    assert (row.loaded_by, row.approved_by, row.paper) == (xuan, thanh, PAPER)


def test_a_program_reads_what_was_loaded(
    file: Path, xuan: User, thanh: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_pack", str(file), by="xuan", paper=PAPER, format="json")
    loaded = json.loads(capsys.readouterr().out)
    call_command("approve_pack", CODE, by="thanh", format="json")
    approved = json.loads(capsys.readouterr().out)

    assert loaded == approved == {"code": CODE, "fingerprint": next_edition().fingerprint.hex()}


def test_a_bad_file_is_refused_with_file_key_and_reason(
    file: Path, xuan: User, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(edition_file().replace("share = [1, 2]", "share = 51"))

    with pytest.raises(CommandError, match=r"^moi\.toml: consent\.share: .*\[51, 100\]"):
        call_command("load_pack", str(file), by="xuan", paper=PAPER, format="json")

    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["file"], problem["key"]) == ("moi.toml", "consent.share")
    assert not PackEdition.objects.exists()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, xuan: User) -> None:
    with pytest.raises(CommandError, match=r"khong-co\.toml"):
        call_command("load_pack", str(tmp_path / "khong-co.toml"), by="xuan", paper=PAPER)
    other = tmp_path / "cu.toml"
    other.write_bytes("tiêu đề".encode("utf-16"))
    with pytest.raises(CommandError, match=r"cu\.toml: .*UTF-8"):
        call_command("load_pack", str(other), by="xuan", paper=PAPER)
    other.write_bytes(b"#" * 4_000_001)
    with pytest.raises(CommandError, match="4 MB"):
        call_command("load_pack", str(other), by="xuan", paper=PAPER)


def test_a_stranger_loads_nothing(file: Path, nation: object) -> None:
    with pytest.raises(CommandError):
        call_command("load_pack", str(file), by="ai-do", paper=PAPER)


def test_the_loader_does_not_approve(file: Path, xuan: User) -> None:
    call_command("load_pack", str(file), by="xuan", paper=PAPER)

    with pytest.raises(CommandError):
        call_command("approve_pack", CODE, by="xuan")


def test_what_was_never_loaded_is_not_approved(thanh: User) -> None:
    with pytest.raises(CommandError, match=CODE):
        call_command("approve_pack", CODE, by="thanh")


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_an_edition_is_exported_as_a_file_that_is_read_back(
    pack: Pack, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_pack", pack.code)

    assert read_pack(capsys.readouterr().out, "moi.toml") == pack


def test_a_draft_is_exported_too_and_a_program_may_read_it(
    file: Path, xuan: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_pack", str(file), by="xuan", paper=PAPER)
    capsys.readouterr()
    call_command("export_pack", CODE, format="json")

    content = json.loads(capsys.readouterr().out)
    assert content["code"] == CODE
    assert content["replaces"] == OF.code
    assert content["fingerprint"] == next_edition().fingerprint.hex()
    assert content["acts"][0]["source"]["mark"] in ("S", "K", "?")


def test_exporting_what_is_not_there_names_what_is(db: None) -> None:
    with pytest.raises(CommandError, match=OF.code):
        call_command("export_pack", "khong-co")
