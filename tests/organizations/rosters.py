"""How the tests take a roster out and hand it in."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organizations import imports, tasks
from organizations.models import ImportBatch
from organizations.roster_book import HEADERS
from tests.cast import NOW
from tests.organizations.workbooks import workbook

CODE = "990121101201"


def column(header: str) -> int:
    return HEADERS.index(header) + 1


def export(page, unit) -> bytes:
    return page.get(reverse("organizations:roster_file", args=[unit.uid])).content


def upload(page, unit, content, name="名册.xlsx"):
    return page.post(
        reverse("organizations:roster", args=[unit.uid]), {"file": SimpleUploadedFile(name, content)}
    )


def hand_in(post, unit, content: bytes) -> ImportBatch:
    return imports.hand_in(unit_id=unit.pk, file_name="名册.xlsx", content=content, by=post, at=NOW)


def read(post, unit, content: bytes) -> ImportBatch:
    """Hand a workbook in and let the worker read it."""
    batch = hand_in(post, unit, content)
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    return batch


def errors(post, unit, rows, **sheet) -> list[tuple[str, str]]:
    batch = read(post, unit, workbook(rows, **sheet))
    assert batch.rows == [] or batch.errors
    return [(f"{one['column']}{one['row']}", one["reason"]) for one in batch.errors]
