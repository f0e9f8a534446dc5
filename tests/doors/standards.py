"""Standards of both provinces, and what the ministry has loaded and not yet approved."""

from cases.duties import Role
from cases.local_standards import approve_local_standard, load_local_standard
from cases.pack_editions import load_edition
from cases.permissions import sync_grants
from tests.acts.local_files import demo_file
from tests.conftest import moment
from tests.doors.places import NATION, said, user_of
from tests.packs.files import edition_file

LOADED, APPROVED = moment("2024-09-03"), moment("2024-09-04")


def make_standards() -> None:
    """Load a standard of each province, approved by the ministry, and a draft of an edition."""
    sync_grants(LOADED.date())
    ministry = user_of(Role.MINISTRY, NATION)
    for province in ("67", "66"):
        loader = user_of(Role.DEPARTMENT, province)
        text = demo_file(code=f"minh-hoa-{province}", province=province)
        text = text.replace("minh họa", said(province, "minh họa"))
        load_local_standard(text=text, file="chuan.toml", paper=said(province, "Nghị quyết"),
            by=loader, at=LOADED)  # fmt: skip
        approve_local_standard(code=f"minh-hoa-{province}", by=ministry, at=APPROVED)
    load_edition(text=edition_file(), name="moi.toml", by=ministry, at=LOADED,
        paper=said(NATION, "Quyết định"))  # fmt: skip
