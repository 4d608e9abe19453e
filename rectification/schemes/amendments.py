"""修订: the one way a scheme in force changes, with the reason and what stood there before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit, versions
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.schemes import actions, edits, explaining, gaps, inheritance, rules
from rectification.schemes.difference_rules import Difference
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS, Change
from rectification.schemes.practice_models import SchemeAmendment
from rectification.schemes.rights import require_issuer

HEAD = "head"


@transaction.atomic
def amend(
    *,
    scheme_id: int,
    version: int | None,
    part: str,
    reason: str,
    by: Appointment,
    at: datetime,
    rows: Sequence[Mapping[str, Any]] = (),
    values: Mapping[str, Any] | None = None,
) -> list[SchemeAmendment]:
    """Change one part of a scheme in force (`rows`), or with part="head" its single values (`values`).

    Each changed row becomes an amendment with its words before and after. What that makes laxer than the scheme above
    has the same reason there. Raises Refused without a reason, without a change, or where cases already count on
    what is taken away; Invalid when the scheme would no longer stand.
    """
    scheme = _in_force(scheme_id, version, by)
    if refused := rules.edit_refusal(in_force=True, amendment=reason):
        raise Refused(refused)
    if part == "criteria":
        _keep_numbers(scheme, rows)
    compared = inheritance.compared(scheme)
    before = compared.laxer if compared else []
    changes = (
        edits.write_head(scheme, values or {})
        if part == HEAD
        else edits.write_rows(scheme, PARTS[part], rows)
    )
    if not changes:
        raise Refused("没有改动，不需要登记修订")
    if errors := actions.errors_by_field(actions.problems(scheme)):
        raise Invalid(errors)
    if part != HEAD:
        gaps.settle(scheme, PARTS[part], at)
    _follow(scheme, changes, before, reason, by, at)
    return SchemeAmendment.objects.bulk_create(
        SchemeAmendment(scheme=scheme, at=at, by=by, reason=reason.strip(), **_words(change))
        for change in changes
    )


def _follow(
    scheme: Scheme,
    changes: list[Change],
    before: list[Difference],
    reason: str,
    by: Appointment,
    at: datetime,
) -> None:
    """What is laxer now has the amendment's reason; those whose schemes rest on this one are told."""
    audit.record("修订方案", obj=scheme, what=[change.what for change in changes][:20])
    explaining.by_amendment(scheme, before, reason=reason, by=by, at=at)
    what = "、".join(change.what for change in changes[:5]) + ("等" if len(changes) > 5 else "")
    explaining.tell_below(scheme, f"上级方案已修订：《{scheme.title}》"[:200], body=what, at=at)


def _words(change: Change) -> dict[str, str]:
    return {"what": change.what[:200], "before": change.before, "after": change.after}


def _in_force(scheme_id: int, version: int | None, by: Appointment) -> Scheme:
    rows = Scheme.objects.visible_to(by).select_related("issuer")
    scheme = versions.lock(rows, pk=scheme_id, version=version)
    require_issuer(scheme.issuer, by)
    if scheme.state != SchemeState.IN_FORCE:
        raise Refused(f"方案{scheme.get_state_display()}，只有执行中的方案才需登记修订")
    return scheme


def _keep_numbers(scheme: Scheme, rows: Sequence[Mapping[str, Any]]) -> None:
    """Scores and cases name a criterion by its number, so in force none may vanish or move."""
    before = [str(row.uid) for row in PARTS["criteria"].rows(scheme)]
    if [str(values.get("uid") or "") for values in rows][: len(before)] != before:
        raise Refused(
            "方案执行后，已有情形的序号不能变动，也不能删除（摸排评分和整顿对象按序号引用），可以修改或在末尾增加"
        )
