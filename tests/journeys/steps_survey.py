"""March: the counties survey, townships score, the county ranks, proposes and records what was determined."""

from decimal import Decimal

from django.utils import timezone

from accounts.roles import Role
from rectification.cases.models import Case
from rectification.survey import actions
from rectification.survey.models import Assessment, Survey
from tests import cast
from tests.journeys.office import LINXIANG, MILUO, PINGJIANG, YUEYANG, Office, said, share, unit

OFFICERS = {"pingjiang": PINGJIANG, "miluo": MILUO, "yueyang": YUEYANG, "linxiang": LINXIANG}
PLAIN = "会议记录不全，“三会一课”开展不经常"
LOW, BORDER = Decimal(8), Decimal(3)
TIED = 8


def open_surveys(office: Office) -> None:
    """Four counties open theirs; each page says the least number by the exact rule, as the test counts it."""
    office.on(3, 1)
    for officer, county in OFFICERS.items():
        office.send(officer, "survey:open", data={"base_on": "2026-3-1"})
        villages, communities = len(office.roster.villages(county)), len(office.roster.communities(county))
        if county == YUEYANG:
            communities += len(office.roster.others(YUEYANG))
        page = office.page(officer, "survey:list")
        lines = {line.of.title: (line.organizations, line.quota) for line in page.context["fields"]}
        assert lines == {
            "村": (villages, share(10, villages)),
            "社区": (communities, share(5, communities)),
        }, county
    assert share(10, len(office.roster.villages(PINGJIANG))) == 50
    assert share(5, len(office.roster.communities(PINGJIANG))) == 3
    twice = office.tries("pingjiang", "survey:open", data={"base_on": "2026-3-1"})
    assert twice.status_code == 422 and "不能重复开展" in twice.content.decode()


def plan_the_scores(office: Office) -> dict[str, Decimal]:
    """Deductions by village code: 45 clearly low, eight level at the border of the quota of 50, three communities."""
    villages = {town: [] for town in office.kept["towns"]}
    for code in office.roster.villages(PINGJIANG):
        villages[code[:9]].append(code)
    full = [codes for codes in villages.values() if len(codes) >= 4]
    low = [code for codes in full for code in codes[:2]] + [code for codes in full for code in codes[2:3]]
    low = low[:45]
    rest = [code for codes in full for code in codes[3:4]]
    scores = {code: LOW + number % 7 for number, code in enumerate(low)}
    scores |= dict.fromkeys(rest[:TIED], BORDER)
    scores |= dict.fromkeys(office.roster.communities(PINGJIANG)[:3], Decimal(5))
    office.kept["scores"], office.kept["low"] = scores, low
    office.kept["border"] = rest[:TIED]
    return scores


def townships_score(office: Office) -> None:
    """Three townships of 平江县 type into their sheets; the officers of the others act without a browser."""
    office.on(3, 5)
    scores = plan_the_scores(office)
    survey = Survey.objects.get(organization__code=PINGJIANG)
    office.kept["survey"] = survey
    for number, town in enumerate(office.kept["towns"]):
        own = {code: points for code, points in scores.items() if code.startswith(town)}
        if number < 3:
            _by_hand(office, survey, f"zhen{number}", own)
        else:
            _without_browser(office, survey, town, own)
    assert not survey.sheets.not_submitted().exists()
    heard = office.page("pingjiang", "accounts:inbox").content.decode()
    assert "已提交摸排评分" in heard


def _by_hand(office: Office, survey: Survey, officer: str, own: dict[str, Decimal]) -> None:
    page = office.page(officer, "survey:grid", survey.uid).context["page"]
    sent: dict[str, str] = {}
    for row in page.rows:
        uid = str(row.assessment.uid)
        points = own.get(row.assessment.organization.code)
        if points is None:
            continue
        sent |= {f"v-{uid}": str(row.assessment.version), f"p-{uid}-4": str(min(points, Decimal(6)))}
        sent |= {f"w-{uid}-4": PLAIN, f"p-{uid}-7": str(max(points - 6, Decimal(0)))}
        sent[f"w-{uid}-7"] = "村务公开栏更新不及时" if points > 6 else ""
    office.send(officer, "survey:grid", survey.uid, data=sent)
    wrong = dict(sent) | {next(key for key in sent if key.startswith("p-")): "十五"}
    page = office.tries(officer, "survey:grid", survey.uid, data=wrong)
    assert page.status_code == 422 and "不是数字" in page.content.decode()
    proposed = [str(row.uid) for row in _rows(survey, own)]
    office.send(officer, "survey:submit", survey.uid, data={"proposed": proposed})
    late = office.tries(officer, "survey:grid", survey.uid, data=wrong)
    assert "评分已提交，不能再修改" in late.content.decode()


def _rows(survey: Survey, own: dict[str, Decimal]) -> list[Assessment]:
    return list(
        Assessment.objects.of(survey).filter(organization__code__in=own).select_related("organization")
    )


def _without_browser(office: Office, survey: Survey, town: str, own: dict[str, Decimal]) -> None:
    post = cast.post_at(unit(town), Role.TOWNSHIP_OFFICER, f"z{town}")
    for row in _rows(survey, own):
        found = (
            {4: (own[row.organization.code], PLAIN)}
            if own[row.organization.code] <= 10
            else {
                4: (Decimal(10), PLAIN),
                7: (own[row.organization.code] - 10, "村务公开不经常"),
            }
        )
        actions.save_findings(
            assessment_id=row.pk, deductions=found, by=post, at=timezone.now(), version=row.version
        )
    actions.submit_township(survey_id=survey.pk, by=post, at=timezone.now())


def county_ranks(office: Office) -> None:
    """Scoring is closed; the lowest 45 are in by rank, the eight level at the border share the five seats left."""
    office.on(3, 8)
    survey = office.kept["survey"]
    office.send("pingjiang", "survey:freeze", survey.uid, data={"reason": ""})
    groups = {board.group.of.title: board.group for board in _boards(office, survey)}
    villages = groups["村"].selection
    assert (villages.quota, villages.tie_seats, len(villages.ties)) == (50, 5, TIED)
    listed = {row.assessment.organization.code: row.place for row in groups["村"].rows if row.place.listed}
    assert set(listed) == {*office.kept["low"], *office.kept["border"]}
    assert {code for code, place in listed.items() if place.tied} == set(office.kept["border"])
    assert all(100 - place.deducted == place.score for place in listed.values())
    assert (groups["社区"].selection.quota, len(groups["社区"].selection.listed)) == (3, 3)


def _boards(office: Office, survey: Survey):
    return office.page("pingjiang", "survey:ranking", survey.uid).context["boards"]


def county_proposes(office: Office) -> None:
    """Choosing five of the eight that are level needs a reason; with it the list goes up."""
    office.on(3, 10)
    survey, sent = office.kept["survey"], {"chosen": []}
    keep = {*office.kept["low"], *office.kept["border"][:5]}
    for board in _boards(office, survey):
        for line in board.lines:
            row = line.row.assessment
            if board.group.of.title == "社区" or row.organization.code in keep:
                sent["chosen"].append(str(row.uid))
                sent[f"primary-{row.uid}"] = str(line.primary)
    assert len(sent["chosen"]) == 53
    refused = office.tries("pingjiang", "survey:propose", survey.uid, data=sent)
    assert refused.status_code == 422
    assert "只认定其中 5 个须写明择定理由" in said(refused)
    sent["tie_reason"] = "经联合研判，择定问题较突出的五个村"
    office.send("pingjiang", "survey:propose", survey.uid, data=sent)
    survey.refresh_from_db()
    assert survey.state == "proposed"


def decision_is_recorded(office: Office) -> None:
    """登记决定 with body, date and document; 53 organizations become cases that owe a plan by 30 April."""
    office.on(3, 12)
    survey = office.kept["survey"]
    survey.refresh_from_db()
    page = office.tries(
        "pingjiang", "survey:determination", survey.review.uid, data={"body": "县委组织部部务会"}
    )
    assert page.status_code == 422
    given = {"body": "县委组织部部务会", "decided_on": "2026年3月11日", "document": "部务纪要〔2026〕4号"}
    office.send("pingjiang", "survey:determination", survey.review.uid, data=given)
    cases = Case.objects.filter(county__code=PINGJIANG)
    assert cases.count() == 53 and set(cases.values_list("stage", flat=True)) == {"remediation"}
    assert set(cases.values_list("minutes", flat=True)) == {"部务纪要〔2026〕4号"}
    assert {str(day) for day in cases.values_list("next_due_on", flat=True)} == {"2026-04-30"}
    first, second = office.kept["low"][:2]
    office.kept["chosen"] = list(cases.values_list("organization__code", flat=True))
    office.kept["good"] = cases.get(organization__code=first)
    office.kept["bad"] = cases.get(organization__code=second)
    assert office.kept["good"].rank >= 1 and office.kept["good"].national_type == 4


def neighbour_determines_fewer(office: Office) -> None:
    """汨罗市 found only one weak village: fewer than 15 needs a reason and the superior's recorded consent."""
    survey = Survey.objects.get(organization__code=MILUO)
    row = Assessment.objects.of(survey).filter(organization__code=office.roster.villages(MILUO)[0]).get()
    town = cast.post_at(unit(office.roster.villages(MILUO)[0][:9]), Role.TOWNSHIP_OFFICER, "miluozhen")
    found = {4: (Decimal(7), PLAIN)}
    actions.save_findings(
        assessment_id=row.pk, deductions=found, by=town, at=timezone.now(), version=row.version
    )
    actions.submit_township(survey_id=survey.pk, by=town, at=timezone.now())
    early = office.tries("miluo", "survey:freeze", survey.uid, data={"reason": ""})
    assert early.status_code == 422 and "还没有提交评分" in early.content.decode()
    office.send("miluo", "survey:freeze", survey.uid, data={"reason": "其余乡镇书面报告没有扣分情形"})
    sent = {"chosen": [str(row.uid)], f"primary-{row.uid}": str(row.findings.get().criterion_id)}
    refused = office.tries("miluo", "survey:propose", survey.uid, data=sent)
    assert "少于应定的 15 个" in said(refused)
    sent |= {"fewer_reason": "村级组织换届后整体较好", "fewer_consent": "市委组织部 2026年3月9日 电话记录"}
    office.send("miluo", "survey:propose", survey.uid, data=sent)
