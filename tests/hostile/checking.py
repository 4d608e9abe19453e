"""What must hold for a file from outside, whatever it is: an answer in words, and all of it written or nothing."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.errors import Refused
from organizations import imports, tasks
from organizations.models import Appointment, ImportBatch, Organization
from tests.cast import NOW

CHINESE = re.compile("[一-鿿]{2}")
FACTS = ("households", "population", "members", "name", "version", "income", "party_name", "field")


def facts() -> list[tuple]:
    """Everything a roster can change."""
    return list(Organization.objects.order_by("pk").values_list("pk", *FACTS))


def through_the_site(client: Client, post: Appointment, unit: Organization, name: str, content: bytes) -> str:
    """Hand a file in by its page, let the worker read it, open what came of it; what is wrong, "" for nothing."""
    before = facts()
    sent = {"file": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("organizations:roster", args=[unit.uid]), sent)
    if answer.status_code == 422:
        return _said(answer.content.decode(), before)
    if answer.status_code != 302:
        return f"状态 {answer.status_code}"
    batch = ImportBatch.objects.latest("pk")
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    page = client.get(reverse("organizations:batch", args=[batch.uid]))
    if page.status_code != 200 or batch.state not in ("done", "failed"):
        return f"状态 {page.status_code} {batch.state}"
    if facts() != before:
        return "没有确认就写入了"
    if batch.state == "failed" or batch.errors:
        return _said(batch.error or str(batch.errors), before)
    return written(batch, post)


def _said(words: str, before: list[tuple]) -> str:
    if not CHINESE.search(words):
        return f"没有说明原因：{words[:80]!r}"
    return "" if facts() == before else "拒绝了，却写入了"


def written(batch: ImportBatch, post: Appointment) -> str:
    """Confirm what was read without an error: all rows of the preview change and no other; again changes nothing."""
    before, expected = {one[0]: one for one in facts()}, {row["id"] for row in batch.rows}
    try:
        imports.apply_batch(batch_id=batch.pk, by=post, at=NOW)
    except Refused as refused:
        return "" if {one[0]: one for one in facts()} == before else f"拒绝了，却写入了：{refused}"
    changed = {one[0] for one in facts() if one != before[one[0]]}
    return "" if changed == expected else f"写入 {len(changed)} 行，预览是 {len(expected)} 行"
