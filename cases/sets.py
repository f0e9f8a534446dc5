"""Writing many rows in one statement, whatever their number, on both databases."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Model, QuerySet


def insert_select(model: type[Model], columns: Mapping[str, Any], rows: QuerySet[Any]) -> int:
    """
    Insert one row of the model for each row of the queryset; return how many.

    `columns` maps the model's field names to field names or expressions of the queryset.
    """
    names = {f"set_{i}": value for i, value in enumerate(columns.values())}
    aliased = rows.annotate(
        **{n: models.F(v) if isinstance(v, str) else v for n, v in names.items()}
    )
    select, params = aliased.values_list(*names).query.sql_with_params()
    return _insert(model, columns, select, params)


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Insert rows of plain values (numbers, texts, booleans, dates); return how many.

    One statement with one parameter: bulk_create splits wide writes on SQLite.
    """
    fields = [_column(model, name) for name in columns]
    text = json.dumps([list(row) for row in rows], ensure_ascii=False, default=str)
    if connection.vendor == "postgresql":
        values = ", ".join(f"(r.value->>{i})::{_sql_type(f)}" for i, f in enumerate(fields))
        select = f"SELECT {values} FROM jsonb_array_elements(%s::jsonb) AS r(value)"  # noqa: S608
    else:
        values = ", ".join(f"json_extract(r.value, '$[{i}]')" for i in range(len(fields)))
        select = f"SELECT {values} FROM json_each(%s) AS r"  # noqa: S608 (no text of a user)
    return _insert(model, columns, select, [text])


def _insert(model: type[Model], columns: Iterable[str], select: str, params: Sequence[Any]) -> int:
    quote = connection.ops.quote_name
    names = ", ".join(quote(_column(model, name).column) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}",  # noqa: S608
            params,
        )
        return int(cursor.rowcount)


def _column(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _sql_type(field: Any) -> str:
    target = field.target_field if field.is_relation else field
    return str(target.rel_db_type(connection) if field.is_relation else target.db_type(connection))
