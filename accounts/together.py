"""Several small questions to the database asked as one: a page that shows ten short lists need not go there ten times.

Django translates each list by itself, which is half the work of nesting them as subqueries into one query of a model.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


@dataclass(frozen=True)
class Question:
    """One part of the question: its text with the values apart, and how its answer (None for nothing) is read."""

    text: str
    values: tuple[Any, ...]
    read: Callable[[Any], Any]


def ask(*questions: Question) -> list[Any]:
    """The answer to each."""
    with connection.cursor() as cursor:
        text = ", ".join(question.text for question in questions)
        cursor.execute(f"SELECT {text}", [value for question in questions for value in question.values])
        found = cursor.fetchone()
    return [question.read(answer) for question, answer in zip(questions, found, strict=True)]


def together(*wanted: models.QuerySet) -> list[list[Any]]:
    """The rows of each queryset, in its order: whole rows of one table each, nothing joined or annotated."""
    return ask(*(whole(rows) for rows in wanted))


def whole(rows: models.QuerySet) -> Question:
    """Rows as objects: of one table, nothing joined or annotated."""
    return _question(
        rows, "(SELECT json_agg(one) FROM (", ") one)::text", lambda text: _objects(rows.model, text)
    )


def number(rows: models.QuerySet) -> Question:
    """How many rows there are."""
    return _question(
        rows.order_by().values("pk"), "(SELECT count(*) FROM (", ") one)", lambda count: count or 0
    )


def column(rows: models.QuerySet) -> Question:
    """The values of a queryset of one column."""
    return _question(rows, "ARRAY(", ")", lambda values: values or [])


def plain(rows: models.QuerySet) -> Question:
    """The rows of `.values()`, as JSON has them: days and ids are texts."""
    return _question(rows, "(SELECT json_agg(one) FROM (", ") one)", lambda values: values or [])


def tuples(rows: models.QuerySet) -> Question:
    """The rows of `.values_list()`, each value as its field has it."""
    return _question(
        rows, "(SELECT json_agg(one) FROM (", ") one)::text", lambda text: _values(rows.query, text)
    )


def _question(rows: models.QuerySet, before: str, after: str, read: Callable[[Any], Any]) -> Question:
    try:
        text, values = rows.query.sql_with_params()
    except EmptyResultSet:  # Django knows that there is nothing
        return Question("NULL", (), read)
    return Question(f"{before}{text}{after}", values, read)


def _values(query: models.sql.Query, text: str | None) -> list[tuple[Any, ...]]:
    compiler = query.get_compiler(connection=connection)
    compiler.setup_query()
    fields = [told.output_field for told, _sql, _name in compiler.select]
    found = json.loads(text or "[]", parse_float=Decimal)
    return [
        tuple(field.to_python(value) for field, value in zip(fields, row.values(), strict=True))
        for row in found
    ]


def _objects(model: type[models.Model], text: str | None) -> list[Any]:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    return [
        model.from_db(connection.alias, names, [field.to_python(row[field.column]) for field in fields])
        for row in json.loads(text or "[]", parse_float=Decimal)
    ]
