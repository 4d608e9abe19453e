"""Twenty and more holes made on purpose in what keeps people apart: each turns its own guard red, nothing else is run.

A guard is a question answered with yes while the house is whole. The second wall stays open where a hole of the first
is tried: PostgreSQL would hide it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import middleware, policy
from accounts.models import AuditEvent, Message, MessageQuerySet
from accounts.roles import Role
from organizations import acting, reach, scope, wall
from organizations.acting import acting_as
from organizations.models import Appointment
from organizations.reach import EVERYTHING
from rectification.cases import views as case_views
from rectification.cases.models import Case, CaseMember, CaseMemberQuerySet, CaseQuerySet
from rectification.duties.models import Duty, DutyQuerySet
from rectification.evidence.models import AttachmentQuerySet
from rectification.filings.models import FilingQuerySet
from rectification.reviews.models import ReviewQuerySet
from rectification.supervision.notices.models import NoticeQuerySet
from reports import actions, tasks
from reports.models import Export, ExportQuerySet
from reports.view_models import SavedView, SavedViewQuerySet
from tests import cast
from tests.matrix.objects import attachment_of, filing_of, notice_at, plan_review

Patch = pytest.MonkeyPatch


@pytest.fixture
def there(
    case, village, township, other_county, county_officer, township_officer, helper, auditor,
    other_county_officer, other_township_officer, tmp_path,
) -> SimpleNamespace:  # fmt: skip
    """The people and the case; what only one guard asks for it makes itself."""
    return SimpleNamespace(**locals())


def status(post: Appointment, name: str, *args: Any) -> int:
    return cast.PostClient(post).get(reverse(name, args=args)).status_code


def reads_all(rows: type) -> Callable[[Patch], None]:
    """The filter of a kind of rows, forgotten."""
    return lambda patch: patch.setattr(rows, "visible_to", lambda self, post: self.all())


def export_of(post: Appointment, unit: Any) -> Export:
    return Export.objects.create(
        by=post, ledger="work", title="台账", unit=unit, year=cast.YEAR, format="xlsx"
    )


def made(export: Export) -> str:
    tasks.export(export.pk)
    export.refresh_from_db()
    return export.state


def case_is_absent(there) -> bool:
    return status(there.other_county_officer, "remediation:case", there.case.uid) == 404


def file_is_absent(there) -> bool:
    held = attachment_of(there.case, there.village, there.township_officer)
    held.file.save("x", ContentFile(b"text"))
    return status(there.other_county_officer, "evidence:download", held.uid) == 404


def duty_is_absent(there) -> bool:
    return not Duty.objects.visible_to(there.other_county_officer).filter(case=there.case).exists()


def filing_is_absent(there) -> bool:
    sent = filing_of(there.township, there.township_officer)
    return status(there.other_county_officer, "filings:detail", sent.uid) == 404


def review_is_absent(there) -> bool:
    sent = plan_review(there.case.scheme, there.case, there.township_officer)
    return status(there.other_county_officer, "remediation:plan_review", sent.uid) == 404


def draft_is_its_issuers(there) -> bool:
    drawn = notice_at(there.township, there.county_officer, draft=True)
    return status(there.township_officer, "supervision:notice", drawn.uid) == 404


def export_is_its_owners(there) -> bool:
    row = export_of(there.county_officer, there.county_officer.organization)
    colleague = cast.post_at(there.county_officer.organization, Role.COUNTY_OFFICER, "xian9")
    return made(row) == "done" and status(colleague, "reports:download", row.uid) == 404


def running_export_stops_with_its_post(there) -> bool:
    row = export_of(there.county_officer, there.county_officer.organization)
    Appointment.objects.filter(pk=there.county_officer.pk).update(to_on=cast.TODAY - timedelta(days=1))
    return made(row) == "failed"


def old_link_dies_with_the_scope(there) -> bool:
    post = there.county_officer
    row = export_of(post, post.organization)
    fine = made(row) == "done" and status(post, "reports:download", row.uid) == 200
    Appointment.objects.filter(pk=post.pk).update(organization=there.other_county)
    return fine and status(post, "reports:download", row.uid) == 404


def ended_post_is_out(there) -> bool:
    Appointment.objects.filter(pk=there.county_officer.pk).update(to_on=cast.TODAY - timedelta(days=1))
    return status(there.county_officer, "cases:list") != 200


def disabled_account_is_out(there) -> bool:
    browser = cast.PostClient(there.county_officer)
    type(there.county_officer.user).objects.filter(pk=there.county_officer.user_id).update(is_active=False)
    return browser.get(reverse("accounts:profile")).status_code == 302


def nobody_takes_anothers_post(there) -> bool:
    browser = cast.PostClient(there.township_officer)
    session = browser.session
    session["post"] = str(there.county_officer.uid)
    session.save()
    return browser.get(reverse("cases:list")).wsgi_request.post == there.township_officer


def administrators_read_no_case(there) -> bool:
    return not Case.objects.visible_to(there.auditor).exists() and status(there.auditor, "cases:list") == 403


def siblings_are_apart(there) -> bool:
    return not scope.covers(there.township_officer, there.other_township_officer.organization)


def former_helper_is_out(there) -> bool:
    CaseMember.objects.create(
        case=there.case, kind="team", name="王", user=there.helper.user,
        from_on=cast.TODAY - timedelta(days=9), to_on=cast.TODAY - timedelta(days=1),
    )  # fmt: skip
    return not Case.objects.visible_to(there.helper).exists()


def role_is_asked(there) -> bool:
    return status(there.auditor, "duties:list") == 403


def refusal_is_noted(there) -> bool:
    status(there.auditor, "duties:list")
    return AuditEvent.objects.filter(action="拒绝访问", user=there.auditor.user).exists()


def stranger_signs_in(there) -> bool:
    return Client(raise_request_exception=False).get(reverse("cases:list")).status_code == 302


def every_route_says_who(there) -> bool:
    return policy.check_routes() == []


def message_is_its_readers(there) -> bool:
    letter = Message.objects.create(user=there.county_officer.user, title="提醒")
    page = reverse("accounts:open_message", args=[letter.uid])
    return cast.PostClient(there.township_officer).post(page).status_code == 404


def view_is_its_owners(there) -> bool:
    post = there.county_officer
    kept = {
        "organization": post.organization,
        "role": post.role,
        "route": "cases:list",
        "name": "逾期",
        "at": cast.NOW,
    }
    SavedView.objects.create(by=post, **kept)
    return not SavedView.objects.visible_to(there.township_officer).exists()


def database_shows_nothing_foreign(there) -> bool:
    with acting_as(there.other_county_officer):
        return not Case.objects.filter(pk=there.case.pk).exists()


def session_forgets(there) -> bool:
    before = reach.current()
    with acting_as(there.other_county_officer):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('zhengdun.reach_start', true)")
        return cursor.fetchone()[0] == before.start


def every_table_has_its_policy(there) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, obj_description(p.oid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        )
        return dict(cursor.fetchall()) == wall.covered()


@dataclass(frozen=True)
class Hole:
    guard: Callable[[SimpleNamespace], bool]
    plant: Callable[[Patch], None]
    second_wall: bool = False


def put(where: Any, name: str, fault: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(where, name, fault)


def one_more_table(patch: Patch) -> None:
    whole = wall.covered()
    patch.setattr(wall, "covered", lambda: whole | {"accounts_draft": "true"})


HOLES = [
    Hole(case_is_absent, reads_all(CaseQuerySet)),
    Hole(file_is_absent, reads_all(AttachmentQuerySet)),
    Hole(duty_is_absent, reads_all(DutyQuerySet)),
    Hole(filing_is_absent, reads_all(FilingQuerySet)),
    Hole(review_is_absent, reads_all(ReviewQuerySet)),
    Hole(draft_is_its_issuers, reads_all(NoticeQuerySet)),
    Hole(export_is_its_owners, reads_all(ExportQuerySet)),
    Hole(view_is_its_owners, reads_all(SavedViewQuerySet)),
    Hole(message_is_its_readers, put(MessageQuerySet, "of", lambda self, user: self.all())),
    Hole(
        running_export_stops_with_its_post,
        put(tasks, "post_in_force", lambda pk: Appointment.objects.get(pk=pk)),
    ),
    Hole(old_link_dies_with_the_scope, put(actions, "still_allowed", lambda row, post: True)),
    Hole(
        ended_post_is_out,
        put(
            acting,
            "posts_of",
            lambda user, today: list(Appointment.objects.of(user).select_related("organization", "user")),
        ),
    ),
    Hole(disabled_account_is_out, put(ModelBackend, "user_can_authenticate", lambda self, user: True)),
    Hole(
        nobody_takes_anothers_post,
        put(
            acting,
            "posts_of",
            lambda user, today: list(Appointment.objects.select_related("organization", "user")),
        ),
    ),
    Hole(administrators_read_no_case, put(scope, "SUBTREE", frozenset(Role))),
    Hole(siblings_are_apart, put(scope, "range_end", lambda path: "~")),
    Hole(former_helper_is_out, put(CaseMemberQuerySet, "current", lambda self, today: self.all())),
    Hole(
        role_is_asked,
        put(middleware.RoutePolicy, "__call__", lambda self, request: self.get_response(request)),
    ),
    Hole(refusal_is_noted, put(middleware.audit, "record", lambda *_args, **_more: None)),
    Hole(stranger_signs_in, put(middleware.SignInRequired, "process_view", lambda *_args: None)),
    Hole(every_route_says_who, lambda patch: patch.delattr(case_views.cases, "policy")),
    Hole(database_shows_nothing_foreign, put(acting, "reach_of", lambda post: EVERYTHING), second_wall=True),
    Hole(session_forgets, put(reach, "_tell_again", lambda connection, before: None), second_wall=True),
    Hole(every_table_has_its_policy, one_more_table, second_wall=True),
]


@pytest.mark.parametrize("hole", HOLES, ids=[hole.guard.__name__ for hole in HOLES])
@pytest.mark.parametrize("planted", [False, True], ids=["whole", "planted"])
def test_a_planted_hole_turns_its_guard_red(there, monkeypatch, hole, planted):
    if not hole.second_wall:
        monkeypatch.setattr(acting, "reach_of", lambda post: EVERYTHING)
    if planted:
        hole.plant(monkeypatch)
    assert hole.guard(there) != planted
