"""Helping units stay, pairings make meetings owed, money adds up, a post is filled once for all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.errors import Invalid, Refused
from organizations.record_models import LeaderPost
from rectification.cases.member_actions import SupportLocked
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.carrying import take_over
from rectification.remediation.support import (
    committee_actions,
    project_actions,
    staying_actions,
    work_actions,
)
from rectification.remediation.support.models import CommitteeNeed
from rectification.schemes.models import ItemKind
from tests.cast import NOW, TODAY
from tests.matrix.objects import case_at
from tests.rectification.remediation.activity_steps import log
from tests.stage import on_stage

MONEY = {"planned": Decimal(20), "arrived": Decimal(8), "spent": Decimal(3)}


def unit_on(case, by, name="县水利局"):
    return staying_actions.add_unit(case_id=case.pk, name=name, contact="", from_on=TODAY, by=by, at=NOW)


def end_unit(unit, by, document=""):
    return staying_actions.end_unit(
        unit_id=unit.pk, version=None, to_on=TODAY, reason="机构改革", document=document, by=by, at=NOW
    )


def test_a_helping_unit_does_not_leave_before_the_case_is_closed(case, county_officer):
    unit = unit_on(case, county_officer)
    with pytest.raises(SupportLocked, match="整顿未销号，帮扶单位县水利局不换点、不撤离"):
        end_unit(unit, county_officer)


def test_an_ordered_change_with_its_document_ends_it_and_a_replacement_is_owed(case, county_officer):
    ended = end_unit(unit_on(case, county_officer), county_officer, "青组〔2026〕9号")
    assert ended.to_on == TODAY and ended.history.count() == 2
    duty = Duty.objects.get(case=case, key="helping_unit")
    assert "补派帮扶单位" in duty.title and duty.state == "open"
    assert (duty.organization, duty.due_on) == (case.county, date(2026, 6, 3))  # ten working days
    unit_on(case, county_officer, "县农业农村局")
    duty.refresh_from_db()
    assert duty.state == "done"


def test_the_units_that_help_a_failed_case_help_it_on_in_the_next_year(case, scheme, county_officer):
    unit_on(case, county_officer)
    Case.objects.filter(pk=case.pk).update(stage="carried", year=2025)
    following = case_at(scheme, case.organization, county_officer)
    following.source, following.previous_id = "carried", case.pk
    take_over(following)
    take_over(following)
    assert [(unit.name, unit.from_on) for unit in following.helpingunits.all()] == [("县水利局", TODAY)]


def pair(case, by, from_on=TODAY, name="大桥村"):
    return staying_actions.add_pairing(
        case_id=case.pk, partner=None, partner_name=name, form="强村带弱村", from_on=from_on, by=by, at=NOW
    )


def meetings(case):
    return Duty.objects.filter(case=case, key="joint_meeting").exclude(state="cancelled")


def test_a_pairing_makes_the_monthly_meetings_owed_and_those_in_the_log_done(case, county_officer):
    assert not meetings(case).exists()
    log(case, county_officer, kind="meeting", others="两村支委")
    pair(case, county_officer)
    assert meetings(case).count() == 8  # May to December
    assert meetings(case).get(period_from_on__month=5).state == "done"
    assert meetings(case).filter(state="open").count() == 7


def test_when_the_pairing_ends_later_meetings_are_not_owed_until_there_is_another(case, county_officer):
    pairing = pair(case, county_officer)
    staying_actions.end_pairing(
        pairing_id=pairing.pk,
        version=None,
        to_on=TODAY,
        reason="对方换届",
        document="",
        by=county_officer,
        at=NOW,
    )
    assert [duty.period_from_on.month for duty in meetings(case)] == [5]
    pair(case, county_officer, name="南湖村")
    assert meetings(case).count() == 8


def project_on(case, by, **changed):
    facts = {"name": "道路硬化", "helper": None, "due_on": None, "done_on": None, "progress": ""}
    return project_actions.add_project(case_id=case.pk, facts=facts | MONEY | changed, by=by, at=NOW)


def test_a_project_does_not_spend_what_has_not_arrived(case, township_officer):
    with pytest.raises(Invalid, match="差2万元"):
        project_on(case, township_officer, spent=Decimal(10))


def test_a_cancelled_project_keeps_its_reason_and_is_changed_no_more(case, township_officer):
    project = project_on(case, township_officer)
    cancelled = project_actions.cancel_project(
        project_id=project.pk, version=None, reason="资金调整", by=township_officer, at=NOW
    )
    assert cancelled.cancelled_reason == "资金调整"
    with pytest.raises(Refused, match="已经取消"):
        project_actions.update_project(
            project_id=project.pk, version=None, facts=MONEY, by=township_officer, at=NOW
        )


@on_stage
def vacant(case):
    return LeaderPost.objects.create(
        organization=case.organization, title="党支部书记", secretary=True, since_on=date(2025, 11, 1)
    )


def list_vacancy(case, post, by):
    return committee_actions.take_vacancies(
        case_id=case.pk, post_ids=[post.pk], limit_on=date(2026, 6, 30), by=by, at=NOW
    )[0]


def test_a_vacant_post_is_offered_taken_and_owed_by_its_limit(case, vacant, township_officer):
    assert committee_actions.vacancies_left(case, TODAY) == [vacant]
    need = list_vacancy(case, vacant, township_officer)
    assert need.from_start and need.since_on == date(2025, 11, 1)
    assert (need.duty.effective_due_on, need.duty.organization) == (date(2026, 6, 30), case.township)
    assert committee_actions.vacancies_left(case, TODAY) == []


def test_who_comes_is_typed_once_for_the_case_the_committee_and_the_duty(case, vacant, township_officer):
    need = list_vacancy(case, vacant, township_officer)
    committee_actions.settle_need(
        need_id=need.pk,
        version=None,
        holder="吴某",
        settled_on=TODAY,
        origin="回乡党员教师",
        note="",
        by=township_officer,
        at=NOW,
    )
    vacant.refresh_from_db()
    need.refresh_from_db()
    need.duty.refresh_from_db()
    assert (vacant.holder, vacant.since_on) == ("吴某", TODAY)
    assert (need.origin, need.duty.state) == ("回乡党员教师", "done")


def test_a_need_put_down_in_error_is_withdrawn_with_its_duty(case, vacant, township_officer):
    need = list_vacancy(case, vacant, township_officer)
    committee_actions.withdraw_need(
        need_id=need.pk, version=None, reason="职数已核减", by=township_officer, at=NOW
    )
    need.duty.refresh_from_db()
    assert need.duty.state == "cancelled"
    assert not CommitteeNeed.objects.standing().exists()


def test_the_team_itself_writes_what_it_did_for_a_help(case, on_case, helper):
    item = case.scheme.items.filter(kind=ItemKind.HELP).first()
    made = work_actions.add_help(
        case_id=case.pk, item_id=item.pk, words="帮选支委1名", on=TODAY, by=helper, at=NOW
    )
    assert str(made.item) == "帮建领导班子"
    with pytest.raises(Invalid, match="今天之后"):
        work_actions.add_help(
            case_id=case.pk, item_id=item.pk, words="x", on=TODAY + timedelta(days=1), by=helper, at=NOW
        )


def test_the_same_course_of_a_person_is_counted_once(case, township_officer):
    facts = {"person": "吴某", "secretary": True, "on": TODAY, "level": "county", "title": "书记培训班"}
    work_actions.add_training(case_id=case.pk, facts=facts, by=township_officer, at=NOW)
    with pytest.raises(Invalid, match="不必重复"):
        work_actions.add_training(case_id=case.pk, facts=facts, by=township_officer, at=NOW)


def test_a_county_writes_only_its_own_funds(county, other_county, county_officer):
    given = {"year": 2026, "amount": Decimal(50), "document": "", "note": "", "by": county_officer, "at": NOW}
    fund = project_actions.save_fund(county_id=county.pk, version=0, **given)
    assert fund.amount == 50 and fund.version == 1
    with pytest.raises(type(other_county).DoesNotExist):
        project_actions.save_fund(county_id=other_county.pk, version=0, **given)
