"""Where made files lie, and how one is made: written aside first, put in its place only when it is whole."""

import hashlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.errors import Refused
from reports import binding, dossier, pdf, xlsx
from reports.papers import Book, Drawn, Letter, form_pdf, form_xlsx, letter_docx, letter_pdf
from reports.sheet import Sheet

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Made:
    """A finished file. absent: characters no font of ours has, by name."""

    path: Path
    size: int
    sha256: str
    rows: int
    absent: list[str]


def folder() -> Path:
    """Outside the web root, readable by the site alone."""
    place = Path(settings.MEDIA_ROOT, "exports")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def place_of(uid: uuid.UUID, format: str) -> Path:
    """Where a finished export lies."""
    return folder() / f"{uid}.{format}"


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A name beside the target to write to; whatever is left there afterwards is dropped."""
    path = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _list_of(letter: Letter, path: Path, *, progress: xlsx.Progress = lambda rows: None) -> None:
    """A document's Excel is the list at its end."""
    if letter.attachment is None:
        raise Refused("这种文书没有附表，请导出 PDF 或 Word")
    xlsx.write(letter.attachment, path, progress=progress)


WRITERS: dict[tuple[type, str], Callable[..., object]] = {
    (Sheet, "xlsx"): xlsx.write,
    (Sheet, "pdf"): pdf.write,
    (Book, "xlsx"): form_xlsx.write,
    (Book, "pdf"): form_pdf.write,
    (Letter, "xlsx"): _list_of,
    (Letter, "pdf"): letter_pdf.write,
    (Letter, "docx"): letter_docx.write,
    (binding.Bound, "pdf"): binding.write,
    (dossier.Dossier, "zip"): dossier.write,
}
Printed = Drawn | binding.Bound | dossier.Dossier


def draw(printed: Printed, format: str, path: Path) -> int:
    """Draw something into a file where only its rows or pages matter; Refused where this format is not made of it."""
    writer = WRITERS.get((type(printed), format))
    if writer is None:
        raise Refused("没有这种格式")
    writer(printed, path)
    return printed.count


def make(drawn: Printed, format: str, path: Path, *, progress: xlsx.Progress = lambda rows: None) -> Made:
    """Draw a ledger, a form, a document or several of them into a file."""
    writer = WRITERS.get((type(drawn), format))
    if writer is None:
        raise Refused("没有这种格式")
    said = writer(drawn, path, progress=progress)
    absent = said if isinstance(said, list) else []
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Made(path, path.stat().st_size, digest, drawn.count, absent)


def drop_expired(names: list[str], now: datetime) -> None:
    """Remove finished files nobody may fetch any more, and pieces a killed worker left more than a day ago."""
    for name in names:
        (folder() / name).unlink(missing_ok=True)
    for piece in folder().glob(".*"):
        if now.timestamp() - piece.stat().st_mtime <= 86_400:
            continue
        if piece.is_dir():
            shutil.rmtree(piece, ignore_errors=True)
        else:
            piece.unlink(missing_ok=True)
