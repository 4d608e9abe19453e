"""The single objects of the matrix's world, each as its room makes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Message, User
from organizations.models import Appointment, ImportBatch, Organization
from rectification.cases import actions as cases
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.duties import actions as duties
from rectification.evidence.models import Attachment
from rectification.filings import actions as filings
from rectification.filings.models import Filing
from rectification.remediation.targets.models import Campaign, CampaignEntry, TargetEntry
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review
from rectification.schemes.models import Process, Scheme
from rectification.supervision.notices import actions as notices
from rectification.supervision.notices import drafting
from rectification.supervision.notices.models import Notice
from rectification.survey.models import Assessment
from rectification.survey.note_models import SurveyNote
from reports import files
from reports.ledgers import LEDGERS, Selection
from reports.models import Export
from reports.sheet import live
from reports.view_models import SavedView
from tests.cast import NOW, TODAY, YEAR


def note_at(assessment: Assessment, by: Appointment) -> SurveyNote:
    said = {"kind": "self_check", "made_on": TODAY, "by": by, "at": NOW}
    return SurveyNote.objects.create(survey=assessment.survey, organization=assessment.organization, **said)


def case_at(scheme: Scheme, village: Organization, officer: Appointment) -> Case:
    case = cases.open_case(
        scheme=scheme,
        organization=village,
        county=officer.organization,
        by=officer,
        at=NOW,
        primary=scheme.criteria.first(),
        determined_on=TODAY,
    )
    duties.open_case_duties(case=case, at=NOW)
    return case


def plan_review(scheme: Scheme, case: Case, by: Appointment) -> Review:
    return reviews.submit(
        process=Process.PLAN,
        title="整顿方案",
        organization=by.organization,
        case=case,
        chain=scheme.chain.filter(process=Process.PLAN),
        content={},
        by=by,
        at=NOW,
    )


def member_of(case: Case, user: User, where: str) -> CaseMember:
    ended = None if where == "own" else date(YEAR - 1, 12, 31)
    return CaseMember.objects.create(
        case=case, kind=MemberKind.TEAM, name="王", user=user, from_on=date(YEAR - 1, 1, 1), to_on=ended
    )


def leader_of(scheme: Scheme, town: Organization) -> ContactLeader:
    circle = scheme.items.filter(kind="contact").first()
    return ContactLeader.objects.create(
        organization=town, scheme=scheme, circle=circle, name="王", title="镇长", from_on=TODAY
    )


def attachment_of(case: Case, village: Organization, by: Appointment) -> Attachment:
    return Attachment.objects.create(
        organization=village,
        case=case,
        file=ContentFile(b"text", name="note"),
        name="说明.txt",
        content_type="text/plain",
        size=4,
        sha256="0" * 64,
        by=by,
    )


def filing_of(town: Organization, by: Appointment) -> Filing:
    sheet = live(LEDGERS["work"], Selection(by, town, YEAR, {}), today=TODAY)
    return filings.submit(
        ledger="work", title="台账", organization=town, year=YEAR, content=sheet.content(), by=by, at=NOW
    )


def target_entry_of(case: Case, by: Appointment) -> TargetEntry:
    words = {"title": "新发展党员", "unit": "名", "least": 1, "order": 1}
    target, _new = case.scheme.targets.get_or_create(key="new_members", defaults=words)
    return TargetEntry.objects.create(case=case, target=target, number=1, on=TODAY, by=by, at=NOW)


def campaign_of(case: Case, by: Appointment) -> dict[str, Any]:
    campaign = Campaign.objects.create(
        organization=case.county, scheme=case.scheme, title="财务清理", lead="县审计局", starts_on=TODAY
    )
    campaign.cases.add(case)
    entry = CampaignEntry.objects.create(campaign=campaign, case=case, on=TODAY, found=1, by=by)
    return {"campaign": campaign, "campaign_entry": entry}


def notice_at(town: Organization, officer: Appointment, *, draft: bool) -> Notice:
    """A paper of the county to a township: issued, or still the county's own draft."""
    given = {"kind": "remind", "organization": town, "title": "提醒", "found": "报告未报", "case": None}
    made = drafting.draft(given=given, by=officer, at=NOW)
    return made if draft else notices.issue(notice_id=made.pk, version=None, by=officer, at=NOW)


def personal(post: Appointment, other: Appointment) -> dict[str, dict[str, Any]]:
    """What belongs to one person in one post: seen by the owner, absent for everybody else."""
    made: dict[str, dict[str, Any]] = {"message": {}, "export": {}, "batch": {}, "saved_view": {}}
    for where, owner in (("own", post), ("foreign", other)):
        made["message"][where] = Message.objects.create(user=owner.user, title="提醒")
        made["export"][where] = _export(owner)
        made["batch"][where] = ImportBatch.objects.create(
            by=owner, unit=owner.organization, file_name="名册.xlsx", sha256="0" * 64, content=b""
        )
        made["saved_view"][where] = SavedView.objects.create(
            by=owner,
            organization=owner.organization,
            role=owner.role,
            route="cases:list",
            name=f"{post.pk}逾期的",  # an owner may be asked for as the other of several
            at=NOW,
        )
    return made


def _export(owner: Appointment) -> Export:
    (files.folder()).mkdir(parents=True, exist_ok=True)
    (files.folder() / "done.xlsx").write_bytes(b"file")
    return Export.objects.create(
        by=owner,
        ledger="work",
        title="台账",
        unit=owner.organization,
        year=YEAR,
        format="xlsx",
        state="done",
        file="done.xlsx",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
