"""销号 by the county: several at once, all or none, never by anyone else."""

from uuid import uuid4

import pytest
from django.db.models import QuerySet

from accounts.errors import Refused
from organizations import acting
from organizations.reach import EVERYTHING
from rectification.remediation import closing_actions
from rectification.remediation.models import Measure, Problem, ProblemQuerySet
from tests.cast import NOW, TODAY, post_at, village_in
from tests.conftest import make_case
from tests.rectification.remediation.conftest import approve, solve
from tests.stage import on_stage

CLOSE = "/remediation/closing/close/"


@on_stage
def nineteen(case, township_officer, county_officer):
    """Nineteen solved problems of the county."""
    approve(case, township_officer, county_officer, problems=[f"问题{n}" for n in range(19)])
    solve(case, township_officer)
    return list(Problem.objects.filter(case=case))


@on_stage
def foreign(foreign_case, foreign_township, other_county_officer):
    """A solved problem of another county."""
    officer = post_at(foreign_township, "township_officer", "zhen9")
    approve(foreign_case, officer, other_county_officer)
    solve(foreign_case, officer)
    return Problem.objects.get(case=foreign_case)


def test_the_county_closes_several_problems_at_once(nineteen, case, as_post, county_officer):
    chosen = nineteen[:7]
    answer = as_post(county_officer).post(CLOSE, {"problem": [str(p.uid) for p in chosen]})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.problems_closed, case.problems_total) == (7, 19)
    first = Problem.objects.get(pk=chosen[0].pk)
    assert (first.state, first.closed_on, first.closed_by) == ("closed", TODAY, county_officer)


def one_foreign_closes_nothing(nineteen, foreign, as_post, county_officer):
    uids = [str(p.uid) for p in [*nineteen, foreign]]
    answer = as_post(county_officer).post(CLOSE, {"problem": uids})
    closed = Problem.objects.filter(state="closed").count()
    return answer.status_code == 404 and closed == 0


def test_one_foreign_id_among_twenty_closes_nothing(nineteen, foreign, as_post, county_officer):
    assert one_foreign_closes_nothing(nineteen, foreign, as_post, county_officer)


def test_the_guard_is_seen_when_the_scope_is_taken_out(
    nineteen, foreign, as_post, county_officer, monkeypatch
):
    monkeypatch.setattr(ProblemQuerySet, "visible_to", lambda rows, post: QuerySet.all(rows))
    monkeypatch.setattr(acting, "reach_of", lambda post: EVERYTHING)  # else the second wall hides the hole
    assert not one_foreign_closes_nothing(nineteen, foreign, as_post, county_officer)


def test_an_unknown_id_or_no_id_closes_nothing(nineteen, as_post, county_officer):
    client = as_post(county_officer)
    assert client.post(CLOSE, {"problem": [str(nineteen[0].uid), str(uuid4())]}).status_code == 404
    assert client.post(CLOSE, {"problem": ["1"]}).status_code == 404
    assert "还没有选择" in client.post(CLOSE, {}).content.decode()
    assert not Problem.objects.filter(state="closed").exists()


def test_the_township_cannot_close_problems(solved, as_post, township_officer):
    problem = Problem.objects.get(case=solved)
    refused = as_post(township_officer).post(CLOSE, {"problem": [str(problem.uid)]})
    assert refused.status_code == 422 and "由青禾县委组织部确认" in refused.content.decode()
    problem.refresh_from_db()
    assert problem.state == "solved"
    with pytest.raises(Refused, match="由青禾县委组织部确认"):
        closing_actions.close_problems(uids=[problem.uid], by=township_officer, at=NOW)


def test_what_is_not_solved_is_named_and_nothing_is_closed(case, as_post, township_officer, county_officer):
    approve(case, township_officer, county_officer, problems=["支委缺员", "账目不清"])
    first, second = Problem.objects.filter(case=case)
    from rectification.remediation import progress_actions

    progress_actions.report_done(
        measure_id=first.measures.get().pk, result="好", on=TODAY, by=township_officer, at=NOW
    )
    page = as_post(county_officer).post(CLOSE, {"problem": [first.uid, second.uid]}).content.decode()
    assert "石桥村：问题 2“账目不清”的措施“账目不清的措施1”还没有确认完成" in page
    assert not Problem.objects.filter(state="closed").exists()


def test_who_confirmed_in_the_township_does_not_close_in_the_county(solved, county, township_officer):
    both = post_at(county, "county_officer", township_officer.user.username)
    with pytest.raises(Refused, match="其他同志办理"):
        closing_actions.close_problems(uids=[Problem.objects.get(case=solved).uid], by=both, at=NOW)


def test_a_problem_goes_back_with_its_reason_and_the_measure_is_owed_again(
    solved, as_post, county_officer, township_officer
):
    problem, measure = Problem.objects.get(case=solved), Measure.objects.get(problem__case=solved)
    back = f"/remediation/problems/{problem.uid}/return/"
    client = as_post(county_officer)
    form = {"measures": [str(measure.uid)], "reason": ""}
    assert "退回须写明理由" in client.post(back, form).content.decode()
    client.post(back, form | {"reason": "当选支委未到任"})
    for row in (problem, measure):
        row.refresh_from_db()
    assert (problem.state, measure.state, measure.duty.state) == ("open", "open", "open")
    page = as_post(township_officer).get(f"/remediation/measures/{measure.uid}/").content.decode()
    assert "当选支委未到任" in page


def test_the_queue_asks_the_database_the_same_for_many(
    scheme, township, county, county_officer, township_officer, as_post, django_assert_max_num_queries
):
    for number in range(5):
        unit = village_in(township, f"试{number}村委会", f"9901211012{number + 30}")
        made = make_case(scheme, unit, county, county_officer)
        approve(made, township_officer, county_officer, problems=["甲", "乙"])
        solve(made, township_officer)
    client = as_post(county_officer)
    client.get("/remediation/closing/")
    with django_assert_max_num_queries(13):
        page = client.get("/remediation/closing/").content.decode()
    assert "共 <strong>10</strong> 个问题待销号" in page
