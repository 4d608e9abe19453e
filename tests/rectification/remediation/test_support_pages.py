"""The things of support on their pages: offered, refused in words, nothing typed lost, few queries."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.record_models import LeaderPost
from organizations.rules import Level
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Pairing, Project, SupportFund
from tests.cast import TODAY, place, village_in


def page_of(case):
    return f"{case.get_absolute_url()}?tab=support"


def test_the_tab_says_which_of_the_five_are_in_place(case, county_officer, as_post):
    told = as_post(county_officer).get(page_of(case)).content.decode()
    assert "拿一套整顿方案" in told and "建一个坚强班子" in told
    assert "班子职务未登记" in told and "登记帮扶项目" in told


def test_a_reader_sees_no_buttons(case, city_reviewer, as_post):
    told = as_post(city_reviewer).get(page_of(case)).content.decode()
    assert reverse("remediation:project_add", args=[case.uid]) not in told and "帮扶项目" in told


def test_a_partner_of_the_county_is_linked_and_any_other_is_named(
    case, other_county, county_officer, as_post
):
    far = place("望江镇", Level.TOWNSHIP, other_county, code="990122109")
    village_in(far, "沙洲村委会", "990122109201")
    strong = village_in(case.township, "大桥村委会", "990121101299")
    url = reverse("remediation:pairing_add", args=[case.uid])
    browser = as_post(county_officer)
    asked = browser.get(url).content.decode()
    name = f"大桥村（{case.township.short_name}）"
    assert name in asked and "沙洲村" not in asked
    sent = {"partner_name": name, "form": "强村带弱村", "from_on": "2026-5-20"}
    assert browser.post(url, sent).status_code == 302
    browser.post(url, sent | {"partner_name": "外省某村"})
    assert [(one.partner_id, one.partner_name) for one in Pairing.objects.order_by("pk")] == [
        (strong.pk, "大桥村"),
        (None, "外省某村"),
    ]


def test_spending_above_what_arrived_comes_back_with_everything_typed(case, township_officer, as_post):
    url = reverse("remediation:project_add", args=[case.uid])
    sent = {"name": "文化广场", "planned": "20", "arrived": "8", "spent": "9", "progress": "正在平整"}
    answer = as_post(township_officer).post(url, sent)
    told = answer.content.decode()
    assert answer.status_code == 422 and "差1万元" in told and "正在平整" in told
    assert not Project.objects.exists()


def test_more_than_planned_is_kept_and_said(case, township_officer, as_post):
    url = reverse("remediation:project_add", args=[case.uid])
    answer = as_post(township_officer).post(
        url, {"name": "文化广场", "planned": "5", "arrived": "8"}, follow=True
    )
    assert "追加、配套的可以保留" in answer.content.decode()
    assert Project.objects.get().arrived == 8


def test_two_who_change_a_project_see_both_versions(case, township_officer, county_officer, as_post):
    project = Project.objects.create(case=case, name="道路硬化", planned=Decimal(20))
    url = reverse("remediation:project", args=[project.uid])
    sent = {"name": "道路硬化", "planned": "20", "arrived": "10", "_version": "1"}
    assert as_post(county_officer).post(url, sent).status_code == 302
    answer = as_post(township_officer).post(url, sent | {"arrived": "6"})
    told = answer.content.decode()
    assert answer.status_code == 422 and "已被他人修改" in told and "<td>10</td><td>6</td>" in told


def test_a_unit_that_stays_is_told_beside_the_document(case, county_officer, as_post):
    unit = HelpingUnit.objects.create(case=case, name="县水利局", from_on=TODAY)
    url = reverse("remediation:helping_unit_end", args=[unit.uid])
    sent = {"to_on": "2026-5-20", "end_reason": "想换一个"}
    answer = as_post(county_officer).post(url, sent)
    assert answer.status_code == 422 and "不换点、不撤离" in answer.content.decode()
    assert as_post(county_officer).post(url, sent | {"end_document": "青组〔2026〕9号"}).status_code == 302


def test_vacant_posts_are_offered_and_settled_from_the_file(case, township_officer, as_post):
    post = LeaderPost.objects.create(
        organization=case.organization, title="党支部书记", secretary=True, since_on=date(2025, 11, 1)
    )
    browser = as_post(township_officer)
    assert "列入限期选配" in browser.get(page_of(case)).content.decode()
    browser.post(
        reverse("remediation:committee_vacancies", args=[case.uid]),
        {"posts": [str(post.uid)], "limit_on": "2026-6-30"},
    )
    need = CommitteeNeed.objects.get()
    url = reverse("remediation:committee_need", args=[need.uid])
    assert "大学生村官" in browser.get(url).content.decode()
    browser.post(url, {"holder": "吴某", "settled_on": "2026-5-20", "origin": "大学生村官"})
    post.refresh_from_db()
    assert post.holder == "吴某"
    told = browser.get(page_of(case)).content.decode()
    assert "已配齐、已调整的职务（1）" in told and "2026年5月20日" in told and "1职配齐" in told


def test_the_funds_of_a_county_stand_beside_its_projects(
    case, county, county_officer, city_reviewer, as_post
):
    Project.objects.create(
        case=case, name="道路硬化", planned=Decimal(20), arrived=Decimal(8), spent=Decimal(3)
    )
    Project.objects.create(case=case, name="广场", planned=5, arrived=1, cancelled_reason="调整")
    url = f"{reverse('remediation:support_fund', args=[county.uid])}?year=2026"
    sent = {"amount": "120.5", "document": "青财〔2026〕3号"}
    assert as_post(county_officer).post(url, sent | {"_version": "0"}).status_code == 302
    told = as_post(city_reviewer).get(reverse("remediation:support_funds")).content.decode()
    assert "120.5" in told and ">20<" in told and ">9<" in told
    assert as_post(city_reviewer).post(url, sent).status_code == 422
    assert SupportFund.objects.get().amount == Decimal("120.5")


def fill(case, number):
    for one in range(number):
        HelpingUnit.objects.create(case=case, name=f"单位{one}", from_on=TODAY)
        Project.objects.create(case=case, name=f"项目{one}", planned=1)
        LeaderPost.objects.create(organization=case.organization, title=f"委员{one}", since_on=TODAY)


def queries(browser, url):
    with CaptureQueriesContext(connection) as found:
        browser.get(url)
    return len(found)


def test_the_tab_asks_as_much_of_many_rows_as_of_few(case, county_officer, as_post):
    browser = as_post(county_officer)
    fill(case, 1)
    browser.get(page_of(case))
    few = queries(browser, page_of(case))
    fill(case, 6)
    assert queries(browser, page_of(case)) == few
