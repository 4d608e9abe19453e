"""Start and change a special campaign; enter, correct and withdraw what it found and solved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.actions import handler_of, is_handler, lock_case
from rectification.remediation.targets import campaign_rules as rules
from rectification.remediation.targets.campaign_rules import Numbers
from rectification.remediation.targets.models import Campaign, CampaignEntry
from rectification.schemes.models import Scheme, SchemeItem

STARTERS = frozenset({Role.COUNTY_OFFICER})
WRITERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


@dataclass(frozen=True)
class Drive:
    """A campaign as it was typed; `item` is the scheme's kind (None: another), `cases` the cases it is for."""

    item: SchemeItem | None
    title: str
    lead: str
    starts_on: date
    ends_on: date | None
    cases: Collection[Case]


@dataclass(frozen=True)
class Progress:
    """An entry as it was typed."""

    case: Case
    on: date
    numbers: Numbers
    transfer_number: str = ""


def start_refusal(post: Appointment | None) -> str | None:
    """Why this post starts no campaign, or None: it is the county's, or that of a system that stands as one."""
    if post is None or Role(post.role) not in STARTERS:
        return "专项整治由县（市、区）组织部门以县为单位组织"
    return None


def change_refusal(campaign: Campaign, post: Appointment | None) -> str | None:
    """Why this post does not change this campaign, or None."""
    if refused := start_refusal(post):
        return refused
    if post is None or post.organization_id != campaign.organization_id:
        return f"由{campaign.organization}修改"
    return None


def entry_refusal(campaign: Campaign, case: Case, post: Appointment | None) -> str | None:
    """Why this post enters nothing for this case, or None: the county that leads, and who handles the case, may."""
    if change_refusal(campaign, post) is not None and not is_handler(case, post):
        return f"进度由{campaign.organization}和{handler_of(case)[0]}登记"
    if not case.is_open:
        return f"{case.organization.short_name}处于“{case.get_stage_display()}”，不再登记"
    return None


@transaction.atomic
def start_campaign(*, year: int, drive: Drive, by: Appointment, at: datetime) -> Campaign:
    """Begin a campaign of the post's own unit. Raises Invalid naming the field."""
    if refused := start_refusal(by):
        raise Refused(refused)
    scheme = Scheme.objects.governing(by.organization, year)
    if scheme is None:
        raise Refused(f"{year}年还没有执行中的方案，先由方案制定单位执行方案")
    campaign = Campaign(organization=by.organization, scheme=scheme)
    _fill(campaign, drive, by)
    campaign.save()
    campaign.cases.set(drive.cases)
    audit.record("开展专项整治", obj=by.organization, title=campaign.title, cases=len(drive.cases))
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign_id: int, version: int | None, drive: Drive, by: Appointment, at: datetime
) -> Campaign:
    """Put a campaign's head and its cases right; a case with entries stays in it."""
    campaign = lock(Campaign.objects.visible_to(by), pk=campaign_id, version=version)
    if refused := change_refusal(campaign, by):
        raise Refused(refused)
    _fill(campaign, drive, by)
    kept = {case.pk for case in drive.cases}
    counted = campaign.entries.standing().exclude(case__in=kept).order_by("case__org_path")
    leaving = dict.fromkeys(counted.values_list("case__organization__short_name", flat=True))
    if refused := rules.leaving_refusal(list(leaving)):
        raise Invalid({"cases": [refused]})
    _check_days(campaign)
    campaign.save_version("item", "title", "lead", "starts_on", "ends_on")
    campaign.cases.set(drive.cases)
    audit.record("修改专项整治", obj=campaign.organization, title=campaign.title, cases=len(kept))
    return campaign


def _fill(campaign: Campaign, drive: Drive, by: Appointment) -> None:
    errors: dict[str, list[str]] = {}
    if drive.item is not None and drive.item.scheme_id != campaign.scheme_id:
        errors["item"] = ["请选本年度方案列出的类别"]
    if drive.ends_on is not None and drive.ends_on < drive.starts_on:
        errors["ends_on"] = ["结束日期不能早于开始日期"]
    if drive.starts_on.year not in (campaign.scheme.year, campaign.scheme.year - 1):
        errors["starts_on"] = [f"开始日期应在{campaign.scheme.year}年"]
    own = Case.objects.visible_to(by).filter(pk__in=[case.pk for case in drive.cases], county=by.organization)
    if own.count() != len({case.pk for case in drive.cases}):
        errors["cases"] = ["只能选本县（市、区）的整顿对象"]
    if errors:
        raise Invalid(errors)
    campaign.item, campaign.title, campaign.lead = drive.item, drive.title.strip(), drive.lead.strip()
    campaign.starts_on, campaign.ends_on = drive.starts_on, drive.ends_on


def _check_days(campaign: Campaign) -> None:
    """What was entered already lies within the campaign's days."""
    rows = campaign.entries.standing()
    if rows.filter(on__lt=campaign.starts_on).exists():
        raise Invalid({"starts_on": ["已有更早的进度登记，开始日期不能晚于它"]})
    if campaign.ends_on and rows.filter(on__gt=campaign.ends_on).exists():
        raise Invalid({"ends_on": ["已有更晚的进度登记，结束日期不能早于它"]})


@transaction.atomic
def add_entry(*, campaign_id: int, progress: Progress, by: Appointment, at: datetime) -> CampaignEntry:
    """Enter what was found and solved for a case. Raises Invalid naming the field."""
    case = lock_case(progress.case.pk, by)
    # Locked, so that the case is not taken out of the campaign and its days do not move meanwhile
    rows = Campaign.objects.visible_to(by).select_related("organization")
    campaign = lock(rows, pk=campaign_id, version=None)
    if refused := entry_refusal(campaign, case, by):
        raise Refused(refused)
    entry = CampaignEntry(campaign=campaign, by=by)
    _write(entry, case, progress, at)
    entry.save()
    audit.record("登记专项整治进度", obj=case, **progress.numbers._asdict())
    return entry


@transaction.atomic
def correct_entry(
    *, entry_id: int, version: int | None, progress: Progress, by: Appointment, at: datetime
) -> CampaignEntry:
    """Put an entry right; it stays with its case."""
    entry = _locked(entry_id, version, by)
    if progress.case.pk != entry.case_id:
        raise Invalid({"case": ["登记错了对象的，请撤回后在正确的对象下重新登记"]})
    _write(entry, entry.case, progress, at)
    entry.save_version("on", "found", "solved", "transferred", "transfer_number")
    audit.record("更正专项整治进度", obj=entry.case, **progress.numbers._asdict())
    return entry


@transaction.atomic
def withdraw_entry(
    *, entry_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> CampaignEntry:
    """Take an entry out of the count with a reason."""
    entry = _locked(entry_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["撤回须写明原因"]})
    own = Numbers(entry.found, entry.solved, entry.transferred)
    if refused := rules.withdraw_refusal(_others(entry)):
        raise Refused(refused)
    entry.withdrawn_reason = reason.strip()[:200]
    entry.save_version("withdrawn_reason")
    audit.record("撤回专项整治进度", obj=entry.case, **own._asdict())
    return entry


def _locked(entry_id: int, version: int | None, by: Appointment) -> CampaignEntry:
    rows: Any = CampaignEntry.objects.visible_to(by).select_related("by", "campaign__organization")
    case = lock_case(rows.get(pk=entry_id).case_id, by)
    entry = lock(rows, pk=entry_id, version=version)
    entry.case = case
    if entry.withdrawn_reason:
        raise Refused("这条进度已经撤回")
    if refused := entry_refusal(entry.campaign, case, by):
        raise Refused(refused)
    return entry


def _others(entry: CampaignEntry) -> Numbers:
    """What the other entries of the case in this campaign say together."""
    rows = CampaignEntry.objects.standing().filter(campaign=entry.campaign, case=entry.case)
    sums = rows.exclude(pk=entry.pk).aggregate(f=Sum("found"), s=Sum("solved"), t=Sum("transferred"))
    return Numbers(sums["f"] or 0, sums["s"] or 0, sums["t"] or 0)


def _write(entry: CampaignEntry, case: Case, progress: Progress, at: datetime) -> None:
    campaign = entry.campaign
    if not campaign.cases.filter(pk=case.pk).exists():
        raise Invalid({"case": ["该对象不在这项专项整治内，请先由县里加入"]})
    entry.case = case
    errors = rules.entry_errors(
        numbers=progress.numbers,
        before=_others(entry),
        transfer_number=progress.transfer_number,
        on=progress.on,
        today=timezone.localdate(at),
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
    )
    if errors:
        raise Invalid(errors)
    entry.on = progress.on
    entry.found, entry.solved, entry.transferred = progress.numbers
    entry.transfer_number = progress.transfer_number.strip()
