"""领导挂点: lists of leaders, a leader to a case, who has none, visits made and owed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organizations import tasks
from organizations.models import ImportBatch
from rectification.cases import leader_actions as lists
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Standing, read_lines, stands
from rectification.cases.models import CaseMember
from rectification.remediation.support import people_actions as people
from rectification.schemes.models import SchemeItem
from tests.cast import NOW, TODAY, village_in
from tests.conftest import make_case
from tests.organizations.workbooks import workbook
from tests.rectification.remediation.activity_steps import log
from tests.stage import on_stage

PAGE = "remediation:leaders"
PASTED = "姓名\t单位及职务\t范围序号\t联络员\n赵某\t县委常委、政法委书记\t1\t小李\n钱某\t县民政局局长\t2\t\n"


@on_stage
def circle(scheme):
    return scheme.items.filter(kind="contact").order_by("order")[0]


@on_stage
def leader(county, circle, county_officer):
    return listed(county, circle, county_officer)


def listed(unit, circle, by, name="赵某"):
    entry = lists.Entry(name, "县委常委", circle)
    lists.add_leaders(unit_id=unit.pk, entries=[entry], from_on=TODAY, by=by, at=NOW)
    return ContactLeader.objects.get(organization=unit, circle=circle, name=name)


def row_of(client, name):
    page = client.get(reverse(PAGE)).content.decode()
    return next(part for part in page.split("<tr>") if "data-first" in part and name in part)


def test_a_pasted_list_is_registered_once(scheme, county, circle, as_post, county_officer):
    client, url = as_post(county_officer), reverse("remediation:leaders_add")
    form = {
        "unit": str(county.uid),
        "text": PASTED,
        "circle": str(circle.uid),
        "from_on": "2026-5-1",
    }
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302
    found = ContactLeader.objects.order_by("circle__order")
    assert [(one.name, one.circle.order, one.liaison) for one in found] == [
        ("赵某", 1, "小李"),
        ("钱某", 2, ""),
    ]


def test_a_wrong_line_is_named_and_nothing_is_registered(county, circle, as_post, county_officer):
    form = {"unit": str(county.uid), "circle": str(circle.uid), "from_on": "2026-5-1"}
    form["text"] = PASTED + "孙某\t\t9\t\n"
    answer = as_post(county_officer).post(reverse("remediation:leaders_add"), form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "第 4 行" in page and "没有写单位及职务" in page
    assert not ContactLeader.objects.exists()


def bring(client, unit, circle, rows):
    """Hand a list in as a workbook and let the worker read it."""
    file = SimpleUploadedFile(
        "名单.xlsx", workbook(rows, headers=["姓名", "单位及职务", "范围序号", "联络员"])
    )
    form = {"unit": str(unit.uid), "circle": str(circle.uid), "from_on": "2026-5-1", "file": file}
    assert client.post(reverse("remediation:leaders_add"), form).status_code == 302
    batch = ImportBatch.objects.latest("pk")
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    return batch


def confirm(client, batch):
    answer = client.post(reverse("organizations:batch_apply", args=[batch.uid]), follow=True)
    return answer.content.decode()


def test_a_list_handed_in_is_looked_at_before_it_is_written(county, circle, leader, as_post, county_officer):
    listed(county, circle, county_officer, "孙某")
    client = as_post(county_officer)
    rows = [["赵某", "县长", 1, ""], ["孙某", "县委常委", "", ""], ["李某", "副县长", 2, "小周"]]
    batch = bring(client, county, circle, rows)
    shown = client.get(reverse("organizations:batch", args=[batch.uid])).content.decode()
    assert "读到 3 行：新增 1，改动 1，相同 1，须改正 0" in shown
    assert ContactLeader.objects.count() == 2
    assert "更新 2 名领导" in confirm(client, batch)
    found = {one.name: (one.title, one.circle.order, one.liaison) for one in ContactLeader.objects.all()}
    assert found == {"赵某": ("县长", 1, ""), "孙某": ("县委常委", 1, ""), "李某": ("副县长", 2, "小周")}


def test_wrong_rows_of_a_list_are_named_and_nothing_is_written(county, circle, as_post, county_officer):
    client = as_post(county_officer)
    batch = bring(
        client, county, circle, [["赵某", "", 1], ["李某", "副县长", 9], ["钱某", "局长"], ["钱某", "局长"]]
    )
    told = " ".join(one["reason"] for one in batch.errors)
    assert "没有写单位及职务" in told and "不在 1 至" in told and "与第 4 行是同一" in told
    assert "还有错误" in confirm(client, batch) and not ContactLeader.objects.exists()


def quicker(client, county, circle, officer, rows, meanwhile):
    batch = bring(client, county, circle, rows)
    meanwhile()
    return "已被他人修改" in confirm(client, batch)


def test_whoever_was_quicker_with_a_leader_stays_and_without_the_check_is_written_over(
    county, circle, leader, as_post, county_officer, monkeypatch
):
    client = as_post(county_officer)

    def put_right(title):
        now = ContactLeader.objects.get(pk=leader.pk)
        given = {"by": county_officer, "at": NOW, "version": now.version}
        return lambda: lists.edit_leader(leader_id=leader.pk, title=title, **given)

    rows = [["赵某", "县长", 1], ["李某", "副县长", 2]]
    assert quicker(client, county, circle, county_officer, rows, put_right("县委书记"))
    assert ContactLeader.objects.get().title == "县委书记"
    second = SchemeItem.objects.get(scheme=circle.scheme, kind=circle.kind, order=2)
    rows = [["李某", "副县长", 2]]
    assert quicker(
        client, county, circle, county_officer, rows, lambda: listed(county, second, county_officer, "李某")
    )
    monkeypatch.setattr(lists, "lock", lambda rows, *, pk, version: rows.get(pk=pk))
    rows = [["赵某", "县长", 1]]
    assert not quicker(client, county, circle, county_officer, rows, put_right("县委副书记"))
    assert ContactLeader.objects.get(pk=leader.pk).title == "县长"


def test_a_leader_gets_a_case_in_two_clicks_and_not_twice(case, leader, as_post, county_officer):
    client, url = as_post(county_officer), reverse("remediation:leader_cases", args=[leader.uid])
    assert "未挂点" in row_of(client, "赵某")
    assert client.get(url).status_code == 200
    form = {"pick": str(case.uid), "from_on": "2026-5-20"}
    assert client.post(url, form).status_code == 302
    assert CaseMember.objects.get().contact == leader
    assert "已挂点 1 个" in row_of(client, "赵某") and "0/4次" in row_of(client, "赵某")
    again = client.post(url, form)
    assert again.status_code == 422 and "不必重复登记" in again.content.decode()


def test_a_visit_entered_for_the_leader_counts(case, leader, county_officer, township_officer, as_post):
    member = people.hold(leader_id=leader.pk, case_id=case.pk, from_on=TODAY, by=county_officer, at=NOW)
    log(case, township_officer, members=[member])
    assert "1/4次" in row_of(as_post(county_officer), "赵某")


def test_how_a_leader_stands():
    given = {"exempt_reason": "", "without_case": False, "word": "挂点", "fields": ["village", "community"]}
    assert stands(held=["village"], **given).standing is Standing.HELD
    assert stands(held=["school"], **given) == (Standing.WRONG_FIELD, "挂点的不是村、社区")
    assert stands(held=[], **given).standing is Standing.NONE
    assert stands(held=[], **given | {"without_case": True}).standing is Standing.EXEMPT
    assert stands(held=[], **given | {"exempt_reason": "援外"}).text == "不挂点：援外"


def test_a_sheet_with_another_order_of_columns_is_read_by_its_header():
    lines, faults = read_lines([["名单"], ["单位及职务", "姓名"], ["镇长", "李某"]])
    assert not faults and [(one.name, one.title) for one in lines] == [("李某", "镇长")]


def test_a_township_without_a_case_is_exempt(
    case, township, other_township, circle, as_post, city_reviewer, county_officer
):
    listed(township, circle, county_officer, "甲某")
    listed(other_township, circle, county_officer, "乙某")
    client = as_post(city_reviewer)
    assert "未挂点" in row_of(client, "甲某")
    assert "没有整顿对象，免" in row_of(client, "乙某")


def test_who_holds_an_open_case_does_not_leave_the_list(case, leader, as_post, county_officer):
    people.hold(leader_id=leader.pk, case_id=case.pk, from_on=TODAY, by=county_officer, at=NOW)
    url = reverse("remediation:leader_end", args=[leader.uid])
    answer = as_post(county_officer).post(url, {"to_on": "2026-6-1", "_version": "1"})
    assert answer.status_code == 422 and "整顿未销号不换点" in answer.content.decode()


def test_a_township_keeps_its_own_list_only(
    leader, township, circle, as_post, township_officer, county_officer
):
    own = listed(township, circle, county_officer, "乡某")
    client = as_post(township_officer)
    assert client.get(reverse("remediation:leader_edit", args=[own.uid])).status_code == 200
    assert client.get(reverse("remediation:leader_edit", args=[leader.uid])).status_code == 404
    assert "赵某" not in client.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize("name", ["remediation:leaders", "remediation:support_gaps"])
def test_lists_ask_no_more_queries_for_more_rows(
    name, case, scheme, township, county, circle, county_officer, as_post, django_assert_max_num_queries
):
    client = as_post(county_officer)
    for number in range(50):
        village = village_in(township, f"第{number}村委会", f"9901211013{number:02}")
        made = make_case(scheme, village, county, county_officer)
        one = CaseMember(case=made, kind="leader", name=f"领导{number}", from_on=TODAY)
        one.contact = listed(county, circle, county_officer, f"领导{number}")
        one.save()
    ContactLeader.objects.bulk_create(
        ContactLeader(
            organization=county,
            org_path=county.path,
            scheme=scheme,
            circle=circle,
            name=f"副{number}",
            title="副县长",
            from_on=TODAY - timedelta(days=1),
        )
        for number in range(250)
    )
    with django_assert_max_num_queries(45):
        assert client.get(reverse(name)).status_code == 200
