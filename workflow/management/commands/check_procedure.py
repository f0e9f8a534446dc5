"""Audit reviews against the law's invariants."""

import json
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from dataclasses import asdict
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import row_security
from cases.models import Act, Level, Round, Unit, User
from cases.models.rounds import key_parts
from workflow import clock
from workflow.auditing.scope import audited_rounds
from workflow.invariants import INVARIANTS, Breach, audit, checks_of
from workflow.invariants.editions import loaded_among
from workflow.management.auditing import auditor_named, unit_named
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, leaves=True, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Kiểm tra các đợt rà soát theo các bất biến của quy trình. Mọi điều được tính lại từ các việc, "
        "sự kiện và giấy tờ đã ghi, không dựa vào trạng thái của hồ sơ.\n\n"
        "  manage.py check_procedure\n"
        "      mọi đợt\n"
        "  manage.py check_procedure --unit 662 --round 2024\n"
        "      các xã của huyện 662, năm 2024\n"
        "  manage.py check_procedure --round 2025tx05-24646 --format json\n"
        "      một đợt: rà soát thường xuyên tháng 5 năm 2025\n"
        "  manage.py check_procedure --jobs 2\n"
        "      mọi đợt, chia cho hai tiến trình\n\n"
        "Mã thoát 0 khi không có vi phạm nào, 1 khi có."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", help=_("mã xã, huyện, tỉnh, hoặc VN cho cả nước"))
        parser.add_argument(
            "--round",
            metavar="KEY",
            help=_("năm (2024) hoặc một đợt (2024-24646, 2025tx05-24646)"),
        )
        parser.add_argument(
            "--jobs", type=int, default=1, metavar="N", help=_("số tiến trình cùng làm (1)")
        )
        parser.add_argument(
            "--by", metavar="USERNAME", help=_("người kiểm tra: chỉ trong phạm vi của người ấy")
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = self._asked(**options)
        if options["jobs"] < 1:
            raise CommandError(_("--jobs phải là một số từ 1."))
        # The audit itself opens its own, a turn at a time: other processes may take a part of it.
        with row_security.machine("audit"):
            size = rounds.aggregate(rounds=Count("pk", distinct=True), cases=Count("cases"))
            loaded = _loaded_editions(rounds)
        started = perf_counter()
        breaches = list(audit(rounds, options["jobs"]))
        seconds = perf_counter() - started
        what = " ".join(filter(None, ("breaches", options["unit"], options["round"])))
        note_leaving("check_procedure", what, at=clock.now(), by=self.by)
        if options["format"] == "json":
            data = _as_data(size, loaded, breaches, seconds)
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1))
        else:
            self._tell(size, loaded, breaches, seconds)
        if breaches:
            raise SystemExit(1)

    @sees_everything
    def _asked(self, **options: Any) -> QuerySet[Round]:
        """
        Return the rounds asked for; of a person only those that he or she audits.

        :raises CommandError: if the person does not audit the unit, or none
        """
        self.by: User | None = None
        rounds = _rounds(options["unit"], options["round"])
        unit = unit_named(options["unit"]) if options["unit"] else None
        self.by = auditor_named("check_procedure", options, unit)
        if self.by is None:
            return rounds
        return rounds.filter(pk__in=audited_rounds(self.by).values("pk"))

    def _tell(
        self, size: dict[str, int], loaded: list[str], breaches: list[Breach], seconds: float
    ) -> None:
        counted = Counter(breach.invariant for breach in breaches)
        for invariant in INVARIANTS:
            verdict = counted[invariant.code] or _("đạt")
            self.stdout.write(f"{invariant.code}  {verdict!s:>6}  {_(invariant.title)}")
            if invariant.not_yet:
                self.stdout.write(f"{'':16}({_(invariant.not_yet)})")
        for code in loaded:
            self.stdout.write("\n" + _from_an_edition(code))
        self.stdout.write("")
        for breach in breaches:
            self.stdout.write(self.style.ERROR(_line(breach)))
        self.stdout.write(
            _("%(rounds)d đợt, %(cases)d hồ sơ, %(seconds).1f giây.") % {**size, "seconds": seconds}
        )
        self.stdout.write(
            ngettext("%(count)d vi phạm.", "%(count)d vi phạm.", len(breaches))
            % {"count": len(breaches)}
            if breaches
            else self.style.SUCCESS(_("Không có vi phạm nào."))
        )


def _line(breach: Breach) -> str:
    parts = [breach.invariant, breach.round]
    if breach.case_code:
        parts.append(_("hộ %(code)s") % {"code": breach.case_code})
    if breach.sequence is not None:
        parts.append(_("việc số %(number)d") % {"number": breach.sequence})
    return f"{' · '.join(part for part in parts if part)}: {breach.sentence} [{breach.article}; {breach.mark}]"


def _loaded_editions(rounds: QuerySet[Round]) -> list[str]:
    """Return the editions that officers loaded and that these rounds were done under."""
    acts = Act.objects.filter(round__in=rounds.order_by().values("pk"))
    done_under = acts.order_by().values_list("pack", flat=True).distinct()
    return loaded_among([*done_under, *rounds.order_by().values_list("pack", flat=True).distinct()])


def _from_an_edition(code: str) -> str:
    return _(
        "Bản quy trình %(code)s do cán bộ nạp: số ngày, tỷ lệ lấy từ chính bản ấy, "
        "chưa có ai viết lại lần thứ hai để so."
    ) % {"code": code}


def _as_data(
    size: dict[str, int], loaded: list[str], breaches: list[Breach], seconds: float
) -> dict[str, Any]:
    counted = Counter(breach.invariant for breach in breaches)
    return {
        **size,
        "seconds": round(seconds, 3),
        "invariants": [
            {
                "code": invariant.code,
                "title": _(invariant.title),
                "article": invariant.article,
                "mark": invariant.mark,
                "enforced": [f"{by}: {what}" for by, what in invariant.enforced],
                "checks": list(checks_of(invariant.code)),
                "not_yet": _(invariant.not_yet) if invariant.not_yet else "",
                "breaches": counted[invariant.code],
            }
            for invariant in INVARIANTS
        ],
        "loaded_editions": loaded,
        "breaches": [asdict(breach) for breach in breaches],
    }


def _rounds(unit_code: str | None, key: str | None) -> QuerySet[Round]:
    """
    Return the rounds asked for.

    :raises CommandError: if there is no such unit, or the key cannot be read
    """
    rounds = Round.objects.all()
    if unit_code:
        unit = Unit.objects.filter(code=unit_code).exclude(level=Level.VILLAGE).first()
        if unit is None:
            raise CommandError(
                _("Không có xã, huyện hay tỉnh nào mang mã %(code)s.") % {"code": unit_code}
            )
        if unit.level != Level.NATION:
            rounds = rounds.filter(Q(commune=unit) | Q(district=unit) | Q(province=unit))
    if key:
        named = {"year": int(key)} if _is_year(key) else key_parts(key)
        if named is None:
            raise CommandError(
                _("Không hiểu --round %(key)s: hãy ghi năm (2024) hoặc mã đợt (2024-24646).")
                % {"key": key}
            )
        rounds = rounds.filter(**named)
        with row_security.machine("audit"):
            found = rounds.exists()
        if not found:
            raise CommandError(_("Không có đợt rà soát %(key)s.") % {"key": key})
    return rounds


def _is_year(key: str) -> bool:
    return len(key) == 4 and key.isascii() and key.isdecimal()
