"""县汇总表 and 党内统计表: hand-counted numbers of several villages, and the list behind every single cell."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.history import as_of
from organizations.models import Organization
from rectification.cases.models import Case, CaseMember
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Training
from reports.ledgers import LEDGERS, OutOfScope, Selection
from reports.sheet import live
from tests import cast
from tests.conftest import make_case
from tests.rectification.remediation.target_steps import progress, start
from tests.reports.conftest import problem_of

pytestmark = pytest.mark.django_db
SUMMARY, STATISTICS = LEDGERS["county_summary"], LEDGERS["party_statistics"]


def asked(post, unit):
    return Selection(post, unit, cast.YEAR, {})


def rows_of(ledger, post, unit):
    """The drawn sheet's rows by their first word, each by the columns' keys."""
    sheet = live(ledger, asked(post, unit), today=cast.TODAY)
    keys = [column.key for column in sheet.columns]
    rows = [dict(zip(keys, row.values, strict=True)) for row in sheet.rows]
    return {row["organization"]: row for row in rows}


def changed(case, **facts):
    Case.objects.filter(pk=case.pk).update(**facts)
    return case


def need(case, **facts):
    facts = {"secretary": True, "title": "书记", "kind": "vacant", "from_start": True} | facts
    return CommitteeNeed.objects.create(case=case, since_on=cast.TODAY, limit_on=cast.TODAY, **facts)


def put_on(case, kind, name, **facts):
    facts = {"from_on": cast.TODAY} | facts
    return CaseMember.objects.create(case=case, kind=kind, name=name, unit="县水利局", **facts)


@pytest.fixture
def year(
    scheme,
    village,
    other_village,
    community,
    county,
    other_township,
    foreign_village,
    county_officer,
    other_county,
    other_county_officer,
    township_officer,
):
    """Two villages and a community of one county, a village of another; a case withdrawn and one of another year."""
    criteria = list(scheme.criteria.order_by("order"))
    Organization.objects.filter(pk=village.pk).update(poor_village=True)
    first = make_case(scheme, village, county, county_officer, national_type=1)
    second = make_case(scheme, other_village, county, county_officer, national_type=8, primary=criteria[7])
    third = make_case(scheme, community, county, county_officer, source="carried")
    far = make_case(scheme, foreign_village, other_county, other_county_officer, national_type=1)
    gone = cast.village_in(other_township, "退出村委会", "990121201209")
    changed(make_case(scheme, gone, county, county_officer, national_type=1), stage="withdrawn")
    changed(second, stage="tracking", outcome="pass", closed_on=cast.TODAY)
    changed(third, stage="carried", outcome="fail")
    _support(first, second, third, far)
    problem_of(first, 1, "书记空缺", "选配书记")
    problem_of(first, 2, "村务不公开", "公开", closed_on=cast.TODAY)
    problem_of(third, 1, "矛盾多", "化解", closed_on=cast.TODAY)
    drive = start(county_officer, first, third)
    progress(drive, first, county_officer, found=5, solved=4, transferred=2, number="3号")
    return {"first": first, "second": second, "third": third, "far": far}


def _support(first, second, third, far):
    need(first, settled_on=cast.TODAY, holder="钱某")
    need(third, kind="replace")
    need(third, from_start=False)
    need(first, title="委员", secretary=False)
    need(first, withdrawn_reason="重复")
    for level, secretary, withdrawn in (
        ("county", True, ""),
        ("township", True, ""),
        ("county", False, ""),
        ("county", True, "重复"),
    ):
        Training.objects.create(
            case=first,
            person="钱某",
            secretary=secretary,
            on=cast.TODAY,
            level=level,
            title="书记培训",
            withdrawn_reason=withdrawn,
        )
    for case in (first, third):
        put_on(case, "leader", "王某")
        HelpingUnit.objects.create(case=case, name="县水利局", from_on=cast.TODAY)
    put_on(first, "team", "郑某")
    put_on(first, "team", "吴某")
    put_on(first, "first_secretary", "郑某")
    put_on(first, "first_secretary", "前任", from_on=date(2026, 1, 1), to_on=cast.TODAY - timedelta(days=1))
    put_on(far, "first_secretary", "外县某")


WANTED = {
    "checked": (3, 2, 1), "poor": (1, 1, 0), "turned": (1, 1, 0), "type_1": (1, 1, 0), "type_8": (1, 1, 0),
    "vacant": (1, 1, 0), "filled": (1, 1, 0), "unfit": (1, 0, 1), "replaced": (0, 0, 0), "trained": (2, 2, 0),
    "trained_county": (1, 1, 0), "units": (2, 1, 1), "leaders": (2, 1, 1), "first_secretaries": (1, 1, 0),
    "cadres": (1, 1, 0), "campaigns": (2, 1, 1), "solved": (6, 5, 1), "dealt_with": (2, 2, 0),
}  # fmt: skip


def test_the_statistics_are_the_numbers_counted_by_hand(year, county_officer, county):
    rows = rows_of(STATISTICS, county_officer, county)
    assert list(rows) == ["总计", "村", "社区"]
    found = {key: tuple(rows[name][key] for name in rows) for key in rows["总计"] if key != "organization"}
    assert len(found) == 26
    assert {key: found[key] for key in WANTED} == WANTED
    assert all(found[key] == (0, 0, 0) for key in found if key not in WANTED)


def test_the_twenty_six_columns_stand_in_their_groups():
    said = [f"{one.group}/{one.title}" for one in STATISTICS.columns[1:]]
    assert [said[0], said[2], said[3], said[12]] == [
        "排查整顿/排查数",
        "排查整顿/整顿提升数",
        "主要类型/班子配备不齐、书记长期缺职、工作停滞",
        "主要类型/服务意识差、能力弱、群众意见大",
    ]
    assert said[13:] == [
        *(f"调整培训书记/{t}" for t in ("年初缺配数", "已选配", "年初需调整数", "已调整", "培训人次")),
        "调整培训书记/其中县级及以上",
        *(f"整顿措施/{t}" for t in ("结对帮扶单位", "挂点联系领导", "选派第一书记", "选派驻村干部")),
        *(f"解决问题/{t}" for t in ("专项整治", "解决各类问题", "查处违纪违法")),
    ]  # fmt: skip


def test_the_summary_has_a_row_for_each_unit_right_below(year, city_reviewer, city, county_officer, county):
    rows = rows_of(SUMMARY, city_reviewer, city)
    assert [(name, row["determined"]) for name, row in rows.items()] == [
        ("青禾县", 3),
        ("东陵县", 1),
        ("合计", 4),
    ]
    own = rows["青禾县"]
    assert (own["organizations"], own["organizations_village"], own["organizations_community"]) == (4, 3, 1)
    assert (own["type_1"], own["type_8"]) == (2, 1)
    assert (own["new"], own["carried_in"], own["mid_year"]) == (2, 1, 0)
    assert (own["problems"], own["solved"]) == (3, 2)
    assert (own["passed"], own["basic"], own["failed"], own["carried_over"]) == (1, 0, 1, 1)
    towns = rows_of(SUMMARY, county_officer, county)
    assert [(name, row["determined"]) for name, row in towns.items()] == [
        ("柳溪镇", 3),
        ("白岩乡", 0),
        ("合计", 3),
    ]


@pytest.mark.parametrize("ledger", [SUMMARY, STATISTICS], ids=["summary", "statistics"])
def test_every_number_is_the_length_or_the_sum_of_the_list_behind_it(year, ledger, city_reviewer, city):
    selection = asked(city_reviewer, city)
    sheet = live(ledger, selection, today=cast.TODAY)
    keys = [column.key for column in sheet.columns]
    known = {figure.key for figure in ledger.counted.figures(selection)}
    compared = 0
    for row in list(sheet.rows):
        for key, number in zip(keys, row.values, strict=True):
            if key in known:
                behind = ledger.counted.behind(selection, row.parts[0], key)
                assert sum(record["weight"] for record in behind.records) == number, (row.parts, key)
                compared += 1
    assert compared >= 72


def test_a_drill_page_names_what_was_counted_and_nothing_of_another_county(
    year, county_officer, county, as_post
):
    browser = as_post(county_officer)
    page = browser.get(reverse("reports:ledger", args=["party_statistics"])).content.decode()
    address = f"{reverse('reports:drill', args=['party_statistics'])}?unit={county.uid}&amp;year={cast.YEAR}"
    assert f'{address}&amp;row=total&amp;cell=first_secretaries">1</a>' in page
    behind = browser.get(f"{address}&row=total&cell=first_secretaries".replace("&amp;", "&")).content.decode()
    assert "郑某" in behind and "石桥村" in behind and "外县某" not in behind and "前任" not in behind
    cases = browser.get(f"{address}&row=total&cell=checked".replace("&amp;", "&")).content.decode()
    assert all(name in cases for name in ("石桥村", "枫林村", "河街社区")) and "退出村" not in cases


def test_there_is_no_drilling_into_another_county_nor_into_a_cell_that_is_not(
    year, county_officer, other_county, as_post
):
    browser, url = as_post(county_officer), reverse("reports:drill", args=["party_statistics"])
    assert browser.get(url, {"row": "total", "cell": "checked", "unit": other_county.uid}).status_code == 404
    for wrong in ({"row": "no", "cell": "checked"}, {"row": "total", "cell": "no"}):
        assert browser.get(url, wrong).status_code == 404
    assert browser.get(reverse("reports:drill", args=["work"]), {"row": "total"}).status_code == 404
    with pytest.raises(OutOfScope):
        STATISTICS.counted.behind(asked(county_officer, other_county), "total", "checked")


def test_cases_without_a_statistical_type_are_named_above_the_table(year, county_officer, as_post):
    page = as_post(county_officer).get(reverse("reports:ledger", args=["party_statistics"])).content.decode()
    assert "有 1 个整顿对象还没有选定统计主要类型" in page
    where = reverse("cases:national_type", args=[year["third"].uid])
    assert f'<a href="{where}">河街社区</a>' in page


def test_the_type_that_was_left_open_is_chosen_by_whoever_determines(
    year, county_officer, township_officer, other_county_officer, county, as_post
):
    third = year["third"]
    where = reverse("cases:national_type", args=[third.uid])
    assert as_post(other_county_officer).get(where).status_code == 404
    assert "由青禾县委组织部选定" in as_post(township_officer).get(where).content.decode()
    typed = {"national_type": "3", "_version": str(third.version)}
    assert as_post(township_officer).post(where, typed).status_code == 422
    assert as_post(county_officer).post(where, {"national_type": "11"}).status_code == 422
    assert as_post(county_officer).post(where, typed).status_code == 302
    assert rows_of(STATISTICS, county_officer, county)["社区"]["type_3"] == 1
    assert (
        "已被他人修改" in as_post(county_officer).post(where, typed | {"national_type": "4"}).content.decode()
    )


def test_nobody_rectified_is_a_form_of_noughts(scheme, county_officer, county):
    rows = rows_of(STATISTICS, county_officer, county)
    assert {value for row in rows.values() for key, value in row.items() if key != "organization"} == {0}


def test_more_cases_cost_no_more_queries(year, scheme, other_township, county, county_officer):
    def cost(ledger):
        with CaptureQueriesContext(connection) as found:
            rows_of(ledger, county_officer, county)
        return len(found)

    few = cost(SUMMARY), cost(STATISTICS)
    for number in range(3):
        village = cast.village_in(other_township, f"新{number}村委会", f"99012120130{number}")
        case = make_case(scheme, village, county, county_officer)
        put_on(case, "leader", f"领导{number}")
        problem_of(case, 1, "问题", "措施")
    assert (cost(SUMMARY), cost(STATISTICS)) == few


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_the_statistics_of_a_past_moment_and_their_lists(scheme, village, county, county_officer):
    case = make_case(scheme, village, county, county_officer, national_type=1)
    before = timezone.now()
    changed(case, stage="tracking", outcome="pass", closed_on=timezone.localdate())
    assert rows_of(STATISTICS, county_officer, county)["总计"]["turned"] == 1
    with as_of(before):
        then = rows_of(STATISTICS, county_officer, county)["总计"]
        behind = STATISTICS.counted.behind(asked(county_officer, county), "total", "turned")
    assert (then["checked"], then["turned"], behind.records) == (1, 0, [])
