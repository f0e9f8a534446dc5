"""manage.py import_surveys"""

from django.utils.translation import gettext_lazy as _

from workflow.imports.command import ImportCommand
from workflow.imports.kinds import SURVEYS
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(ImportCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, writes=On.UNIT, option="--by")
    help = _(  # type: ignore[assignment]
        "Nhập phiếu rà soát (Phiếu A, Phiếu B) từ tệp Excel có trang tính Phieu.\n\n"
        "Hộ phải có trong danh sách rà soát của đợt. Tệp được nhận trọn vẹn hoặc không nhận gì; với "
        "--good-rows, các dòng đúng được nhận và các dòng có lỗi được nêu ra. Nhập lại cùng một tệp "
        "không ghi thêm gì.\n\n"
        "  manage.py import_surveys phieu-ra-soat.xlsx --by minh --dry-run   đọc thử\n"
        "  manage.py import_surveys phieu-ra-soat.xlsx --by minh             nhận cả tệp\n"
        "  manage.py import_surveys phieu-ra-soat.xlsx --by minh --at 2024-10-02T09:00\n\n"
        "Mã thoát 0 khi đã nhận (hoặc đọc thử không thấy lỗi), 1 khi không."
    )
    kind = SURVEYS
