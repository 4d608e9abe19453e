"""年底考核: facts equal the log, words are kept, nobody is ranked, and who may assess whom."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid, Refused
from organizations.models import Organization
from organizations.record_models import LeaderPost
from organizations.scope import within
from rectification.acceptance.evaluations import actions, facts, listing, rules
from rectification.acceptance.evaluations.models import EvaluationQuerySet, PersonEvaluation
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import CaseMember
from rectification.remediation.activities.models import Activity
from rectification.remediation.models import Measure, Problem
from rectification.remediation.support.models import Training
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS
from tests.cast import NOW, TODAY, YEAR

LIST = "/acceptance/evaluations/"
RANKING = ("排名", "名次", "得分", "分数", "积分", "总分", "评分")


@pytest.fixture
def graded(scheme):
    scheme.evaluation_grades = ["好", "较好", "一般", "差"]
    scheme.evaluation_uses = ["评先评优", "报酬待遇"]
    scheme.save()
    return scheme


@pytest.fixture
def people(case, graded, township):
    """A leader of the county's list, a first secretary who heads the team, a member who left, the secretary."""
    circle = graded.items.filter(kind="contact").first()
    leader = ContactLeader.objects.create(
        organization=case.county, scheme=graded, circle=circle, name="赵领导", title="副县长", from_on=TODAY
    )
    since = {"case": case, "from_on": TODAY - timedelta(days=60)}
    made = {
        "leader": CaseMember.objects.create(kind="leader", name="赵领导", contact=leader, **since),
        "first": CaseMember.objects.create(kind="first_secretary", name="钱书记", **since),
        "head": CaseMember.objects.create(kind="team", name="钱书记", leads=True, **since),
        "gone": CaseMember.objects.create(
            kind="team", name="孙队员", to_on=TODAY - timedelta(days=20), end_reason="调动", **since
        ),
    }
    made["new"] = CaseMember.objects.create(
        case=case, kind="team", name="李队员", replaces=made["gone"], from_on=TODAY - timedelta(days=19)
    )
    LeaderPost.objects.create(
        organization=case.organization, title="党支部书记", secretary=True, holder="周支书"
    )
    return made


def log(case, by, kind, days_ago, *members, households=()):
    row = Activity.objects.create(
        case=case,
        kind=kind,
        on=TODAY - timedelta(days=days_ago),
        people="、".join(one.name for one in members),
        what="谈心",
        households=list(households),
        by=by,
        at=NOW,
    )
    row.members.set(members)
    return row


def row_of(name):
    return PersonEvaluation.objects.select_related("scheme", "member", "case", "contact").get(name=name)


def typed(**facts_):
    given = {"words": "履职到位", "grade": "好", "assessor": "县委组织部", "on": TODAY} | facts_
    return rules.Typed(**given)


def finish(name, by, **facts_):
    return actions.keep(
        evaluation_id=row_of(name).pk, version=None, typed=typed(**facts_), done=True, by=by, at=NOW
    )


def said_of(name):
    return facts.drawn([row_of(name)], TODAY)[row_of(name).pk]["cases"][0]


def test_one_step_lists_everyone_once_where_they_are_assessed(people, county_officer, township_officer):
    assert actions.open_list(year=YEAR, by=county_officer, at=NOW) == 1
    assert actions.open_list(year=YEAR, by=township_officer, at=NOW) == 4
    listed = {(row.organization.short_name, row.name, row.kind) for row in PersonEvaluation.objects.all()}
    assert listed == {
        ("青禾县", "赵领导", "contact_leader"),
        ("柳溪镇", "钱书记", "first_secretary"),  # not once more as head of the team
        ("柳溪镇", "孙队员", "team"),
        ("柳溪镇", "李队员", "team"),
        ("柳溪镇", "周支书", "secretary"),
    }


def test_repeated_it_adds_newcomers_and_takes_over_a_corrected_name(people, case, township_officer):
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    CaseMember.objects.create(case=case, kind="team", name="新队员", from_on=TODAY)
    CaseMember.objects.filter(name="李队员").update(name="李队友")
    assert actions.open_list(year=YEAR, by=township_officer, at=NOW) == 1
    assert actions.open_list(year=YEAR, by=township_officer, at=NOW) == 0
    assert not PersonEvaluation.objects.filter(name="李队员").exists() and row_of("李队友")


def test_what_the_page_says_equals_the_log(people, case, county_officer, township_officer):
    first, leader = people["first"], people["leader"]
    log(case, township_officer, "visit", 9, first, leader)
    log(case, township_officer, "visit", 9, first)  # the same day is one visit
    log(case, township_officer, "visit", 5, first)
    log(case, township_officer, "call", 5, first, people["head"], households=["3组1", "3组2"])
    log(case, township_officer, "call", 4, first, households=["3组2", "3组3"])
    log(case, township_officer, "meeting", 3, first, leader)
    gone = log(case, township_officer, "visit", 2, first, leader)
    gone.withdrawn_at, gone.withdrawn_reason = NOW, "记错"
    gone.save()
    problem = Problem.objects.create(case=case, order=1, text="书记空缺")
    for order, (person, state) in enumerate([("钱书记、王五", "confirmed"), ("王五", "open")], 1):
        Measure.objects.create(
            problem=problem,
            order=order,
            person=person,
            state=state,
            starts_on=TODAY,
            due_on=TODAY,
            text="选配",
        )
    case.problems_total, case.problems_closed = 3, 2
    case.save()
    actions.open_list(year=YEAR, by=county_officer, at=NOW)
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    said = said_of("钱书记")
    counted = ("visits", "calls", "households", "meetings", "entries", "measures", "measures_done")
    assert [said[name] for name in counted] == [2, 2, 3, 1, 6, 1, 1]
    assert (said["problems"], said["closed"]) == (3, 2) and "工作组组长" in said["also"]
    assert (said_of("赵领导")["visits"], said_of("赵领导")["owed"]) == (1, 4)
    assert (said_of("孙队员")["replaced"], said_of("孙队员")["end_reason"]) == ("李队员", "调动")


def test_a_secretary_is_shown_training_and_what_became_of_the_case(people, case, township_officer):
    Training.objects.create(case=case, person="周支书", on=TODAY, level="county", title="支书轮训")
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    said = said_of("周支书")
    assert "支书轮训" in said["training"][0] and "visits" not in said


def test_a_secretary_replaced_before_the_list_was_made_is_on_it(people, case, township_officer):
    post = LeaderPost.objects.get(holder="周支书")
    long_ago = TODAY - timedelta(days=400)
    LeaderPost.objects.filter(pk=post.pk).update(holder="周志书", since_on=long_ago)  # put right
    LeaderPost.objects.filter(pk=post.pk).update(holder="吴支书", since_on=TODAY)
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    rows = PersonEvaluation.objects.filter(kind="secretary")
    assert {row.name: "离任" in row.post_words for row in rows} == {"周志书": True, "吴支书": False}


def test_what_was_done_is_frozen_and_a_correction_needs_its_reason(people, case, township_officer):
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    row = finish("钱书记", township_officer)
    log(case, township_officer, "visit", 1, people["first"])
    assert facts.facts_of([row_of("钱书记")], TODAY)[row.pk]["cases"][0]["visits"] == 0
    given = {"evaluation_id": row.pk, "version": None, "by": township_officer, "at": NOW}
    with pytest.raises(Refused, match="更正"):
        actions.keep(typed=typed(words="改"), done=True, **given)
    with pytest.raises(Invalid, match="原因"):
        actions.correct(typed=typed(words="改"), reason=" ", redraw=False, **given)
    actions.correct(typed=typed(words="改"), reason="补录纪实", redraw=True, **given)
    row = row_of("钱书记")
    assert (row.words, row.corrected_reason, row.facts["cases"][0]["visits"]) == ("改", "补录纪实", 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": ""}, "words"),
        ({"grade": ""}, "grade"),
        ({"grade": "96分"}, "grade"),
        ({"uses": ("奖金",)}, "uses"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(people, township_officer, wrong, field):
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    with pytest.raises(Invalid) as refused:
        finish("钱书记", township_officer, **wrong)
    assert field in refused.value.errors


def test_only_the_assessing_unit_writes_and_those_assessed_read_nothing(
    people, county_officer, township_officer, village_reporter, helper, other_county_officer, as_post
):
    actions.open_list(year=YEAR, by=county_officer, at=NOW)
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    with pytest.raises(PersonEvaluation.DoesNotExist):  # what is not done yet is the assessing unit's alone
        finish("钱书记", county_officer)
    finish("钱书记", township_officer)
    with pytest.raises(Refused, match="柳溪镇"):
        finish("钱书记", county_officer)
    with pytest.raises(PersonEvaluation.DoesNotExist):
        finish("赵领导", township_officer)
    page = as_post(county_officer).get(row_of("钱书记").get_absolute_url())
    assert page.status_code == 200 and "填写考核意见" not in page.content.decode()
    assert as_post(township_officer).get(row_of("赵领导").get_absolute_url()).status_code == 404
    assert as_post(other_county_officer).get(row_of("钱书记").get_absolute_url()).status_code == 404
    for post in (village_reporter, helper):
        assert as_post(post).get(row_of("周支书").get_absolute_url()).status_code == 403
        assert not PersonEvaluation.objects.visible_to(post).exists()


def test_the_test_above_sees_words_that_are_read_too_early(
    people, township_officer, county_officer, as_post, monkeypatch
):
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    url = row_of("钱书记").get_absolute_url()
    assert as_post(county_officer).get(url).status_code == 404
    monkeypatch.setattr(EvaluationQuerySet, "visible_to", lambda rows, post: rows.filter(within(post)))
    assert as_post(county_officer).get(url).status_code == 200


def test_nobody_is_ranked():
    ledger = LEDGERS["person_evaluations"]
    columns = [*listing.COLUMNS, *ledger.columns]
    assert [one.title for one in columns if any(word in one.title for word in RANKING)] == []
    assert [one.key for one in columns if one.kind in ("number", "percent")] == ["number"]
    assert not any(one.sort for one in columns) and ledger.totals == ()
    assert "grade" not in (ledger.filters or {}) and "grade" not in {one.key for one in listing.COLUMNS}
    order = listing.in_order(PersonEvaluation.objects.all()).query.order_by
    assert not {"grade", "facts"} & {name.lstrip("-") for name in order}


def test_a_township_walks_from_person_to_person(people, township_officer, as_post):
    client = as_post(township_officer)
    client.post(f"{LIST}open/")
    row = listing.in_order(PersonEvaluation.objects.all()).first()
    data = {"words": "履职到位", "grade": "好", "uses": ["评先评优"], "assessor": "镇党委", "on": f"{TODAY}"}
    kept = client.post(f"{LIST}{row.uid}/edit/", {"go": "keep", "words": "先写一半"})
    assert kept.status_code == 302
    page = client.post(f"{LIST}{row.uid}/edit/", {"go": "done", "words": "写完"})
    assert page.status_code == 422 and "写完" in page.content.decode()
    following = client.post(f"{LIST}{row.uid}/edit/", data | {"go": "done"})
    row.refresh_from_db()
    assert row.state == "done" and row.uses == ["评先评优"] and str(row.uid) not in following["Location"]
    for url in (LIST, row.get_absolute_url(), following["Location"], "/ledgers/person_evaluations/"):
        assert client.get(url).status_code == 200


def test_a_page_of_paper_for_each_and_the_secretarys_paper_counts_the_file(
    people, case, township_officer, county_officer
):
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    finish("钱书记", township_officer, uses=("评先评优",), local_words="群众认可")
    town = Organization.objects.get(pk=case.township_id)
    whole = list(PAPERS["person_evaluation"].pages(Selection(township_officer, town, YEAR, {})))
    one = {"person": str(row_of("钱书记").uid)}
    [page] = PAPERS["person_evaluation"].pages(Selection(township_officer, town, YEAR, one))
    texts = "".join(cell.words for line in page.lines for cell in line.cells)
    assert len(whole) == 4 and "群众认可" in texts and "到点指导：0次" in texts
    case.problems_total, case.problems_closed = 5, 4
    case.save()
    letter = PAPERS["secretary_review"].letter(Selection(county_officer, case.county, YEAR, {}))
    words = "".join(one.words for one in letter.paragraphs)
    assert "列出突出问题5个，已解决销号4个，尚未解决1个" in words and "1个有第一书记" in words
    with pytest.raises(Refused, match="请先选择单位"):
        PAPERS["secretary_review"].write(Selection(county_officer, case.organization, YEAR, {}))


def test_the_list_asks_the_same_number_of_questions_however_long(
    people, case, township_officer, as_post, django_assert_max_num_queries
):
    for number in range(8):
        CaseMember.objects.create(case=case, kind="team", name=f"队员{number}", from_on=date(YEAR, 5, 1))
    actions.open_list(year=YEAR, by=township_officer, at=NOW)
    client = as_post(township_officer)
    client.get(LIST)
    with django_assert_max_num_queries(45):
        client.get(LIST)
    with django_assert_max_num_queries(60):
        client.get("/ledgers/person_evaluations/")


def test_a_village_of_a_long_name_is_on_the_list_all_the_same(people, township_officer):
    Organization.objects.filter(pk=people["first"].case.organization_id).update(short_name="长" * 100)
    LeaderPost.objects.update(title="党总支委员会书记")
    assert actions.open_list(year=YEAR, by=township_officer, at=NOW) > 0
