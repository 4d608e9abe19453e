"""The disk of the stored files is full: what cannot be kept says so, and nothing half-written is left or pointed to."""

import contextlib
import random
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

from drills.frame import Outcome, Room

ASKED = "media disk full: uploads and exports end visibly failed, no row points to a missing or half file"
TRIES = 60
DISK = 2_000_000


def main(room: Room) -> Outcome:
    random.seed(20261122)
    media = room.var / "media"
    with full_disk(media) as how:
        return tried(room, media, how)


@contextlib.contextmanager
def full_disk(media: Path) -> Iterator[str]:
    """A small disk of its own where this process may mount one, else a limit on each file's size."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", media], capture_output=True
    )
    if mounted.returncode == 0:
        try:
            yield "a disk of 2 MB"
        finally:
            subprocess.run(["umount", "-l", media], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        yield "no disk could be mounted: files of at most 3 kB"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def tried(room: Room, media: Path, how: str) -> Outcome:
    """Upload and export with more or less room left, look after each, then make room and try again."""
    from organizations.models import Appointment
    from rectification.cases.models import Case
    from reports.models import Export
    from tests.cast import PostClient

    post = Appointment.objects.get(user__username="xian")
    case, page = Case.objects.visible_to(post).order_by("pk").first(), PostClient(post)
    tries, refused, failed, faults = room.count(TRIES, least=9), 0, 0, []
    for number in range(tries):
        fill(media, random.choice((0, 1, 4, 8, 16, 40, 80)) * 1024)
        if number % 3 == 0:
            answer = upload(page, case, random.randbytes(random.randint(2000, 120_000)))
            refused += answer == 422
            faults += [f"upload answered {answer}"] if answer not in (302, 422) else []
        else:
            state, error = export(post, "pdf" if number % 3 == 1 else "xlsx")
            failed += state == "failed"
            faults += (
                [f"export {state} {error}"]
                if state == "running" or (state == "failed" and "空间" not in error)
                else []
            )
        faults += broken(media)
    with contextlib.suppress(FileNotFoundError):
        (media / "filler").unlink()
    if how.startswith("a disk"):
        faults += [] if upload(page, case, b"after") == 302 else ["no upload after room was made"]
        again = Export.objects.filter(by=post, state="failed").last()
        faults += [] if again is None or retried(again, post) == "done" else ["no export after room was made"]
    if not (refused and failed):
        faults.append("the disk was never full")
    return Outcome(
        f"{how}, {tries} tries: {refused} uploads refused and {failed} exports failed in words", faults
    )


def fill(media: Path, free: int) -> None:
    """Leave so many bytes of the disk."""
    import os

    filler = media / "filler"
    filler.unlink(missing_ok=True)
    there = os.statvfs(media)
    with contextlib.suppress(OSError), filler.open("wb") as file:
        file.write(b"\0" * max(0, there.f_bavail * there.f_frsize - free))


def upload(page, case, content: bytes) -> int:
    from django.core.files.uploadedfile import SimpleUploadedFile

    whole = b"%PDF-1.4\n" + content + b"\ntrailer <<>>\n%%EOF\n"
    address = f"/evidence/cases/{case.uid}/"
    return page.post(
        address, {"file": SimpleUploadedFile("记录.pdf", whole)}, HTTP_HOST="127.0.0.1"
    ).status_code


def export(post, format: str) -> tuple[str, str]:
    """Ask for a ledger and let a worker make it here; how it ended."""
    from django.utils import timezone

    from reports import actions

    now = timezone.now()
    row = actions.request_export(
        reason="核对数据",
        by=post,
        ledger="work",
        unit=post.organization,
        year=now.year,
        format=format,
        filters={},
        at=now,
    )
    return made(row)


def made(row) -> tuple[str, str]:
    from reports import tasks

    with contextlib.suppress(OSError):
        tasks.export(row.pk)
    row.refresh_from_db()
    return row.state, row.error


def retried(row, post) -> str:
    from django.utils import timezone

    from reports import actions

    return made(actions.retry(export_id=row.pk, by=post, at=timezone.now()))[0]


def broken(media: Path) -> list[str]:
    """Rows whose file is missing or another, and files of no row."""
    import hashlib

    from rectification.evidence.models import Attachment
    from reports import files
    from reports.models import Export

    known = {media / row.file.name: row.sha256 for row in Attachment.objects.filter(note="")}
    known |= {
        files.folder() / row.file: row.sha256 for row in Export.objects.filter(state="done").exclude(file="")
    }
    there = {path for path in media.rglob("*") if path.is_file() and path.name != "filler"}
    faults = [f"a row points to {path.name}, which is missing" for path in known if path not in there]
    for path in there:
        if path not in known:
            faults.append(f"{path.relative_to(media)} is nobody's")
            path.unlink()
        elif hashlib.sha256(path.read_bytes()).hexdigest() != known[path]:
            faults.append(f"{path.name} is half a file")
    return faults
