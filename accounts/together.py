"""Rows of several tables in one question: a page that shows ten short lists need not ask the database ten times."""

import json
from decimal import Decimal
from typing import Any

from django.db import connection, models


def together(*wanted: models.QuerySet) -> list[list[Any]]:
    """The rows of each queryset, in its order: whole rows of one table each, nothing joined or annotated."""
    asked = [rows.query.sql_with_params() for rows in wanted]
    lists = ", ".join(
        f"(SELECT json_agg(one) FROM ({sql}) one)::text"  # noqa: S608 — Django's own text, the values apart
        for sql, _ in asked
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lists}", [value for _, values in asked for value in values])
        found = cursor.fetchone()
    return [_rows(rows.model, text) for rows, text in zip(wanted, found, strict=True)]


def _rows(model: type[models.Model], text: str | None) -> list[Any]:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    return [
        model.from_db(connection.alias, names, [field.to_python(row[field.column]) for field in fields])
        for row in json.loads(text or "[]", parse_float=Decimal)
    ]
