"""The verifier as an outsider has it: one file in an empty folder, no application, no site packages."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "verifier" / "rasoat_verify.py"


@dataclass(frozen=True)
class Answer:
    """What the program answered: exit code, what it printed, and that as data."""

    code: int
    text: str
    errors: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)

    @property
    def codes(self) -> set[str]:
        return {problem["code"] for problem in self.data["problems"]}


def run(folder: Path, *arguments: str, given: Any = None, as_json: bool = True) -> Answer:
    """Run the verifier from an empty folder that holds nothing but itself."""
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(FILE, alone / "verify.py")
    options = ["--format", "json"] if as_json else []
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments, *options],
        cwd=alone,
        input=None if given is None else json.dumps(given).encode(),
        capture_output=True,
        check=False,
        env={"LC_ALL": "C.UTF-8"},
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def load() -> ModuleType:
    """Return the verifier's functions, for what is asked many thousand times."""
    spec = spec_from_file_location("rasoat_verify_apart", FILE)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sealed(folder: Path) -> Path:
    """Write the manifest anew over what the files hold now, as a forger would."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if file.name != "manifest.json":
            body = file.read_bytes()
            told = {"sha256": hashlib.sha256(body).hexdigest(), "rows": body.count(b"\n")}
            manifest["files"][file.relative_to(folder).as_posix()] = told
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False))
    return folder


def rows(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def write_rows(folder: Path, name: str, values: list[Any]) -> None:
    lines = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    (folder / name).write_text("".join(f"{line}\n" for line in lines))
