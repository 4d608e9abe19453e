"""Drawing up a year's scheme and putting it in force. In force it changes only by `amendments.amend`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit, versions
from accounts.errors import Invalid, Refused
from organizations.models import Appointment, Organization
from rectification.schemes import (
    chain_rules,
    edits,
    explaining,
    gaps,
    inheritance,
    practice_rules,
    preset_files,
    preset_rows,
    rules,
)
from rectification.schemes.copying_rules import copied_head, moved_row
from rectification.schemes.head_rules import closing_refusal, option_problems
from rectification.schemes.models import ItemKind, Scheme, SchemeState
from rectification.schemes.parts import HEAD_FIELDS, PARTS, read_all
from rectification.schemes.practice_models import SchemeAmendment
from rectification.schemes.rights import require_issuer
from rectification.schemes.terms import Problem


@transaction.atomic
def create_from_preset(
    *,
    preset_key: str,
    issuer: Organization,
    year: int,
    by: Appointment,
    at: datetime,
    title: str | None = None,
) -> Scheme:
    """Draw up a scheme from a preset file, its month-days moved into `year`, starter marks kept.

    Raises Refused when the post is not the issuer's officer or the preset is unknown.
    """
    require_issuer(issuer, by)
    try:
        preset = preset_files.shipped(preset_key)
    except preset_files.PresetInvalid as invalid:
        raise Refused(str(invalid)) from None
    head = preset_rows.head_values(preset, year) | ({"title": title.strip()} if title else {})
    scheme = Scheme.objects.create(issuer=issuer, year=year, preset=preset_key, **head)
    for key, rows in preset_rows.part_rows(preset, year).items():
        if rows:
            edits.write_rows(scheme, PARTS[key], rows)
    gaps.open_those(scheme, preset_rows.gap_rows(preset))
    above = Scheme.objects.governing(issuer, year)
    if above is not None:
        scheme.based_on = above
        scheme.save(update_fields=["based_on"])
    audit.record("拟订方案", obj=scheme, preset=preset_key, year=year)
    return scheme


@transaction.atomic
def copy(
    *,
    source: Scheme,
    issuer: Organization,
    year: int,
    by: Appointment,
    at: datetime,
    title: str | None = None,
) -> Scheme:
    """Draw up a scheme from another one, last year's or the superior's, its dates moved into `year`."""
    require_issuer(issuer, by)
    head = {name: getattr(source, name) for name in (*HEAD_FIELDS, "starter_values")}
    head = copied_head(head, year=source.year, to_year=year)
    head["title"] = (title or str(head["title"]))[:200]
    based_on = source if source.issuer_id != issuer.pk else source.based_on
    scheme = Scheme.objects.create(
        issuer=issuer, year=year, preset=source.preset, **head, based_on=based_on if based_on else None
    )
    for part in PARTS.values():
        rows = [{name: getattr(row, name) for name in part.carried} for row in part.rows(source)]
        edits.write_rows(scheme, part, [moved_row(values, year - source.year) for values in rows])
    gaps.copy_open(source, scheme)
    audit.record("拟订方案", obj=scheme, source=str(source), year=year)
    return scheme


def problems(scheme: Scheme, parts: Mapping[str, list[Any]] | None = None) -> list[Problem]:
    """Everything wrong with a scheme as it stands, errors first, with the path of the field; open gaps only warn.

    parts: its rows, where they are read already (parts.read_all).
    """
    rows = parts or read_all(scheme)
    found = rules.scheme_problems(
        scheme,
        phases=rows["phases"],
        criteria=rows["criteria"],
        quotas=rows["quotas"],
        duty_rules=rows["duty_rules"],
        acceptance_items=rows[ItemKind.ACCEPTANCE],
    )
    found += option_problems({name: getattr(scheme, name) for name in HEAD_FIELDS})
    orders = [row.order for row in rows["criteria"]]
    for kind in (ItemKind.TREATMENT, ItemKind.STARTER):
        found += practice_rules.treatment_problems(rows[kind], orders, kind.value)
    found += chain_rules.chain_problems(rows["chain"])
    found += gaps.warnings(scheme)
    if scheme.state == SchemeState.DRAFT:
        found += _bare_laxity(scheme)
    return sorted(found, key=lambda problem: not problem.is_error)


def _bare_laxity(scheme: Scheme) -> list[Problem]:
    """A draft that is laxer than the scheme above without saying why; in force an amendment carries its reason."""
    compared = inheritance.compared(scheme)
    refusal = compared and compared.refusal
    return [Problem("inheritance", refusal)] if refusal else []


def errors_by_field(found: list[Problem]) -> dict[str, list[str]]:
    """What refuses a scheme, by the path of the field (`phases.1.ends_on`); warnings are left out."""
    errors: dict[str, list[str]] = {}
    for problem in found:
        if problem.is_error:
            errors.setdefault(problem.path, []).append(problem.message)
    return errors


def _draft(scheme_id: int, by: Appointment, version: int | None) -> Scheme:
    rows = Scheme.objects.visible_to(by).select_related("issuer")
    scheme = versions.lock(rows, pk=scheme_id, version=version)
    require_issuer(scheme.issuer, by)
    if scheme.state != SchemeState.DRAFT:
        raise Refused(f"方案{scheme.get_state_display()}，不能直接修改，请登记修订并写明理由")
    return scheme


@transaction.atomic
def edit_head(
    *, scheme_id: int, version: int | None, values: Mapping[str, Any], by: Appointment, at: datetime
) -> Scheme:
    """Change a draft's title, lines and other single values."""
    scheme = _draft(scheme_id, by, version)
    changes = edits.write_head(scheme, values)
    if changes:
        audit.record("修改方案", obj=scheme, what=[change.what for change in changes][:20])
    return scheme


@transaction.atomic
def edit_part(
    *,
    scheme_id: int,
    version: int | None,
    part: str,
    rows: Sequence[Mapping[str, Any]],
    by: Appointment,
    at: datetime,
) -> Scheme:
    """Make a part of a draft consist of these rows, in this order (edits.write_rows)."""
    scheme = _draft(scheme_id, by, version)
    changes = edits.write_rows(scheme, PARTS[part], rows)
    gaps.settle(scheme, PARTS[part], at)
    if changes:
        audit.record("修改方案", obj=scheme, what=[change.what for change in changes][:20])
    return scheme


@transaction.atomic
def put_in_force(*, scheme_id: int, by: Appointment, at: datetime, version: int | None = None) -> Scheme:
    """Put a draft in force: from now on it changes only by a recorded amendment.

    Raises Invalid with every problem, one of them what is laxer than the scheme above without a reason, or Refused
    when the unit has a scheme in force for that year. Those whose schemes rest on it are told. The duties are made by
    the later room (`duties.actions.start_year`).
    """
    rows = Scheme.objects.visible_to(by).select_related("issuer")
    scheme = versions.lock(rows, pk=scheme_id, version=version)
    require_issuer(scheme.issuer, by)
    if refused := rules.in_force_refusal([], in_force=scheme.state != SchemeState.DRAFT):
        raise Refused(refused)
    if errors := errors_by_field(problems(scheme)):
        raise Invalid(errors)
    scheme.state, scheme.in_force_at, scheme.based_on = SchemeState.IN_FORCE, at, inheritance.above_of(scheme)
    try:
        with transaction.atomic():
            scheme.save_version("state", "in_force_at", "based_on")
    except IntegrityError:
        raise Refused(
            f"{scheme.issuer}{scheme.year}年度已有执行中的方案，同一单位同一年度只能执行一个方案"
        ) from None
    audit.record("执行方案", obj=scheme, year=scheme.year)
    what = f"上级方案已执行：《{scheme.title}》"
    explaining.tell_below(scheme, what[:200], body="请核对本级方案与上级的差异", at=at)
    return scheme


@transaction.atomic
def close(
    *, scheme_id: int, by: Appointment, at: datetime, open_cases: int, reason: str, version: int | None = None
) -> Scheme:
    """结束方案: it stays to be read and copied, and changes no more; recorded among its amendments.

    open_cases: how many cases under it are still being rectified, told by the room that knows them. Raises Refused
    when the scheme is not in force, or its year is not over or cases are open and no reason is given.
    """
    rows = Scheme.objects.visible_to(by).select_related("issuer")
    scheme = versions.lock(rows, pk=scheme_id, version=version)
    require_issuer(scheme.issuer, by)
    if scheme.state != SchemeState.IN_FORCE:
        raise Refused(f"方案{scheme.get_state_display()}，只有执行中的方案才能结束")
    today = timezone.localdate(at)
    if refused := closing_refusal(year=scheme.year, today=today, open_cases=open_cases, reason=reason):
        raise Refused(refused)
    scheme.state = SchemeState.CLOSED
    scheme.save_version("state")
    why = reason.strip() or f"{scheme.year}年度整顿工作结束"
    SchemeAmendment.objects.create(
        scheme=scheme, at=at, by=by, what="结束方案", before="执行中", after="已结束", reason=why
    )
    audit.record("结束方案", obj=scheme, year=scheme.year, open_cases=open_cases, reason=why)
    return scheme
