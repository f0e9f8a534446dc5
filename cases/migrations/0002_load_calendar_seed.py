"""Load the calendar the product comes with: without one no term can be counted."""

from typing import Any

from django.db import migrations

from cases.rules import calendar_seed


def load(apps: Any, schema_editor: Any) -> None:
    edition, created = apps.get_model("cases", "CalendarEdition").objects.get_or_create(
        version=calendar_seed.SEED_VERSION,
        defaults={
            "source_document": calendar_seed.SEED_SOURCE,
            "note": calendar_seed.SEED_NOTE,
        },
    )
    if created:
        day = apps.get_model("cases", "CalendarDay")
        day.objects.bulk_create(
            day(
                edition=edition,
                day=row.day,
                kind=row.kind,
                name=row.name,
                mark=row.mark.value,
                source=row.source,
            )
            for row in calendar_seed.CALENDAR_SEED
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_first")]
    # Going back leaves the calendar: terms may have been counted by it.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
