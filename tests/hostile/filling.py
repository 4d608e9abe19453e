"""Every text a person can write, in every row of a world, filled with words meant to do harm."""

import contextlib
import re
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models.expressions import RawSQL

ROOMS = ("accounts", "organizations", "rectification", "reports")
# What the site itself writes: keys, paths, sums, kinds; no person's words
OWN = {
    *("path", "org_path", "filed_path", "key", "ledger", "kind", "purpose", "sha256", "content_type", "file"),
    *(
        "password",
        "username",
        "secret",
        "digest",
        "role",
        "route",
        "query",
        "preset",
        "source",
        "part",
        "step",
    ),
    *("origin", "rhythm", "code", "email", "field", "grade", "form", "row", "column", "post_words"),
}
# An audit event and a history row are written once and by nobody after
WRITTEN_ONCE = {"AuditEvent", "AuditSeal", "Session"}


def texts(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model that hold a person's words."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.FileField | models.SlugField)
        and not field.choices
        and not field.unique
        and field.name not in OWN
    ]


def our_models() -> list[type[models.Model]]:
    """The tables of the site, without their histories."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ROOMS
        and not hasattr(model, "pgh_tracked_model")
        and model.__name__ not in WRITTEN_ONCE
    ]


def fill(payloads: Sequence[str]) -> list[str]:
    """Fill every such field of every row, each with another payload in turn; the fields the database would not take."""
    refused = []
    for number, (model, field) in enumerate((one, field) for one in our_models() for field in texts(one)):
        fitting = [words[: field.max_length or 4000] for words in payloads]
        # In turn over the rows and, where there is one row only, over the fields
        turn = RawSQL(
            f'(%s::text[])[1 + ("{model._meta.pk.column}" + %s) %% %s]', [fitting, number, len(fitting)]
        )
        try:
            with transaction.atomic():
                model._base_manager.update(**{field.name: turn})
                connection.check_constraints()
        except DatabaseError as error:
            refused.append(f"{model.__name__}.{field.name}: {str(error).splitlines()[0]}")
    return refused


def fill_json(payloads: Sequence[str]) -> int:
    """The same in what is kept as JSON (frozen ledgers, previews): every text with Chinese in it; how many rows."""
    filled = 0
    for model in our_models():
        for field in (one for one in model._meta.concrete_fields if isinstance(one, models.JSONField)):
            for pk, value in model._base_manager.values_list("pk", field.name):
                spoilt = _spoilt(value, payloads)
                if spoilt != value:
                    with contextlib.suppress(DatabaseError), transaction.atomic():
                        filled += model._base_manager.filter(pk=pk).update(**{field.name: spoilt})
    return filled


def _spoilt(value: Any, payloads: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {key: _spoilt(inner, payloads) for key, inner in value.items()}
    if isinstance(value, list):
        return [_spoilt(inner, payloads) for inner in value]
    if isinstance(value, str) and re.search("[一-鿿]", value):
        return payloads[len(value) % len(payloads)] + value
    return value
