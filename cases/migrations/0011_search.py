"""Searching a million cases by code and by name without reading them all."""

from typing import Any

from django.db import migrations, models


def index_names(apps: Any, editor: Any) -> None:
    """Let PostgreSQL find parts of names; SQLite has no such index and no such numbers."""
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        editor.execute(
            "CREATE INDEX IF NOT EXISTS household_by_part_of_name ON cases_household "
            "USING gin (head_name_key gin_trgm_ops)"
        )


def forget_names(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS household_by_part_of_name")


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_row_security")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="code",
            field=models.CharField(db_index=True, max_length=30, verbose_name="mã hộ"),
        ),
        migrations.RunPython(index_names, forget_names),
    ]
