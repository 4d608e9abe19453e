"""年中增列 and 退出整顿: by a recorded decision, with what follows for duties, people and numbers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused
from rectification.cases.models import Case, CaseMember, Source
from rectification.duties.models import Duty
from rectification.survey import changes, overview
from rectification.survey.change_models import CaseChange
from rectification.survey.change_rules import Decision
from rectification.workflow import Stage
from tests import cast
from tests.rectification.survey.chains import MEETING, on_its_way

MEETING_OF_JULY = Decision("县委常委会", cast.TODAY, "青常纪〔2026〕9号")


@pytest.fixture
def determined(year):
    """石桥村 and 新枫林村 are cases, two is the least."""
    year.determine(on_its_way(year, MEETING))
    return year


def add(year, name="白马村", criteria=(1,), decision=MEETING_OF_JULY, **more):
    given = {
        "primary_id": year.scheme.criteria.get(order=1).pk,
        "national_type": None,
        "reason": "书记被查处",
    }
    return changes.add_case(
        survey_id=year.survey.pk,
        organization_id=year.row(name).organization_id,
        criteria=criteria,
        decision=decision,
        by=year.officer,
        at=cast.NOW,
        **given | more,
    )


def case_of(name):
    return Case.objects.get(organization__short_name=name)


def withdraw(year, name="石桥村", **more):
    given = {"reason": "与枫林村合并", "merged": False, "decision": MEETING_OF_JULY, "consent": ""}
    return changes.withdraw_case(case_id=case_of(name).pk, by=year.officer, at=cast.NOW, **given | more)


def chosen(year):
    return sum(line.chosen for line in overview.fields_of(year.survey))


# --- adding ----------------------------------------------------------------------------------------------------


def test_an_added_organization_is_a_case_that_owes_what_the_scheme_asks(determined):
    change = add(determined)
    case = change.case
    assert (case.stage, case.source, case.criteria) == (Stage.REMEDIATION, Source.MID_YEAR, [1])
    assert (case.determined_by, case.minutes) == ("县委常委会", "青常纪〔2026〕9号")
    assert Duty.objects.filter(case=case).open().exists()
    assert case.steps.get(step="determine").reason == "书记被查处"


def test_the_countys_numbers_follow_an_addition_and_a_withdrawal(determined):
    assert chosen(determined) == 2
    add(determined)
    assert chosen(determined) == 3
    withdraw(determined)
    assert chosen(determined) == 2


def test_before_the_determination_it_belongs_into_the_survey(year):
    on_its_way(year, MEETING)
    with pytest.raises(Refused, match="请在摸排中列入"):
        add(year)


def test_who_is_a_case_already_is_not_added_again(determined):
    with pytest.raises(Refused, match="本年度已是整顿对象"):
        add(determined, "石桥村")


def test_an_addition_needs_reason_criterion_and_the_decision(determined):
    with pytest.raises(Refused, match="须写明理由"):
        add(determined, reason=" ")
    with pytest.raises(Refused, match="至少选择一种对应情形"):
        add(determined, criteria=())
    with pytest.raises(Invalid, match="没有填会议纪要号"):
        add(determined, decision=Decision("县委常委会", cast.TODAY, ""))
    with pytest.raises(Invalid, match="晚于今天"):
        add(determined, decision=Decision("县委常委会", cast.TODAY + timedelta(days=1), "1号"))
    assert Case.objects.count() == 2


def test_the_township_adds_nothing_to_the_countys_list(determined, township_officer):
    determined.officer = township_officer
    with pytest.raises((Refused, determined.survey.DoesNotExist)):
        add(determined)


# --- withdrawing -----------------------------------------------------------------------------------------------


def test_a_withdrawn_case_owes_nothing_and_its_people_are_free(determined):
    case = case_of("石桥村")
    CaseMember.objects.create(case=case, kind="first_secretary", name="王", from_on=cast.TODAY)
    withdraw(determined, consent="市委组织部5月18日同意")
    case.refresh_from_db()
    assert case.stage == Stage.WITHDRAWN and case.next_due_on is None
    assert not Duty.objects.filter(case=case).open().exists()
    assert set(Duty.objects.filter(case=case).values_list("ended_reason", flat=True)) == {
        "退出整顿（青常纪〔2026〕9号）"
    }
    member = case.members.get()
    assert (member.to_on, member.end_reason) == (cast.TODAY, "退出整顿")


def test_fewer_than_the_quota_needs_the_superiors_consent(determined):
    with pytest.raises(Refused, match="认定 1 个，少于应定的 2 个"):
        withdraw(determined)
    assert withdraw(determined, consent="市委组织部同意").consent == "市委组织部同意"


def test_above_the_quota_no_consent_is_asked(determined):
    add(determined)
    assert withdraw(determined).kind == "withdrawn"


def test_a_withdrawal_needs_a_reason(determined):
    add(determined)
    with pytest.raises(Refused, match="退出整顿须写明理由"):
        withdraw(determined, reason="")


def test_who_was_carried_over_leaves_only_when_merged_away(determined):
    add(determined)
    Case.objects.filter(organization__short_name="石桥村").update(source=Source.CARRIED)
    with pytest.raises(Refused, match="只能经考核验收销号"):
        withdraw(determined)
    withdraw(determined, merged=True)
    assert case_of("石桥村").stage == Stage.WITHDRAWN


def test_nobody_is_withdrawn_twice(determined):
    add(determined)
    withdraw(determined)
    with pytest.raises(Refused, match="不能退出"):
        withdraw(determined)
    assert CaseChange.objects.filter(kind="withdrawn").count() == 1


# --- by the pages ----------------------------------------------------------------------------------------------


def test_by_the_pages_an_organization_is_found_and_added(as_post, determined):
    client, address = as_post(determined.officer), reverse("survey:add_case", args=[determined.survey.uid])
    unit = determined.row("白马村").organization
    assert str(unit.uid) in client.get(address, {"q": "白马"}).content.decode()
    criterion = determined.scheme.criteria.get(order=1)
    given = {
        "criteria": ["1"],
        "primary": str(criterion.pk),
        "reason": "书记被查处",
        "body": "县委常委会",
        "decided_on": "2026-5-20",
        "document": "",
    }
    wrong = client.post(f"{address}?organization={unit.uid}", given)
    assert wrong.status_code == 422 and "书记被查处" in wrong.content.decode()
    answer = client.post(f"{address}?organization={unit.uid}", given | {"document": "9号"})
    case = case_of("白马村")
    assert answer["Location"] == case.get_absolute_url()
    history = client.get(case.get_absolute_url(), {"tab": "history"}).content.decode()
    assert "年中增列" in history and "书记被查处" in history and "9号" in history
    assert "白马村" in client.get(reverse("survey:changes", args=[determined.survey.uid])).content.decode()


def test_by_the_pages_a_case_is_withdrawn_from_its_file(as_post, determined):
    client, case = as_post(determined.officer), case_of("石桥村")
    address = reverse("survey:withdraw_case", args=[case.uid])
    assert address in client.get(case.get_absolute_url()).content.decode()
    page = client.get(address).content.decode()
    assert "须登记上级同意意见" in page
    given = {"reason": "并入枫林村", "body": "县委常委会", "decided_on": "2026-5-20", "document": "9号"}
    assert client.post(address, given).status_code == 422
    assert client.post(address, given | {"consent": "市委组织部同意"}).status_code == 302
    page = client.get(case.get_absolute_url(), {"tab": "history"}).content.decode()
    assert "退出整顿" in page and "并入枫林村" in page and address not in page


def test_another_county_and_the_township_withdraw_nothing(
    as_post, determined, other_county_officer, township_officer
):
    case = case_of("石桥村")
    address = reverse("survey:withdraw_case", args=[case.uid])
    assert as_post(other_county_officer).get(address).status_code == 404
    assert as_post(township_officer).post(address, {"reason": "x"}).status_code == 422
    case.refresh_from_db()
    assert case.stage == Stage.REMEDIATION
