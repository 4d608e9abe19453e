"""Drafting a paper of supervision: who may, correcting it, and putting it aside."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS
from accounts.versions import lock
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.schemes.models import Scheme
from rectification.supervision.inspections.admission import admitted
from rectification.supervision.inspections.models import InspectionFinding, InspectionState
from rectification.supervision.notices import rules
from rectification.supervision.notices.models import Notice, NoticeState

WRITTEN = ("title", "found", "asked", "light", "held_on", "due_on")
FIELDS = ("kind", *WRITTEN, "organization", "org_path", "case", "to_leader", "scheme")


def issuing_levels(scheme: Scheme) -> frozenset[str]:
    """The levels whose units issue papers under a scheme: who may inspect, and the units above those."""
    return rules.issuing_levels(level for level, _role in admitted([scheme])[scheme.pk])


def scheme_of(unit: Organization, case: Case | None, year: int) -> Scheme:
    """The scheme a paper stands on: the case's, else the one its receiver works by; Refused where there is none."""
    scheme = case.scheme if case else Scheme.objects.governing(unit, year)
    if scheme is None:
        raise Refused(f"{unit.short_name}{year}年没有执行中的方案，不能签发督导文书")
    return scheme


def issue_refusal(post: Appointment | None, unit: Organization, scheme: Scheme) -> str | None:
    """Why this post issues nothing to this unit, or None; the same answer for button, action and test."""
    if post is None:
        return "请先选择岗位"
    return rules.issuer_refusal(
        role=post.role,
        level=post.organization.level,
        levels=issuing_levels(scheme),
        unit_path=unit.path,
        post_path=post.organization.path,
    )


def may_draft(post: Appointment, year: int) -> bool:
    """Whether the post's unit issues papers at all under the scheme it works by."""
    if post.role not in OFFICERS:
        return False
    scheme = Scheme.objects.governing(post.organization, year)
    if scheme is None:  # a city whose counties have schemes of their own
        return post.organization.level in rules.issuing_levels(())
    return post.organization.level in issuing_levels(scheme)


def _checked(given: Mapping[str, Any], by: Appointment, year: int) -> dict[str, Any]:
    """The facts of a paper with its scheme and place; what its kind does not say is dropped."""
    facts = dict(given)
    case: Case | None = facts.get("case")
    if case is not None and not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Refused("没有这个整顿对象")
    unit: Organization = facts["organization"]
    if not unit.is_open:
        raise Invalid({"organization": [f"{unit.short_name}已撤销"]})
    if case is not None and not case.org_path.startswith(unit.path):
        raise Invalid({"organization": ["收件单位应是所选整顿对象或它的上级"]})
    scheme = scheme_of(unit, case, year)
    if refused := issue_refusal(by, unit, scheme):
        raise Invalid({"organization": [refused]})
    if not (facts.get("title") or "").strip():
        raise Invalid({"title": ["请写明事由"]})
    for name in rules.UNUSED[facts["kind"]]:
        facts[name] = "" if name == "light" else None
    leader = facts.get("to_leader")
    if leader is not None:
        if case is not None and leader.case_id != case.pk:
            raise Invalid({"to_leader": ["这位领导联系的不是所选的整顿对象"]})
        facts["case"] = leader.case
    return facts | {"scheme": scheme, "org_path": unit.path}


def _check_findings(about: Iterable[InspectionFinding], facts: Mapping[str, Any]) -> None:
    """A paper tells its receiver what was found: nothing of an unannounced inspection before it is done, and nothing
    of other cases."""
    for finding in about:
        inspection, place = finding.result.inspection, finding.result.case
        if inspection.state == InspectionState.CANCELLED:
            raise Refused(f"本次督导已取消：{inspection.ended_reason}")
        if inspection.state != InspectionState.DONE and not inspection.announced:
            raise Refused("不打招呼的督导，完成以后再交办问题")
        if facts["case"] is not None and place.pk != facts["case"].pk:
            raise Invalid({"case": [f"所选问题是{place.organization.short_name}的，不是所选整顿对象的"]})
        if not place.org_path.startswith(facts["organization"].path):
            raise Invalid({"organization": [f"所选问题是{place.organization.short_name}的，与收件单位无关"]})


@transaction.atomic
def draft(
    *,
    given: Mapping[str, Any],
    findings: Iterable[InspectionFinding] = (),
    by: Appointment,
    at: datetime,
) -> Notice:
    """Draw up a paper; nobody but the issuer sees it before it is issued.

    given: kind, organization, title and what else the form has. findings: of an inspection, which the paper is about.
    """
    year = timezone.localdate(at).year
    about = list(findings)
    seen = InspectionFinding.objects.visible_to(by).filter(pk__in=[one.pk for one in about])
    if seen.count() != len(about):
        raise Refused("没有这些督导发现的问题")
    facts = _checked(given, by, year)
    _check_findings(about, facts)
    notice = Notice.objects.create(
        **{name: value for name, value in facts.items() if name in FIELDS and name != "org_path"},
        issuer=by.organization,
        year=year,
        drafted_at=at,
        inspection=about[0].result.inspection if about else None,
    )
    notice.findings.set(about)
    # The trail is read by people who see no draft: it says what kind, never what about
    audit.record("拟督导文书", obj=notice.name)
    return notice


def draft_refusal(notice: Notice, post: Appointment | None) -> str | None:
    """Why this post does not change, issue or put aside this paper, or None."""
    if post is None or post.organization_id != notice.issuer_id or post.role not in OFFICERS:
        return f"草稿由{notice.issuer.short_name}办理"
    if notice.state != NoticeState.DRAFT:
        return f"{notice.name}{notice.state_words}，不能再改"
    return None


def locked(notice_id: int, version: int | None, by: Appointment) -> Notice:
    """The paper, locked, in the version its form was opened with."""
    rows = Notice.objects.visible_to(by).select_related("issuer", "organization", "scheme", "case")
    return lock(rows, pk=notice_id, version=version)


@transaction.atomic
def correct(
    *, notice_id: int, version: int | None, given: Mapping[str, Any], by: Appointment, at: datetime
) -> Notice:
    """Change a draft; the old words stay in its history."""
    notice = locked(notice_id, version, by)
    if refused := draft_refusal(notice, by):
        raise Refused(refused)
    facts = _checked(given, by, notice.year)
    _check_findings(notice.findings.select_related("result__inspection", "result__case__organization"), facts)
    for name in FIELDS:
        if name in facts:
            setattr(notice, name, facts[name])
    notice.save_version(*FIELDS)
    audit.record("修改督导文书草稿", obj=notice.name)
    return notice


@transaction.atomic
def put_aside(*, notice_id: int, version: int | None, reason: str, by: Appointment, at: datetime) -> Notice:
    """不予签发: the draft is not issued, and why."""
    notice = locked(notice_id, version, by)
    if refused := draft_refusal(notice, by):
        raise Refused(refused)
    if not reason.strip():
        raise Invalid({"reason": ["请写明不予签发的原因"]})
    notice.state, notice.verdict, notice.verified_at, notice.verified_by = (
        NoticeState.CANCELLED,
        reason.strip(),
        at,
        by,
    )
    notice.save_version("state", "verdict", "verified_at", "verified_by")
    audit.record("督导文书不予签发", obj=notice.name)
    return notice
