"""Editions of the working calendar (lịch ngày làm việc): which days are off, which are made up."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.rules import calendar_seed
from cases.rules.terms import Calendar


class NoCalendar(Exception):
    """No edition of the calendar is loaded, so that no term can be counted."""

    def __init__(self) -> None:
        super().__init__(_("Chưa nạp lịch ngày làm việc, nên chưa tính được thời hạn."))


class CalendarEdition(models.Model):
    """
    One edition of the calendar. It is never edited: a correction is a new edition.

    Terms name the edition they were counted by.
    """

    version = models.CharField(_("phiên bản"), max_length=40, unique=True)
    source_document = models.CharField(_("văn bản"), max_length=300)
    note = models.TextField(_("ghi chú"), blank=True)
    created_at = models.DateTimeField(_("nạp lúc"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Years that were over when this edition changed them: a correction, said to be one.
    corrects_years = models.JSONField(_("sửa năm đã qua"), default=list)

    class Meta:
        verbose_name = _("phiên bản lịch")

    def __str__(self) -> str:
        return self.version


class CalendarDay(models.Model):
    """A day that is not what its weekday says."""

    class Kind(models.TextChoices):
        OFF = calendar_seed.OFF, _("Nghỉ")
        WORKED = calendar_seed.WORKED, _("Làm bù")

    class Mark(models.TextChoices):
        SEEN = "S", _("đã thấy nguồn")
        KNOWN = "K", _("theo hiểu biết")
        UNSURE = "?", _("chưa kiểm chứng")

    edition = models.ForeignKey(CalendarEdition, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("ngày"))
    kind = models.CharField(_("loại"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("tên"), max_length=100)
    mark = models.CharField(_("độ tin cậy"), max_length=1, choices=Mark.choices)
    source = models.CharField(_("nguồn"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ngày của lịch")
        ordering = ["edition", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "day"], name="a_day_stands_once_in_an_edition"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["OFF", "WORKED"]), name="calendar_day_is_off_or_worked"
            ),
            models.CheckConstraint(
                condition=Q(mark__in=["S", "K", "?"]), name="calendar_day_says_how_sure_it_is"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


def current_calendar() -> Calendar:
    """
    Return the newest edition as the rules want it.

    :raises NoCalendar: if none is loaded
    """
    # By key, not by date: of two editions loaded in one instant the later one rules.
    edition = CalendarEdition.objects.order_by("-pk").first()
    if edition is None:
        raise NoCalendar
    return _calendar_of(edition.pk, edition.version, edition.created_at)


def load_seed() -> CalendarEdition:
    """Load the calendar that the product comes with; the second time changes nothing."""
    with transaction.atomic():
        edition, created = CalendarEdition.objects.get_or_create(
            version=calendar_seed.SEED_VERSION,
            defaults={
                "source_document": calendar_seed.SEED_SOURCE,
                "note": calendar_seed.SEED_NOTE,
            },
        )
        if created:
            CalendarDay.objects.bulk_create(
                CalendarDay(
                    edition=edition,
                    day=row.day,
                    kind=row.kind,
                    name=row.name,
                    mark=row.mark.value,
                    source=row.source,
                )
                for row in calendar_seed.CALENDAR_SEED
            )
    return edition


# The moment of loading is part of the key: after a rollback a key and a version may come again.
@lru_cache(maxsize=8)
def _calendar_of(edition_id: int, version: str, created_at: datetime) -> Calendar:
    rows = list(
        CalendarDay.objects.filter(edition_id=edition_id).values_list("day", "kind", "mark")
    )
    return Calendar(
        version=version,
        days_off=frozenset(day for day, kind, _mark in rows if kind == CalendarDay.Kind.OFF),
        worked_weekend=frozenset(
            day for day, kind, _mark in rows if kind == CalendarDay.Kind.WORKED
        ),
        provisional_years=frozenset(
            day.year for day, _kind, mark in rows if mark == CalendarDay.Mark.UNSURE
        ),
    )
