"""What a list brings, in one sentence: for commands and messages."""

from django.utils.translation import gettext as _

from workflow.imports.entering import Tally
from workflow.imports.surveys import VillageTally


def households_sentence(total: Tally) -> str:
    return _(
        "%(households)d hộ mới, %(changed)d hộ thay đổi, %(members)d nhân khẩu, "
        "%(villages)d thôn mới, %(standings)d phân loại đã công nhận, "
        "%(requests)d giấy đề nghị, %(arrivals)d hộ tăng khác."
    ) % vars(total)


def surveys_sentence(total: VillageTally) -> str:
    return _(
        "%(surveyed)d phiếu khảo sát, %(passed)d Phiếu A đạt, %(failed)d Phiếu A không đạt."
    ) % vars(total)
