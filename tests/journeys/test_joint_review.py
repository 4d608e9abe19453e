"""扶风: no quota; five departments are asked, one objects, one keeps silent; the standing committee decides; the list
is published and filed with the city; in mid-year one comes and one goes. By HTTP, each in the own post."""

import re
from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.schemes import actions as schemes
from rectification.survey import actions, joint_duties
from rectification.survey.joint_models import JointReview, Objection
from rectification.survey.models import Assessment, Survey
from tests import cast
from tests.cast import SHANGHAI, YEAR, PostClient

pytestmark = pytest.mark.django_db
DEPARTMENTS = {
    "jiwei": "县纪委监委",
    "nongye": "农业农村局",
    "xinfang": "县信访局",
    "minzheng": "县民政局",
    "zhengfa": "县委政法委",
}
CHAIN = (
    ("部门联合审查", "county", "county_officer", "joint", False),
    ("县委组织部研判审核", "county", "county_officer", "handle", False),
    ("县委常委会审定", "county", "county_officer", "record", True),
    ("在一定范围内公布", "county", "county_officer", "publish", False),
    ("报市委组织部备案", "city", "city_reviewer", "handle", False),
)
NAMES = ("石桥村", "枫林村", "青山村", "白马村")


class Desk:
    """Everybody's browser, the clock, and the survey."""

    def __init__(self, clock, posts):
        self.clock, self.posts = clock, posts

    def on(self, month, day):
        self.clock.move_to(datetime(YEAR, month, day, 9, tzinfo=SHANGHAI))

    def get(self, who, address):
        response = PostClient(self.posts[who]).get(address)
        assert response.status_code == 200, (who, address, response.status_code)
        return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.content.decode()))

    def tries(self, who, address, **data):
        return PostClient(self.posts[who]).post(address, data)

    def send(self, who, address, **data):
        response = self.tries(who, address, **data)
        words = re.sub("<[^>]+>", " ", response.content.decode())
        assert response.status_code == 302, (
            who,
            address,
            response.status_code,
            " ".join(words.split())[-2500:],
        )
        return response["Location"]


def url(name, one):
    return reverse(f"survey:{name}", args=[one.uid])


@pytest.fixture
def desk(clock, city, county, township, city_reviewer, county_officer, township_officer, villages):
    posts = {"shi": city_reviewer, "xian": county_officer, "zhen": township_officer}
    for username, name in DEPARTMENTS.items():
        posts[username] = cast.post_at(county, Role.DEPARTMENT, username, department=name)
    return Desk(clock, posts)


@pytest.fixture
def villages(township):
    return [
        cast.village_in(township, f"{name}委会", f"{township.code}2{n:02}") for n, name in enumerate(NAMES)
    ]


@pytest.fixture
def survey(desk, county):
    """The county's own scheme after 扶风 with its whole chain; its township has scored three villages."""
    desk.on(3, 1)
    officer, now = desk.posts["xian"], datetime(YEAR, 3, 1, 9, tzinfo=SHANGHAI)
    scheme = schemes.create_from_preset(
        preset_key="b_fufeng_2023", issuer=county, year=YEAR, by=officer, at=now
    )
    cast.determination_chain(scheme, CHAIN)
    duties.start_year(scheme_id=scheme.pk, by=officer, at=now)
    scheme.refresh_from_db()
    survey = actions.open_survey(scheme=scheme, holder=county, by=officer, at=now)
    for name in NAMES[:3]:
        row = Assessment.objects.get(survey=survey, organization__short_name=name)
        found = {1: (Decimal(0), f"{name}班子不团结"), 2: (Decimal(0), f"{name}组织生活不正常")}
        actions.save_findings(
            assessment_id=row.pk, deductions=found, by=desk.posts["zhen"], at=now, version=row.version
        )
    proposed = Assessment.objects.filter(survey=survey, findings__isnull=False).values_list("pk", flat=True)
    actions.submit_township(survey_id=survey.pk, by=desk.posts["zhen"], at=now, proposed=list(set(proposed)))
    actions.freeze(survey_id=survey.pk, by=officer, at=now)
    survey.refresh_from_db()
    return survey


def row(survey, name):
    return Assessment.objects.get(survey=survey, organization__short_name=name)


def choice(survey, orders):
    """What the ranking sends: three villages, each as one of the criteria it meets."""
    sent = {"chosen": [str(row(survey, name).uid) for name in orders]}
    for name, order in orders.items():
        sent[f"primary-{row(survey, name).uid}"] = str(survey.scheme.criteria.get(order=order).pk)
    return sent


def test_from_joint_review_to_the_city_and_through_the_year(desk, survey):
    list_goes_up(desk, survey)
    five_are_asked(desk, survey)
    four_answer(desk, survey)
    objection_and_silence(desk, survey)
    returned_once(desk, survey)
    standing_committee(desk, survey)
    published(desk, survey)
    filed(desk, survey)
    one_comes_one_goes(desk, survey)


def list_goes_up(desk, survey):
    desk.on(3, 5)
    page = desk.get("xian", url("ranking", survey))
    assert "没有安排" not in page
    where = desk.send("xian", url("propose", survey), **choice(survey, dict.fromkeys(NAMES[:3], 1)))
    assert "现由青禾县办理“部门联合审查”" in desk.get("xian", where)


def five_are_asked(desk, survey):
    early = desk.tries("xian", url("ask", survey), others="县信访局", answer_by_on="2026-3-1")
    assert early.status_code == 422
    desk.send(
        "xian",
        url("ask", survey),
        named=["县纪委监委", "农业农村局"],
        others="县信访局\n县民政局\n县委政法委",
        answer_by_on="2026年3月12日",
    )
    assert Duty.objects.filter(key="joint_opinion").open().count() == 5


def four_answer(desk, survey):
    desk.on(3, 9)
    joint = JointReview.objects.get()
    bench = desk.get("jiwei", reverse("reports:workbench"))
    assert "对 3 个拟整顿对象反馈意见" in bench
    page = desk.get("jiwei", url("joint_review", joint))
    assert "柳溪镇石桥村" in page and "班子不团结" in page and "白马村" not in page and "得分" not in page
    desk.send("jiwei", url("joint_review", joint), rest="1")
    against = row(survey, "枫林村").uid
    said = {f"stance-{against}": "objects", f"reason-{against}": "该村产业项目正在验收，建议暂缓"}
    desk.send("nongye", url("joint_review", joint), rest="1", **said)
    desk.send("xinfang", url("joint_review", joint), rest="1", **{f"stance-{against}": "unknown"})
    desk.send("minzheng", url("joint_review", joint), rest="1")
    assert Duty.objects.filter(key="joint_opinion").open().get().department == "县委政法委"
    assert "建议暂缓" not in desk.get("minzheng", url("joint_review", joint))


def objection_and_silence(desk, survey):
    desk.on(3, 14)
    joint = JointReview.objects.get()
    joint_duties.note_silence(today=datetime(YEAR, 3, 14).date(), at=datetime.now(SHANGHAI))
    bench = desk.get("xian", reverse("reports:workbench"))
    assert "部门意见不一 1 件" in bench and "逾期未反馈 1 件" in bench
    board = desk.get("xian", url("joint_review", joint))
    assert "县委政法委对 3 个拟整顿对象还没有反馈意见（逾期 2 天）" in board
    refused = desk.tries("xian", url("joint_close", joint), silence_reason="已催办", _version=joint.version)
    assert refused.status_code == 422 and "部门意见不一" in refused.content.decode()
    desk.send(
        "xian",
        url("joint_settle", joint),
        candidate=str(row(survey, "枫林村").uid),
        how="会同农业农村局到村核实，班子问题属实，予以保留",
        settled_on="2026-3-13",
    )
    silent = desk.tries("xian", url("joint_close", joint), silence_reason="", _version=joint.version)
    assert silent.status_code == 422
    desk.send("xian", url("joint_close", joint), silence_reason="两次催办未复", _version=joint.version)
    assert not Duty.objects.filter(key__startswith="joint_").open().exists()


def returned_once(desk, survey):
    desk.on(3, 16)
    survey.refresh_from_db()
    review, one = survey.review, row(survey, "青山村")
    address = url("determination", review)
    assert "县委政法委未反馈，理由：两次催办未复" in desk.get("xian", address)
    empty = desk.tries("xian", url("return_list", review), reason="")
    assert empty.status_code == 422
    desk.send("xian", url("return_list", review), reason="主要类型不准", about=[str(one.uid)])
    types = {"石桥村": 1, "枫林村": 1, "青山村": 2}
    desk.send("xian", url("propose", survey), **choice(survey, types))
    page = desk.get("xian", address)
    assert "现由青禾县办理“县委组织部研判审核”" in page
    assert "有改动：主要类型" in page and page.count("有改动") == 1 and "（涉及：柳溪镇青山村）" in page
    said = {f"item-{one.uid}": "组织生活半年未开展，同意列入"}
    desk.send("xian", address, opinion="同意提请常委会", **said)


def standing_committee(desk, survey):
    desk.on(3, 18)
    address = url("determination", survey.review)
    lacking = desk.tries("xian", address, body="县委常委会", decided_on="2026-3-17", document="")
    assert lacking.status_code == 422 and not Case.objects.exists()
    desk.send("xian", address, body="县委常委会", decided_on="2026-3-17", document="青常纪〔2026〕4号")
    assert Case.objects.count() == 3
    assert set(Case.objects.values_list("minutes", flat=True)) == {"青常纪〔2026〕4号"}
    assert Case.objects.get(organization__short_name="青山村").primary.order == 2
    assert desk.tries("xian", address, body="县委", decided_on="2026-3-17", document="1").status_code == 422
    assert Case.objects.count() == 3


def published(desk, survey):
    desk.on(3, 19)
    given = {"place": "各村党务公开栏", "starts_on": "2026-3-19", "ends_on": "2026-3-18"}
    wrong = desk.tries("xian", url("publish", survey), **given)
    assert wrong.status_code == 422 and "早于开始日期" in wrong.content.decode()
    where = desk.send("xian", url("publish", survey), **given | {"ends_on": "2026-3-25"})
    survey.refresh_from_db()
    one, about = survey.publicity, str(row(survey, "石桥村").uid)
    desk.send("xian", url("object_to", one), assessment=about, text="班子已配齐", raised_on="2026-3-19")
    objection = Objection.objects.get()
    desk.on(3, 26)
    desk.send("xian", url("publicity_close", one), _version=one.version)  # says why not
    one.refresh_from_db()
    assert one.closed_at is None
    desk.send(
        "xian",
        url("handle_objection", objection),
        handling="到村核实，仍缺支部委员一名",
        handled_on="2026-3-24",
        upheld="no",
    )
    assert "不成立" in desk.get("xian", where)
    desk.send("xian", url("publicity_close", one), _version=one.version)
    survey.review.refresh_from_db()
    assert survey.review.at_role == "city_reviewer"


def filed(desk, survey):
    desk.on(3, 27)
    address = url("determination", survey.review)
    late = desk.tries("shi", url("return_list", survey.review), reason="再核")
    assert late.status_code == 422 and "名单不再退回" in late.content.decode()
    desk.send("shi", address, opinion="已备案")
    survey.review.refresh_from_db()
    assert survey.review.state == "passed"
    assert desk.tries("shi", address, opinion="再备案").status_code == 422


def one_comes_one_goes(desk, survey):
    desk.on(7, 1)
    unit = row(survey, "白马村").organization
    criterion = survey.scheme.criteria.get(order=1)
    decision = {"body": "县委常委会", "decided_on": "2026-6-30", "document": "青常纪〔2026〕9号"}
    address = f"{url('add_case', survey)}?organization={unit.uid}"
    desk.send("xian", address, criteria=["1"], primary=str(criterion.pk), reason="书记被查处", **decision)
    case = Case.objects.get(organization__short_name="石桥村")
    desk.send("xian", url("withdraw_case", case), reason="并入枫林村", merged="on", **decision)
    case.refresh_from_db()
    assert case.stage == "withdrawn" and not case.duties.open().exists()
    assert Case.objects.get(organization=unit).source == "mid_year"
    page = desk.get("xian", url("changes", survey))
    assert "年中增列" in page and "退出整顿" in page
    assert Survey.objects.get().assessments.filter(chosen=True).count() == 3
