"""五个一落实情况表 and 帮扶项目资金情况表: what stands in them, for whom, and that many cases cost no more queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.record_models import LeaderPost
from organizations.rules import Level
from rectification.cases.models import CaseMember
from rectification.remediation.models import Plan
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Pairing, Project, SupportFund
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast
from tests.matrix.objects import case_at
from tests.rectification.remediation.activity_steps import counted_duty, log
from tests.stage import on_stage

pytestmark = pytest.mark.django_db
SUPPORT = LEDGERS["support"]


def sheet_of(post, unit, key="support", **filters):
    return live(LEDGERS[key], Selection(post, unit, cast.YEAR, filters), today=cast.TODAY)


def rows_of(sheet):
    keys = [column.key for column in sheet.columns]
    return [dict(zip(keys, row.values, strict=True)) for row in sheet.rows]


def put_on(case, kind, name, unit="县水利局", **facts):
    return CaseMember.objects.create(case=case, kind=kind, name=name, unit=unit, from_on=cast.TODAY, **facts)


@on_stage
def given(case, county_officer):
    """A case with everything: a plan, a team, a first secretary, two leaders, units, a project, a committee."""
    Plan.objects.create(case=case, state="approved", approved_on=date(2026, 4, 28))
    put_on(case, "team", "周某", leads=True)
    put_on(case, "team", "吴某")
    put_on(case, "first_secretary", "郑某")
    leaders = [put_on(case, "leader", name, "县政协副主席") for name in ("王某", "冯某")]
    counted_duty(case, "contact_visits", times=4)
    log(case, county_officer, members=leaders[:1])
    HelpingUnit.objects.create(case=case, name="县水利局", from_on=cast.TODAY)
    Pairing.objects.create(case=case, partner_name="大桥村", form="强村带弱村", from_on=cast.TODAY)
    Project.objects.create(case=case, name="渠道清淤", planned=20, arrived=8, spent=Decimal("3.5"))
    Project.objects.create(case=case, name="广场", planned=9, cancelled_reason="调整")
    for title, holder in (("书记", "钱某"), ("委员", "")):
        LeaderPost.objects.create(organization=case.organization, title=title, holder=holder)
    need = {"kind": "vacant", "since_on": cast.TODAY, "limit_on": cast.TODAY}
    CommitteeNeed.objects.create(case=case, title="书记", settled_on=cast.TODAY, holder="钱某", **need)
    return case


def test_its_columns_and_groups_are_those_of_the_form_in_order():
    said = [f"{one.group}/{one.title}" if one.group else one.title for one in SUPPORT.columns]
    assert " ".join(said) == (
        "序号 整顿对象/县市区 整顿对象/乡镇（街道） 整顿对象/村（社区） 整顿方案/批准时间"
        " 工作组/组长 工作组/成员 工作组/单位 第一书记/姓名 第一书记/单位 第一书记/自 第一书记/至"
        " 联系领导/姓名 联系领导/职务 联系领导/已到点（次） 联系领导/应到点（次） 帮扶单位 结对共建"
        " 帮扶项目/名称 帮扶项目/计划资金（万元） 帮扶项目/已支出（万元）"
        " 班子/职数 班子/应配备 班子/已配备"
    )


def test_leaders_and_projects_stand_line_by_line_beside_the_rest(given, county_officer, county):
    first, second = rows_of(sheet_of(county_officer, county))
    assert (first["plan"], first["team_leader"], first["team_members"]) == (date(2026, 4, 28), "周某", "吴某")
    assert (first["first_name"], first["first_from"], first["first_to"]) == ("郑某", cast.TODAY, None)
    assert [(row["leader"], row["made"], row["owed"]) for row in (first, second)] == [
        ("王某", 1, 4),
        ("冯某", 0, 4),
    ]
    assert (first["units"], first["pairings"]) == ("县水利局", "大桥村（强村带弱村）")
    assert (first["project"], first["planned"], first["spent"]) == ("渠道清淤", 20, Decimal("3.5"))
    assert second["project"] == ""
    assert (first["posts"], first["needed"], first["filled"]) == (2, 2, 1)


def test_a_closed_case_still_says_how_many_visits_its_year_asked_for(given, county_officer, county):
    given.duties.filter(key="contact_visits").update(state="cancelled", ended_reason="验收合格，已销号")
    type(given).objects.filter(pk=given.pk).update(stage="tracking", closed_on=cast.TODAY)
    rows = rows_of(sheet_of(county_officer, county))
    assert [(row["made"], row["owed"]) for row in rows] == [(1, 4), (0, 4)]


def test_the_totals_add_money_and_visits_once(given, county_officer, county):
    sheet = sheet_of(county_officer, county)
    rows_of(sheet)
    foot = dict(zip([column.key for column in sheet.columns], sheet.foot(), strict=True))
    wanted = {"organization": "1个", "made": "1", "owed": "8", "planned": "20", "spent": "3.5", "posts": "2"}
    assert {key: foot[key] for key in wanted} == wanted


def test_it_is_called_what_the_scheme_calls_it(given, scheme, county_officer, county):
    sheet = sheet_of(county_officer, county)
    assert "“五个一”落实情况表" in sheet.title
    assert {column.group for column in sheet.columns} >= {"挂点领导", "第一书记"}
    scheme.support_name = "四个一"
    scheme.save()
    assert sheet_of(county_officer, county).title == "青禾县2026年整顿软弱涣散基层党组织“四个一”落实情况表"


def test_the_filter_finds_cases_that_lack_something(given, empty_case, county_officer, county):
    def found(lacks):
        rows = rows_of(sheet_of(county_officer, county, lacks=lacks))
        return list(dict.fromkeys(row["organization"] for row in rows))

    assert found("plan") == found("first_secretary") == [empty_case.organization.short_name]
    assert found("committee") == [given.organization.short_name, empty_case.organization.short_name]


def test_another_countys_cases_are_not_in_it(given, foreign_case, other_county_officer, other_county):
    rows = rows_of(sheet_of(other_county_officer, other_county))
    assert {row["organization"] for row in rows} == {foreign_case.organization.short_name}


def test_many_cases_cost_no_more_queries_than_one(given, scheme, township, county_officer, county):
    def asked():
        with CaptureQueriesContext(connection) as found:
            rows_of(sheet_of(county_officer, county))
        return len(found)

    asked()
    few = asked()
    for number in range(4):
        village = cast.village_in(township, f"新{number}村委会", f"99012110130{number}")
        case = case_at(scheme, village, county_officer)
        put_on(case, "leader", f"领导{number}")
        Project.objects.create(case=case, name="项目", planned=1)
    assert asked() == few


def test_a_county_with_funds_and_no_project_is_a_line_of_the_funds(
    given, county, city, city_reviewer, other_county
):
    SupportFund.objects.create(organization=county, year=cast.YEAR, amount=100)
    SupportFund.objects.create(organization=other_county, year=cast.YEAR, amount=50)
    sheet = sheet_of(city_reviewer, city, "support_funds")
    rows = rows_of(sheet)
    assert [(row["name"], row["amount"], row["project"], row["planned"], row["state"]) for row in rows] == [
        (county.short_name, 100, "渠道清淤", 20, "进行中"),
        (county.short_name, 100, "广场", None, "已取消"),
        (other_county.short_name, 50, "", None, ""),
    ]
    foot = dict(zip([column.key for column in sheet.columns], sheet.foot(), strict=True))
    assert (foot["amount"], foot["planned"], foot["project"]) == ("150", "20", "2个")
    assert county.level == Level.COUNTY
