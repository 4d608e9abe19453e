"""A duty of the people on a case falls to whoever holds the place, else to the township that stands in."""

from datetime import date

import pytest

from accounts.errors import Refused
from rectification.duties import completing, debtors, reminders
from rectification.duties.models import Duty, Reminder
from tests import cast
from tests.cast import NOW, TODAY, YEAR
from tests.conftest import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(with_rules, county, village, county_officer):
    """Monthly work of the case's first secretary."""
    rule = {"subject": "case", "rhythm": "monthly", "debtor": "first_secretary", "title": "入户走访"}
    case = make_case(with_rules(rule), village, county, county_officer)
    return case.duties.order_by("due_on").first()


def put_on(case, post, kind: str):
    return case.members.create(kind=kind, name=post.user.name, user=post.user, from_on=date(YEAR, 1, 1))


def test_the_title_says_who_owes_it(owed, township):
    assert owed.title == "石桥村：5月入户走访（第一书记）"
    assert (owed.owner_role, owed.debtor, owed.organization) == ("helper", "first_secretary", township)


def test_a_title_that_says_it_already_is_left_alone():
    assert debtors.named("挂点领导到点指导", "leader") == "挂点领导到点指导"


def test_where_nobody_holds_the_place_the_township_owes_it(owed, helper, township_officer):
    put_on(owed.case, helper, "team")
    assert not Duty.objects.owed_by(helper).exists()
    assert owed in Duty.objects.owed_by(township_officer)
    assert debtors.said(owed) == "第一书记（尚无人选），由柳溪镇的乡镇（街道）组织委员代为登记"


def test_whoever_holds_the_place_owes_it_and_the_township_no_longer(owed, helper, township_officer):
    put_on(owed.case, helper, "first_secretary")
    assert owed in Duty.objects.owed_by(helper)
    assert not Duty.objects.owed_by(township_officer).filter(pk=owed.pk).exists()
    assert debtors.said(owed) == f"第一书记（{helper.user.name}）"


def test_the_liaison_signs_in_for_the_leader(owed, helper, township_officer):
    Duty.objects.filter(pk=owed.pk).update(debtor="leader")
    owed.case.members.create(kind="leader", name="赵书记", from_on=date(YEAR, 1, 1))
    owed.refresh_from_db()
    assert "赵书记没有账号" in debtors.said(owed)
    assert owed in Duty.objects.owed_by(township_officer)
    put_on(owed.case, helper, "liaison")
    assert owed in Duty.objects.owed_by(helper)


def test_each_holder_is_reminded_and_without_one_the_township(owed, helper, township_officer):
    Duty.objects.exclude(pk=owed.pk).update(state="done", ended_at=NOW)
    reminders.remind(today=owed.due_on, at=NOW)
    assert Reminder.objects.get().user == township_officer.user
    put_on(owed.case, helper, "first_secretary")
    reminders.remind(today=owed.due_on, at=NOW)
    assert set(Reminder.objects.values_list("user", flat=True)) == {
        township_officer.user_id,
        helper.user_id,
    }


def test_the_person_and_the_township_may_record_it_others_not(owed, helper, township_officer, county_officer):
    put_on(owed.case, helper, "first_secretary")
    with pytest.raises(Refused, match="也可由柳溪镇的乡镇（街道）组织委员代录"):
        completing.complete(duty_id=owed.pk, note="走访12户", by=county_officer, at=NOW)
    completing.complete(duty_id=owed.pk, note="走访12户", by=helper, at=NOW)
    later = owed.case.duties.open().order_by("due_on").first()
    done = completing.complete(duty_id=later.pk, note="代录：走访9户", by=township_officer, at=NOW)
    assert (done.state, done.ended_by) == ("done", township_officer)


def test_a_person_on_the_case_in_another_place_may_not(owed, helper, county):
    other = cast.post_at(county, "helper", "gongzuozu")
    put_on(owed.case, helper, "first_secretary")
    put_on(owed.case, other, "team")
    with pytest.raises(Refused):
        completing.complete(duty_id=owed.pk, note="走访", by=other, at=NOW)


def test_the_page_of_a_duty_shows_period_number_and_who(as_post, with_rules, county, village, county_officer):
    rule = {"subject": "case", "rhythm": "count", "times": 2, "every": "quarterly", "debtor": "leader"}
    case = make_case(with_rules(rule | {"grace_days": 5}), village, county, county_officer)
    duty = case.duties.order_by("due_on").first()
    page = as_post(county_officer).get(duty.get_absolute_url()).content.decode()
    assert "4月1日—6月30日，2次" in page
    assert "挂点联系领导（尚无人选）" in page
    assert f"宽限至 {YEAR}年7月5日" in page
    row = as_post(county_officer).get("/duties/").content.decode()
    assert "4月1日—6月30日，2次" in row


def test_the_lists_queries_do_not_grow_with_periods_and_debtors(
    as_post, with_rules, county, village, other_village, county_officer, helper, django_assert_max_num_queries
):
    rules = [
        {"subject": "case", "rhythm": "half_month", "debtor": debtor}
        for debtor in ("leader", "team", "first_secretary", "helping_unit")
    ]
    scheme = with_rules(*rules)
    for place in (village, other_village):
        put_on(make_case(scheme, place, county, county_officer), helper, "team")
    for post in (county_officer, helper):
        client = as_post(post)
        client.get("/duties/?mine=on")
        with django_assert_max_num_queries(22):
            client.get("/duties/?mine=on")
    with django_assert_max_num_queries(16 + 2 * 200):
        reminders.remind(today=TODAY, at=NOW)


# --- lifted for good ---------------------------------------------------------------------------------------------


def test_the_county_lifts_a_case_duty_and_its_later_periods(owed, county_officer, as_post):
    url = f"/duties/{owed.uid}/waive/"
    client = as_post(county_officer)
    assert "以后还有 7 期" in client.get(url).content.decode()
    client.post(url, {"reason": "没有结对", "and_later": "on"})
    assert not owed.case.duties.open().exists()
    owed.case.refresh_from_db()
    assert owed.case.next_due_on is None
