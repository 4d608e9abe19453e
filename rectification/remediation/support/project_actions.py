"""帮扶项目 and the county's yearly funds, in 万元 (S0 四（七）)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused, StaleVersion
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.remediation.support.models import Project, SupportFund
from rectification.remediation.support.rights import locked_for
from rectification.remediation.support.rules import Money
from rectification.schemes.terms import words

WRITTEN = ("name", "helper", "planned", "arrived", "spent", "due_on", "done_on", "progress")


@transaction.atomic
def add_project(*, case_id: int, facts: Mapping[str, Any], by: Appointment, at: datetime) -> Project:
    """A project of a case, by the names of WRITTEN; raises Invalid where more is spent than arrived."""
    case = locked_for(case_id, by, new=True)
    project = Project(case=case)
    _fill(project, facts, at)
    if case.projects.standing().filter(name=project.name).exists():
        raise Invalid({"name": [f"“{project.name}”已经登记，请在原项目上更新进展"]})
    project.save()
    audit.record("登记帮扶项目", obj=case, what=project.name)
    return project


@transaction.atomic
def update_project(
    *, project_id: int, version: int | None, facts: Mapping[str, Any], by: Appointment, at: datetime
) -> Project:
    """Progress and money of a project as they stand now; money may still come in after 销号."""
    project = _locked(project_id, version, by)
    _fill(project, facts, at)
    project.save_version(*WRITTEN)
    audit.record("更新帮扶项目", obj=project.case, what=project.name)
    return project


@transaction.atomic
def cancel_project(
    *, project_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> Project:
    """A project is not carried out, and why. What was planned no longer counts; money that came or went does."""
    project = _locked(project_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["请写明取消的原因"]})
    if project.done_on is not None:
        raise Refused(f"“{project.name}”已于{words(project.done_on)}完成，不能取消")
    project.cancelled_reason = reason.strip()[:200]
    project.save_version("cancelled_reason")
    audit.record("取消帮扶项目", obj=project.case, what=project.name, reason=project.cancelled_reason)
    return project


def _locked(project_id: int, version: int | None, by: Appointment) -> Project:
    rows = Project.objects.visible_to(by)
    case = locked_for(rows.get(pk=project_id).case_id, by)
    project = lock(rows, pk=project_id, version=version)
    project.case = case
    if project.cancelled_reason:
        raise Refused(f"“{project.name}”已经取消：{project.cancelled_reason}")
    return project


def _fill(project: Project, facts: Mapping[str, Any], at: datetime) -> None:
    for name in WRITTEN:
        if name in facts:
            setattr(project, name, facts[name])
    errors = Money(project.planned, project.arrived, project.spent).errors()
    if project.done_on is not None and project.done_on > timezone.localdate(at):
        errors["done_on"] = ["还没有完成的，完成后再登记"]
    if project.helper is not None and project.helper.case_id != project.case_id:
        errors["helper"] = ["请选本对象的帮扶单位"]
    if errors:
        raise Invalid(errors)


def fund_refusal(county: Organization, post: Appointment | None) -> str | None:
    """Why this post does not write this county's yearly funds, or None."""
    if post is None or Role(post.role) != Role.COUNTY_OFFICER or post.organization_id != county.pk:
        return f"年度帮扶资金由{county.office}登记"
    if county.level != Level.COUNTY:
        return f"{county.short_name}不是县（市、区），不登记年度帮扶资金"
    return None


@transaction.atomic
def save_fund(
    *,
    county_id: int,
    year: int,
    amount: Decimal,
    document: str,
    note: str,
    version: int | None,
    by: Appointment,
    at: datetime,
) -> SupportFund:
    """What the county sets aside for a year; a new row begins at version 0. Raises StaleVersion after somebody else."""
    county = Organization.objects.visible_to(by).select_for_update(no_key=True).get(pk=county_id)
    if refused := fund_refusal(county, by):
        raise Refused(refused)
    if amount < 0:
        raise Invalid({"amount": ["资金不能是负数"]})
    fund = SupportFund.objects.filter(organization=county, year=year).select_for_update().first()
    if fund is not None and version is not None and fund.version != version:
        raise StaleVersion(fund)
    fund = fund or SupportFund(organization=county, year=year, version=0)
    fund.amount, fund.document, fund.note = amount, document.strip(), note.strip()
    if fund.pk:
        fund.save_version("amount", "document", "note")
    else:
        fund.version = 1
        fund.save()
    audit.record("登记年度帮扶资金", obj=fund, year=year)
    return fund


def money_of(project: Project) -> Money:
    """A project's funds for the rules."""
    return Money(project.planned, project.arrived, project.spent)
