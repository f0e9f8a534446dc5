"""manage.py import_households"""

from django.utils.translation import gettext_lazy as _

from workflow.imports.command import ImportCommand
from workflow.imports.kinds import HOUSEHOLDS
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(ImportCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, writes=On.UNIT, option="--by")
    help = _(  # type: ignore[assignment]
        "Nhập danh sách hộ từ tệp Excel có hai trang tính Ho và NhanKhau.\n\n"
        "Tệp được nhận trọn vẹn hoặc không nhận gì; với --good-rows, các dòng đúng được nhận và các "
        "dòng có lỗi được nêu ra. Nhập lại cùng một tệp không ghi thêm gì. Hộ có giấy đề nghị và hộ "
        "tăng khác cần đợt rà soát của xã đã mở.\n\n"
        "  manage.py import_households danh-sach-ho.xlsx --by minh --dry-run   đọc thử\n"
        "  manage.py import_households danh-sach-ho.xlsx --by minh             nhận cả tệp\n"
        "  manage.py import_households danh-sach-ho.xlsx --by minh --good-rows chỉ nhận dòng đúng\n\n"
        "Mã thoát 0 khi đã nhận (hoặc đọc thử không thấy lỗi), 1 khi không."
    )
    kind = HOUSEHOLDS
