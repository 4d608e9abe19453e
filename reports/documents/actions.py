"""Draft a document from facts, edit its words, draw the facts anew, issue it with a number, take an issued one back."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS, Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from organizations.scope import subtree
from rectification.schemes.models import Scheme
from rectification.schemes.terms import words as day_words
from reports.documents import facts, reading
from reports.documents.models import DocumentKind, DocumentState, OfficeDocument
from reports.papers.letter import department_of

WRITERS = {
    DocumentKind.BULLETIN: (Level.CITY, Level.COUNTY),
    DocumentKind.SUMMARY: (Level.CITY, Level.COUNTY, Level.TOWNSHIP),
}
RECEIVERS = {
    Level.CITY: (
        "省委组织部，市委领导同志",
        "各县（市、区）委组织部，市直有关单位",
    ),
    Level.COUNTY: (
        "市委组织部，县委领导同志",
        "各乡镇（街道）党（工）委，县直有关单位",
    ),
}
"""送 and 发 as a unit of each level usually has them; whoever writes changes them."""
FROM_BELOW = {
    Level.CITY: (Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER),
    Level.COUNTY: (Role.TOWNSHIP_OFFICER,),
}


def draft_refusal(post: Appointment | None, kind: str, scheme: Scheme | None) -> str | None:
    """Why this post drafts no document of the kind, or None."""
    name = DocumentKind(kind).label
    levels = WRITERS[DocumentKind(kind)]
    if post is None or Role(post.role) not in OFFICERS or post.organization.level not in levels:
        return f"{name}由{'、'.join(level.label for level in levels)}组织部门（党委）编写"
    if scheme is None:
        return f"本年度还没有执行的实施方案，不能编写{name}"
    return None


def keep_refusal(document: OfficeDocument, post: Appointment | None) -> str | None:
    """Why this post does not change this document, or None."""
    if document.state == DocumentState.ISSUED:
        return f"{document.get_kind_display()}已印发，不能修改；需要更正的，撤回后另编一期"
    if document.state == DocumentState.WITHDRAWN:
        return f"{document.get_kind_display()}已撤回，不能修改；请另编一期"
    return _own_refusal(document, post)


def withdraw_refusal(document: OfficeDocument, post: Appointment | None) -> str | None:
    """Why this post does not take this document back, or None."""
    if document.state != DocumentState.ISSUED:
        return f"{document.get_kind_display()}{document.get_state_display()}，没有可以撤回的"
    return _own_refusal(document, post)


def _own_refusal(document: OfficeDocument, post: Appointment | None) -> str | None:
    unit = document.organization
    writes = OFFICER.get(Level(unit.level))
    if post is None or post.organization_id != unit.pk or Role(post.role) != writes:
        return f"{document.get_kind_display()}由{unit.office}编写"
    return None


@transaction.atomic
def draft(*, kind: str, year: int, first: date, last: date, by: Appointment, at: datetime) -> OfficeDocument:
    """Count a period and write a first draft."""
    scheme = Scheme.objects.governing(by.organization, year)
    if refused := draft_refusal(by, kind, scheme):
        raise Refused(refused)
    today, unit = timezone.localdate(at), by.organization
    if last < first:
        raise Invalid({"period_to_on": [f"结束日期{day_words(last)}早于开始日期{day_words(first)}"]})
    if first > today:
        raise Invalid({"period_from_on": ["时段还没有开始"]})
    if first.year != year:
        raise Invalid({"period_from_on": [f"开始日期不在{year}年；换年度请在页面上方选择"]})
    sent, issued = RECEIVERS.get(Level(unit.level), ("", ""))
    bulletin = kind == DocumentKind.BULLETIN
    document = OfficeDocument.objects.create(
        organization=unit,
        scheme=scheme,
        kind=kind,
        year=year,
        title=reading.title_of(kind, unit.short_name, first, last),
        period_from_on=first,
        period_to_on=last,
        compiler=department_of(unit)[:100],
        sent_to=sent if bulletin else "",
        issued_to=issued if bulletin else "",
        facts=facts.collect(kind=kind, scheme=scheme, unit=unit, first=first, last=last, today=today),
        by=by,
    )
    audit.record("编写公文", obj=document)
    return document


def _locked(document_id: int, version: int | None, by: Appointment) -> OfficeDocument:
    rows = OfficeDocument.objects.visible_to(by).select_related("organization", "scheme", "by")
    try:
        return lock(rows, pk=document_id, version=version)
    except OfficeDocument.DoesNotExist:
        raise Refused("这份拟稿刚刚被删除") from None


def _draft(document_id: int, version: int | None, by: Appointment) -> OfficeDocument:
    document = _locked(document_id, version, by)
    if refused := keep_refusal(document, by):
        raise Refused(refused)
    return document


@transaction.atomic
def save(
    *,
    document_id: int,
    version: int | None,
    head: Mapping[str, str],
    written: Mapping[str, str],
    by: Appointment,
    at: datetime,
) -> OfficeDocument:
    """Keep title, compiler, receivers (`head`) and the words by part; what the system wrote is not kept as typed."""
    document = _draft(document_id, version, by)
    if not head.get("title", "").strip():
        raise Invalid({"title": ["请填写标题"]})
    fields = [name for name in ("title", "compiler", "sent_to", "issued_to") if name in head]
    for name in fields:
        setattr(document, name, head[name].strip())
    document.words = reading.kept_words(document, written)
    document.save_version(*fields, "words")
    audit.record("修改公文拟稿", obj=document)
    return document


@transaction.atomic
def redraw(*, document_id: int, version: int | None, by: Appointment, at: datetime) -> OfficeDocument:
    """Draw the facts of a draft anew: numbers and untouched words follow, changed words stay."""
    document = _draft(document_id, version, by)
    document.facts = facts.collect(
        kind=document.kind,
        scheme=document.scheme,
        unit=document.organization,
        first=document.period_from_on,
        last=document.period_to_on,
        today=timezone.localdate(at),
    )
    document.save_version("facts")
    audit.record("公文重新取数", obj=document)
    return document


@transaction.atomic
def issue(
    *, document_id: int, version: int | None, by: Appointment, at: datetime, number: int | None = None
) -> OfficeDocument:
    """Freeze it; a bulletin gets the next 期号 of its unit and year and is brought to the units below.

    number: only for a year's first one, where earlier issues were printed without this system.
    """
    # One after the other within a unit: no number comes twice and a withdrawn one is not given again
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=by.organization_id)
    document = _draft(document_id, version, by)
    fields = ["state", "issued_on"]
    if document.kind == DocumentKind.BULLETIN:
        document.number = _number(document, number)
        fields.append("number")
    document.state, document.issued_on = DocumentState.ISSUED, timezone.localdate(at)
    document.save_version(*fields)
    told = _tell(document, f"印发{reading.name_of(document)}", reading.name_of(document), at)
    audit.record("印发公文", obj=document, number=document.number, count=told)
    return document


def last_number(document: OfficeDocument) -> int:
    """The highest 期号 of its unit, kind and year so far; 0 before the first."""
    own = OfficeDocument.objects.filter(
        organization=document.organization_id, kind=document.kind, year=document.year
    )
    return own.aggregate(last=Max("number"))["last"] or 0


def _number(document: OfficeDocument, asked: int | None) -> int:
    last = last_number(document)
    if asked is not None and last:
        raise Refused(f"本年度已编到第{last}期，期号由系统接着编，不能另填")
    return asked if asked is not None else last + 1


def _tell(document: OfficeDocument, title: str, body: str, at: datetime, url: str = "") -> int:
    """One line in the inbox of everyone who does this work in the units below; how many people."""
    unit = document.organization
    if document.kind != DocumentKind.BULLETIN:
        return 0
    below = Appointment.objects.current(timezone.localdate(at)).filter(
        subtree(unit.path).q("organization__path"), role__in=FROM_BELOW.get(Level(unit.level), ())
    )
    people = {post.user_id: post.user for post in below.select_related("user")}
    for user in people.values():
        notify(user=user, title=f"{unit.office}{title}", body=body, url=url or document.get_absolute_url())
    return len(people)


@transaction.atomic
def withdraw(
    *, document_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> OfficeDocument:
    """Take an issued one back: it stays listed with its reason and its number is not given again."""
    document = _locked(document_id, version, by)
    if refused := withdraw_refusal(document, by):
        raise Refused(refused)
    if not reason.strip():
        raise Invalid({"reason": ["请写明撤回原因"]})
    document.state, document.withdrawn_reason = DocumentState.WITHDRAWN, reason.strip()
    document.save_version("state", "withdrawn_reason")
    name = reading.name_of(document)
    body = f"{name}已撤回，请勿再用。原因：{document.withdrawn_reason}"
    told = _tell(document, f"撤回{name}", body, at, url=reverse("reports:documents"))
    audit.record("撤回公文", obj=document, reason=document.withdrawn_reason, count=told)
    return document


@transaction.atomic
def discard(*, document_id: int, version: int | None, by: Appointment, at: datetime) -> None:
    """Drop a draft nobody outside has seen; its history keeps what it said."""
    document = _draft(document_id, version, by)
    audit.record("删除公文拟稿", obj=document)
    document.delete()
