"""People of 帮扶力量: no leaving before 销号, an order opens a place, a replacement closes it and takes over."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.errors import Refused
from rectification.cases.models import Case, CaseMember
from rectification.duties.models import Duty
from rectification.remediation.models import Measure
from rectification.remediation.support import people_actions as people
from tests.cast import NOW, TODAY
from tests.conftest import make_case
from tests.stage import on_stage

END = {"to_on": "2026-5-20", "end_reason": "组织调动", "end_document": "青组〔2026〕9号"}
NEW = {"new-name": "周某", "new-unit": "县教体局干部", "new-from_on": "2026-5-21"}


@on_stage
def filling(scheme):
    """The scheme asks that an open place be filled within ten days."""
    scheme.duty_rules.filter(key=people.FILL).delete()
    return scheme.duty_rules.create(
        key=people.FILL,
        title="空缺补派",
        order=90,
        subject="case",
        owner_level="county",
        owner_role="county_officer",
        rhythm="within",
        event="vacancy",
        within_days=10,
    )


@on_stage
def secretary(case, county_officer):
    return put_on(case, county_officer)


def put_on(case, by, kind="first_secretary", name="孙某", **details):
    return people.join(case_id=case.pk, kind=kind, name=name, from_on=TODAY, by=by, at=NOW, **details)


def to(name, obj):
    return reverse(f"remediation:{name}", args=[obj.uid])


def owed(case):
    return Duty.objects.filter(case=case, key=people.FILL)


def test_an_ordered_transfer_opens_the_place_and_makes_its_duty(
    case, filling, secretary, as_post, county_officer
):
    as_post(county_officer).post(to("member_end", secretary), END)
    assert owed(case).get().due_on == TODAY + timedelta(days=11)
    page = as_post(county_officer).get(f"{case.get_absolute_url()}?tab=support").content.decode()
    assert "空缺待补派" in page and "青组〔2026〕9号" in page
    assert "空缺" in as_post(county_officer).get(reverse("cases:list")).content.decode()


def test_the_place_filled_again_discharges_the_duty(case, filling, secretary, as_post, county_officer):
    client = as_post(county_officer)
    client.post(to("member_end", secretary), END)
    assert client.post(to("member_replace", secretary), NEW).status_code == 302
    assert owed(case).get().state == "done"
    assert CaseMember.objects.get(name="周某").replaces == secretary
    assert not CaseMember.objects.vacant().exists()


def test_another_open_place_keeps_its_duty(case, filling, secretary, as_post, county_officer):
    leader = put_on(case, county_officer, "leader", "王某")
    client = as_post(county_officer)
    client.post(to("member_end", secretary), END)
    client.post(to("member_end", leader), END)
    client.post(to("member_replace", secretary), NEW)
    assert owed(case).get().state == "open"


def test_replacing_in_one_step_hands_over_ticked_measures_only(measure, as_post, county_officer):
    case = measure.problem.case
    Measure.objects.filter(pk=measure.pk).update(person="孙某、李某（村书记）", leader="孙某")
    kept = Measure.objects.create(
        problem=measure.problem,
        order=2,
        text="另一条",
        person="孙某",
        starts_on=TODAY,
        due_on=TODAY,
    )
    old = put_on(case, county_officer)
    form = END | NEW | {"measures": [str(measure.uid)]}
    assert as_post(county_officer).post(to("member_replace", old), form).status_code == 302
    measure.refresh_from_db()
    kept.refresh_from_db()
    assert (measure.person, measure.leader, kept.person) == ("周某、李某（村书记）", "周某", "孙某")


def test_release_without_a_paper_keeps_what_was_typed(case, secretary, as_post, county_officer):
    form = END | NEW | {"end_document": ""}
    answer = as_post(county_officer).post(to("member_replace", secretary), form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "不换点、不撤离" in page and "周某" in page
    secretary.refresh_from_db()
    assert secretary.to_on is None and not CaseMember.objects.filter(name="周某").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "first_secretary", "name": "钱某", "from_on": "2026-6-1"}, "已有第一书记孙某"),
        ({"kind": "team", "name": "钱某", "from_on": "2026-5-1"}, "早于认定为整顿对象的日期"),
        (
            {
                "kind": "team",
                "name": "钱某",
                "from_on": "2026-6-1",
                "released_from_on": "2026-6-2",
                "released_to_on": "2026-6-1",
            },
            "早于起期",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(case, secretary, as_post, county_officer, given, words):
    answer = as_post(county_officer).post(to("member_add", case), given)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_correction_keeps_the_words_before(case, secretary, as_post, county_officer):
    client = as_post(county_officer)
    form = {"name": "孙立", "unit": "县水利局", "from_on": "2026-5-20", "_version": "1", "reserve": "on"}
    assert client.post(to("member_edit", secretary), form).status_code == 302
    page = client.get(to("member_edit", secretary)).content.decode()
    assert "<del>孙某</del>" in page and "<ins>孙立</ins>" in page
    stale = client.post(to("member_edit", secretary), form | {"name": "孙丽"})
    assert stale.status_code == 422 and "已被他人修改" in stale.content.decode()


def test_only_where_others_go_on_a_place_may_be_given_up(
    case, filling, secretary, as_post, county_officer, township_officer
):
    client = as_post(county_officer)
    client.post(to("member_end", secretary), END)
    answer = client.post(to("member_drop", secretary), {"reason": "不需要"})
    assert answer.status_code == 422 and "须补派" in answer.content.decode()
    leaders = [put_on(case, county_officer, "leader", name) for name in ("王某", "吴某")]
    client.post(to("member_end", leaders[0]), END)
    assert client.post(to("member_drop", leaders[0]), {"reason": "另一位继续联系"}).status_code == 302
    assert CaseMember.objects.vacant().get() == secretary
    assert as_post(township_officer).get(to("member_drop", secretary)).status_code == 403


def test_who_stays_goes_along_into_the_next_years_file(
    case, secretary, village, county, county_officer, scheme
):
    gone = put_on(case, county_officer, "leader", "王某")
    CaseMember.objects.filter(pk=gone.pk).update(to_on=TODAY)
    Case.objects.filter(pk=case.pk).update(stage="carried", year=2025)
    case.refresh_from_db()
    made = make_case(scheme, village, county, county_officer, source="carried", previous=case)
    assert [(one.name, one.from_on) for one in made.members.all()] == [("孙某", TODAY)]


def test_the_gap_list_leads_to_what_is_missing(case, secretary, as_post, county_officer):
    page = as_post(county_officer).get(reverse("remediation:support_gaps")).content.decode()
    assert to("case_leaders", case) in page
    assert f"{to('member_add', case)}?kind=team" in page
    assert f"{to('member_add', case)}?kind=first_secretary" not in page


@pytest.mark.django_db(transaction=True)
def test_of_two_who_fill_one_place_the_second_is_told(case, county_officer):
    gone = put_on(case, county_officer, "team", "钱某")
    people.leave(
        member_id=gone.pk, to_on=TODAY, reason="调动", document="青组〔2026〕9号", by=county_officer, at=NOW
    )
    told = []

    def fill(name):
        new = {"name": name, "unit": "县水利局", "from_on": TODAY + timedelta(days=1)}
        given = {"to_on": TODAY, "reason": "", "document": "", "new": new}
        return people.replace(member_id=gone.pk, by=county_officer, at=NOW, **given)

    def second():
        try:
            fill("李某")
        except Refused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        fill("周某")
        other.start()
        other.join(0.4)  # it has read the open place and waits for the case
    other.join(timeout=60)
    assert told and "已经补派" in told[0]
    assert case.members.filter(replaces=gone).count() == 1


def test_a_place_filled_meanwhile_is_not_dropped(case, secretary, as_post, county_officer):
    client = as_post(county_officer)
    client.post(to("member_end", secretary), END)
    client.post(to("member_replace", secretary), NEW)
    with pytest.raises(Refused, match="已经补派"):
        people.drop(member_id=secretary.pk, reason="其他人接着帮", by=county_officer, at=NOW)


def test_a_year_nobody_means_is_asked_about(case, secretary, as_post, county_officer):
    answer = as_post(county_officer).post(to("member_end", secretary), END | {"to_on": "9999-12-31"})
    assert answer.status_code == 422 and "请核对年份" in answer.content.decode()
