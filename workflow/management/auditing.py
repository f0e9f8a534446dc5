"""What the commands of the auditor's bench share: whom and which unit they are run for."""

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cases.duties import Duty
from cases.models import Level, Unit, User
from cases.permissions import ask_on, scope_of
from workflow import clock
from workflow.auditing.scope import covers
from workflow.machine.apply import legal_day
from workflow.management.doors import person_named, refuse


def unit_named(code: str) -> Unit:
    """
    Return the commune, district, province or nation with this code.

    :raises CommandError: if there is none
    """
    unit = Unit.objects.filter(code=code).exclude(level=Level.VILLAGE).first()
    if unit is None:
        raise CommandError(_("Không có xã, huyện hay tỉnh nào mang mã %(code)s.") % {"code": code})
    return unit


def auditor_named(command: str, options: dict[str, Any], unit: Unit | None) -> User | None:
    """
    Return in whose name the command runs, who must audit the unit; None: the operator's own.

    Without a unit the person must audit one at all.

    :raises CommandError: if nobody has the name, or the person does not audit the unit
    """
    if not options["by"]:
        return None
    user, at = person_named(options["by"]), clock.now()
    ask_on(user, legal_day(at))
    audits = covers(user, Duty.AUDIT, unit) if unit else bool(scope_of(user).get(Duty.AUDIT))
    if not audits:
        words = (
            _("%(name)s không kiểm tra đơn vị %(code)s.")
            if unit
            else _("%(name)s không kiểm tra đơn vị nào.")
        )
        sentence = words % {"name": user.username, "code": unit.code if unit else ""}
        refuse(command, "no_duty", sentence, by=user, at=at, unit=unit)
    return user
