"""A mark in every text of case content that says whose it is: what anybody else is sent is searched for it.

The mark of a unit stands in the texts, the file names and the file bytes of all rows placed there. Whose marks a role
may meet is told here a second time and independently of the code: its own line, its subtree, nothing for the three
administrators.
"""

import io
import re
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, Field, JSONField, TextField
from django.http import HttpResponse
from pypdf import PdfReader

from accounts.models import Message
from accounts.roles import ADMINISTRATORS, Role
from organizations import wall
from organizations.models import Appointment, Organization
from rectification.evidence.models import Attachment
from reports import files, tasks
from reports.ledgers import LEDGERS
from reports.models import Export
from reports.papers import PAPERS, Document, declared
from tests.cast import YEAR
from tests.matrix.world import World

MARK = re.compile(r"暗记(\d+)号")
# Short texts that are words; others are keys, names that are looked up by, choices
WORDS = {
    "body",
    "found",
    "goal",
    "name",
    "note",
    "partner_name",
    "people",
    "person",
    "place",
    "reason",
    "text",
}
WORDS |= {"title", "what", "words", "minutes", "determined_by", "unit", "demand", "lead", "department_words"}
# Matched with a department's post, or drawn as the answer's choices
LOOKED_UP = {"AskedDepartment", "SupportFund"}


def mark_of(unit: Organization) -> str:
    return f"暗记{unit.pk}号"


def path_to_place(model: Any) -> str:
    """The lookup from a row to the path it stands at."""
    field = wall.place_of(getattr(model, "pgh_tracked_model", model))
    if not field.is_relation:
        return field.name
    parent = field.related_model
    return f"{field.name}__path" if parent is Organization else f"{field.name}__{path_to_place(parent)}"


def content_models(*, history: bool = False) -> list[Any]:
    """Models of the second wall's tables."""
    tables = wall.covered()
    models = [model for model in apps.get_models() if model._meta.db_table in tables]
    return models if history else [model for model in models if not hasattr(model, "pgh_tracked_model")]


def remove_filters(patch: pytest.MonkeyPatch) -> None:
    """The application's filter forgotten everywhere where there is case content."""
    for model in content_models():
        rows = type(model._default_manager.all())
        if hasattr(rows, "visible_to"):
            patch.setattr(rows, "visible_to", lambda self, post: self.all())


def mark_everything() -> int:
    """Write every row's mark into its texts; how many rows were marked."""
    units = {unit.path: unit for unit in Organization.objects.all()}
    marked = 0
    for model in content_models():
        if model.__name__ in LOOKED_UP:
            continue
        for row, path in [(row, _path(row, model)) for row in model._base_manager.all()]:
            changed = _marked(row, mark_of(units[path]))
            if changed:
                model._base_manager.filter(pk=row.pk).update(**changed)
                marked += 1
    for attachment in Attachment.objects.all():
        with attachment.file.storage.open(attachment.file.name, "wb") as file:
            file.write(mark_of(units[attachment.org_path]).encode())
    return marked


def _path(row: Any, model: Any) -> str:
    return model._base_manager.filter(pk=row.pk).values_list(path_to_place(model), flat=True).get()


def _marked(row: Any, mark: str) -> dict[str, Any]:
    changed = {}
    for field in row._meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, JSONField) and field.name in ("words", "answers", "local_words"):
            changed[field.name] = _in_json(value, mark)
        elif value and _is_words(field):
            changed[field.name] = value[: (field.max_length or 10_000) - len(mark)] + mark
    return changed


def _is_words(field: Field) -> bool:
    words = isinstance(field, TextField) or (isinstance(field, CharField) and field.name in WORDS)
    return words and not field.choices and not field.unique


def _in_json(value: Any, mark: str) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(inner, mark) if key != "question" else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_json(inner, mark) for inner in value]
    return value + mark if isinstance(value, str) and value else value


def allowed(world: World, role: Role) -> set[int]:
    """Whose marks a role's post may be sent."""
    units, city = world.units, world.posts[Role.CITY_REVIEWER].organization
    if role in ADMINISTRATORS:
        return set()
    if role is Role.CITY_REVIEWER:
        return set(Organization.objects.values_list("pk", flat=True))
    places = ("own", "sibling") if role in (Role.COUNTY_OFFICER, Role.DEPARTMENT) else ("own",)
    return {city.pk} | {units[level][place].pk for level in units for place in places}


def paths(units: set[int]) -> set[str]:
    return set(Organization.objects.filter(pk__in=units).values_list("path", flat=True))


def tables_with_foreign_rows(known: set[str]) -> list[str]:
    """Tables of case content and their history in which the session now reads rows that stand outside these paths."""
    return [
        model.__name__
        for model in content_models(history=True)
        if set(model._base_manager.values_list(path_to_place(model), flat=True)) - known
    ]


def foreign_marks(text: str, known: set[int]) -> set[str]:
    return {found.group() for found in MARK.finditer(text) if int(found.group(1)) not in known}


def text_of(response: HttpResponse) -> str:
    """What a response says, headers too but for its own number; files unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = " ".join(f"{name}: {value}" for name, value in response.headers.items() if name != "X-Request-Id")
    return heads + text_in(body)


def text_in(body: bytes) -> str:
    """The text of a page, or of an archive or PDF with all that is in it."""
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return " ".join([*packed.namelist(), *(text_in(packed.read(name)) for name in packed.namelist())])
    if body[:5] == b"%PDF-":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode("utf-8", "ignore")


def foreign_in_files(post: Appointment, known: set[int], *, pdf: bool = False) -> dict[str, set[str]]:
    """Foreign marks by file: every ledger and paper of a post's unit as its worker makes it; `pdf`: two more as PDF."""
    found = {}
    asked = [(key, "docx" if isinstance(declared(key), Document) else "xlsx") for key in [*LEDGERS, *PAPERS]]
    for key, format in asked + [("work", "pdf"), ("plan", "pdf")] * pdf:
        row = Export.objects.create(
            by=post, ledger=key, title=key, unit=post.organization, year=YEAR, format=format
        )
        tasks.export(row.pk)
        row.refresh_from_db()
        if row.file and (marks := foreign_marks(text_in((files.folder() / row.file).read_bytes()), known)):
            found[f"{key}.{format}"] = marks
    return found


def foreign_in_mails(world: World) -> dict[str, set[str]]:
    """Foreign marks in the letters to each role's person, delivered now."""
    found = {}
    for role, post in world.posts.items():
        for message in Message.objects.filter(user=post.user):
            if marks := foreign_marks(f"{message.title} {message.body}", allowed(world, role)):
                found[f"{role}: {message.title}"] = marks
    return found
