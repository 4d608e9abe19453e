"""待填内容: the empty places of a scheme, filled when their part has what it lacked or a person says so."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS, PartKind
from rectification.schemes.practice_models import SchemeGap
from rectification.schemes.rights import require_issuer
from rectification.schemes.terms import Problem


def open_those(scheme: Scheme, rows: Iterable[Mapping[str, Any]]) -> None:
    """The empty places a new scheme starts with."""
    SchemeGap.objects.bulk_create(SchemeGap(scheme=scheme, **row) for row in rows)


def copy_open(source: Scheme, scheme: Scheme) -> None:
    """What is still to be filled in there is to be filled in here; what was filled came along as rows."""
    for gap in source.gaps.filter(filled_at__isnull=True):
        SchemeGap.objects.create(
            scheme=scheme,
            part=gap.part,
            text=gap.text,
            order=gap.order,
            source=gap.source,
            starter=gap.starter,
        )


def settle(scheme: Scheme, part: PartKind, at: datetime) -> None:
    """Its gaps are filled once a part has what it lacked; a filled one is not opened again by itself."""
    waiting = list(scheme.gaps.filter(part=part.key, filled_at__isnull=True))
    if waiting and part.complete(part.rows(scheme)):
        for gap in waiting:
            gap.filled_at = at
            gap.save(update_fields=["filled_at"])


def warnings(scheme: Scheme) -> list[Problem]:
    """Every open gap as a warning: it refuses nothing."""
    waiting = [gap for gap in scheme.gaps.all() if gap.filled_at is None]
    return [Problem("gaps", f"待填：{gap.text}", "warning") for gap in waiting]


@transaction.atomic
def mark(*, scheme: Scheme, order: int, filled: bool, by: Appointment, at: datetime) -> SchemeGap:
    """A person says that a gap is filled or not needed, or takes that back."""
    require_issuer(scheme.issuer, by)
    if scheme.state == SchemeState.CLOSED:
        raise Refused("方案已结束，不再改动")
    gap = SchemeGap.objects.select_for_update(of=("self",)).filter(scheme=scheme, order=order).first()
    if gap is None:
        raise Refused("没有这一处待填内容")
    gap.filled_at = at if filled else None
    gap.save(update_fields=["filled_at"])
    what = "登记已填或不需要" if filled else "重新列为待填"
    audit.record("方案待填内容", obj=scheme, what=what, text=gap.text, part=PARTS[gap.part].title)
    return gap
