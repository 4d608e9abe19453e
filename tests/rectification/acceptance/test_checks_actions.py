"""市检查: who looks at what was accepted, drawn how, seen when, and what a refusal undoes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.errors import Invalid, Refused
from accounts.models import Message
from rectification.acceptance.actions import AGAIN
from rectification.acceptance.checks import actions, pool, result_actions
from rectification.acceptance.checks.models import Check, CheckResult, CheckResultQuerySet
from rectification.acceptance.checks.rules import Written, asked
from rectification.cases.models import Case, CaseMember
from rectification.duties.models import Duty
from rectification.workflow import Stage
from tests.cast import NOW, TODAY, YEAR
from tests.conftest import make_case
from tests.rectification.acceptance.check_steps import CLOSED_ON, DUE_ON, arrange, closed, conclude

LIST = "/acceptance/checks/"


@pytest.fixture
def city_scheme(scheme):
    scheme.check_percent = 100
    scheme.save()
    return scheme


@pytest.fixture
def done(case, city_scheme, county_officer):
    return closed(case, county_officer)


@pytest.fixture
def other_done(city_scheme, other_village, county, county_officer):
    case = make_case(city_scheme, other_village, county, county_officer)
    return closed(case, county_officer, total=Decimal(81), different_reason="经研究")


def test_the_share_is_rounded_up():
    assert [asked(Decimal(percent), 7) for percent in (100, 30, 1)] == [7, 3, 1]


def test_a_draw_runs_again_from_its_record_and_weighs_what_just_passed(
    done, other_done, city_reviewer, as_post, capsys
):
    check = arrange(city_reviewer, size=1)
    weights = {row["name"]: row["weight"] for row in check.draw["pool"]}
    assert weights == {"石桥村": 1, "枫林村": 6}
    page = as_post(city_reviewer).get(f"{check.get_absolute_url()}draw/").content.decode()
    assert "与记录一致" in page
    call_command("rerun_draw", check.uid)
    assert "与记录一致" in capsys.readouterr().out
    again = arrange(city_reviewer, seed="别的")  # what is on a list already is not listed twice
    assert again.results.count() == 1 and again.results.get().case != check.results.get().case


def test_a_tampered_draw_is_seen(done, other_done, city_reviewer, as_post):
    check = arrange(city_reviewer, size=1)
    other = {done.pk: other_done, other_done.pk: done}[check.results.get().case_id]
    CheckResult.objects.filter(check_of=check).update(case=other)
    page = as_post(city_reviewer).get(f"{check.get_absolute_url()}draw/").content.decode()
    assert "与本次检查的对象不一致" in page


def test_who_accepted_does_not_check_and_nothing_is_checked_without_the_scheme(
    done, city_scheme, county_officer, township_officer, city_reviewer
):
    for post in (county_officer, township_officer):
        with pytest.raises(Refused):
            arrange(post)
    city_scheme.check_percent = None
    city_scheme.save()
    with pytest.raises(Refused, match="没有规定"):
        arrange(city_reviewer)


def test_a_county_checks_what_its_townships_accept_themselves(
    done, city_scheme, county_officer, city_reviewer
):
    city_scheme.chain.filter(process="acceptance").delete()
    city_scheme.chain.create(
        process="acceptance", order=1, name="镇验收", level="township", role="township_officer"
    )
    assert arrange(county_officer).results.get().case == done


def test_below_nothing_is_seen_before_something_is_concluded(
    done, other_done, city_reviewer, county_officer, township_officer, as_post
):
    before = Message.objects.count()
    form = {"title": "密查", "starts_on": f"{TODAY}", "ends_on": f"{TODAY}", "how": "all"}
    as_post(city_reviewer).post(f"{LIST}add/", form)
    check = Check.objects.get()
    first, second = check.results.order_by("pk")
    for post in (county_officer, township_officer):
        client = as_post(post)
        seen = "".join(client.get(url).content.decode() for url in ("/", LIST, "/inbox/", "/acceptance/"))
        seen += client.get(f"/acceptance/cases/{first.case.uid}/").content.decode()
        assert "密查" not in seen
        assert client.get(check.get_absolute_url()).status_code == 404
        assert client.get(first.get_absolute_url()).status_code == 404
    assert Message.objects.count() == before
    conclude(first, city_reviewer, "upheld")
    client = as_post(township_officer)
    assert "密查" in client.get(LIST).content.decode()
    assert client.get(first.get_absolute_url()).status_code == 200
    assert client.get(second.get_absolute_url()).status_code == 404


def test_the_test_above_sees_a_planted_hole(done, city_reviewer, township_officer, as_post, monkeypatch):
    result = arrange(city_reviewer).results.get()
    monkeypatch.setattr(
        CheckResultQuerySet,
        "visible_to",
        lambda rows, post: rows.filter(case__in=Case.objects.visible_to(post)),
    )
    assert as_post(township_officer).get(result.get_absolute_url()).status_code == 200


def test_a_refusal_takes_the_case_back_with_all_that_closing_brought(
    done, city_reviewer, county_officer, township_officer
):
    conclude(arrange(city_reviewer).results.get(), city_reviewer)
    done.refresh_from_db()
    assert (done.stage, done.closed_on, done.outcome) == (Stage.REMEDIATION, None, "")
    assert done.tracking.ends_on == TODAY and "跟踪终止" in done.tracking.note
    duty = Duty.objects.get(case=done, key=AGAIN)
    assert (duty.organization, duty.due_on, duty.state) == (done.township, DUE_ON, "open")
    step = done.steps.get(step="overturn")
    assert "组织生活仍不正常" in step.reason and step.label == "检查不认可，退回继续整顿"
    for post in (county_officer, township_officer):
        assert Message.objects.filter(user=post.user, title__contains="不认可").count() == 1


def test_duties_of_the_watching_are_cancelled(done, city_reviewer, township):
    watching = Duty.objects.create(
        scheme=done.scheme,
        key="tracking",
        case=done,
        organization=township,
        owner_role="township_officer",
        title="跟踪检查",
        due_on=DUE_ON,
        effective_due_on=DUE_ON,
    )
    conclude(arrange(city_reviewer).results.get(), city_reviewer)
    watching.refresh_from_db()
    assert watching.state == "cancelled" and "不认可" in watching.ended_reason


def test_support_released_after_closing_is_named(done, city_reviewer, township_officer, as_post):
    for name, until in (("早走的", CLOSED_ON - timedelta(days=1)), ("刚走的", CLOSED_ON + timedelta(days=1))):
        CaseMember.objects.create(case=done, kind="team", name=name, from_on=CLOSED_ON, to_on=until)
    result = conclude(arrange(city_reviewer).results.get(), city_reviewer)
    page = as_post(township_officer).get(result.get_absolute_url()).content.decode()
    assert "刚走的" in page and "早走的" not in page


def test_a_verdict_is_put_right_only_while_nothing_rests_on_it(done, city_reviewer):
    result = conclude(arrange(city_reviewer).results.get(), city_reviewer, "upheld")
    conclude(result, city_reviewer, "refused")
    with pytest.raises(Invalid, match="不能改为认可"):
        conclude(result, city_reviewer, "upheld")
    assert conclude(result, city_reviewer, "refused", words="更正：缺会议记录").due_on == DUE_ON
    assert Duty.objects.filter(case=done, key=AGAIN).count() == 1


def test_a_case_that_is_no_longer_closed_is_not_taken_back(done, city_reviewer):
    result = arrange(city_reviewer).results.get()
    Case.objects.filter(pk=done.pk).update(stage="carried")
    with pytest.raises(Refused, match="销号跟踪"):
        conclude(result, city_reviewer)
    result.refresh_from_db()
    assert result.verdict == ""


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (Written(on=TODAY, words="好"), "verdict"),
        (Written(on=TODAY + timedelta(days=1), words="好", verdict="upheld"), "on"),
        (Written(on=TODAY, words=" ", verdict="upheld"), "words"),
        (Written(on=TODAY, words="差", verdict="refused"), "due_on"),
        (Written(on=TODAY, words="差", verdict="refused", due_on=TODAY), "due_on"),
        (Written(on=TODAY, words="好", verdict="upheld", skipped="没去"), "skipped_reason"),
    ],
)
def test_a_conclusion_that_cannot_be_is_refused(done, city_reviewer, written, field):
    result = arrange(city_reviewer).results.get()
    with pytest.raises(Invalid) as wrong:
        result_actions.record(result_id=result.pk, version=None, written=written, by=city_reviewer, at=NOW)
    assert field in wrong.value.errors


def test_finished_only_when_each_is_accounted_for_and_progress_counts(
    done, other_done, city_reviewer, city_scheme
):
    check = arrange(city_reviewer)
    first, second = check.results.all()
    conclude(first, city_reviewer, "refused")
    with pytest.raises(Refused, match="还有1个"):
        actions.finish(check_id=check.pk, version=None, by=city_reviewer, at=NOW)
    with pytest.raises(Refused, match="不能取消"):
        actions.cancel(check_id=check.pk, version=None, reason="改期", by=city_reviewer, at=NOW)
    conclude(second, city_reviewer, "", words="", skipped="道路中断")
    assert actions.finish(check_id=check.pk, version=None, by=city_reviewer, at=NOW).state == "done"
    now = pool.progress(city_reviewer, city_scheme)
    assert (now.accepted, now.asked, now.looked, now.refused, now.left) == (2, 2, 1, 1, 1)
    assert [case.pk for case in pool.pool(city_reviewer, YEAR)] == [second.case_id]


def test_the_office_works_through_the_pages(done, city_reviewer, as_post):
    client = as_post(city_reviewer)
    form = {"title": "年底检查", "starts_on": f"{TODAY}", "ends_on": f"{TODAY}", "how": "draw"}
    page = client.post(f"{LIST}add/", form)
    assert page.status_code == 422 and "请填写抽取个数" in page.content.decode()
    client.post(f"{LIST}add/", form | {"how": "all"})
    check = Check.objects.get()
    client.post(f"{LIST}{check.uid}/edit/", form | {"team": "市委组织部3人", "_version": check.version})
    result = check.results.get()
    said = {"on": f"{TODAY}", "words": "资料与实际不符", "verdict": "refused", "due_on": f"{DUE_ON}"}
    said |= {"findings": "会议记录后补\n\n财务未公开"}
    client.post(f"{LIST}results/{result.uid}/edit/", said | {"_version": result.version})
    check.refresh_from_db()
    client.post(f"{LIST}{check.uid}/finish/", {"_version": check.version})
    check.refresh_from_db()
    assert (check.state, check.team) == ("done", "市委组织部3人")
    for url in (LIST, check.get_absolute_url(), result.get_absolute_url(), "/ledgers/checks/"):
        assert client.get(url).status_code == 200
