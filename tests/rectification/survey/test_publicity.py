"""公布、公示: the period, objections and how each was handled, before the decision and after it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.errors import Invalid, Refused
from rectification.cases.models import Case
from rectification.survey import actions, publicity
from rectification.survey.joint_models import Objection, Publicity
from tests import cast
from tests.rectification.survey.chains import MEETING, PUBLISH, on_its_way

END = cast.TODAY + timedelta(days=6)
AFTER = cast.NOW + timedelta(days=7)


@pytest.fixture
def after(year):
    """Determined; the list stands at its publication."""
    review = on_its_way(year, MEETING, PUBLISH)
    year.determine(review)
    return year


@pytest.fixture
def before(year):
    """公示 comes before the decision."""
    on_its_way(year, PUBLISH, MEETING)
    return year


def publish(year, starts_on=cast.TODAY, ends_on=END, place="各村党务公开栏", **more):
    return publicity.publish(
        survey_id=year.survey.pk,
        place=place,
        starts_on=starts_on,
        ends_on=ends_on,
        by=year.officer,
        at=cast.NOW,
        **more,
    )


def object_to(year, one, name="石桥村"):
    return publicity.object_to(
        publicity_id=one.pk,
        assessment_uid=str(year.row(name).uid),
        text="反映村干部已调整",
        raised_on=cast.TODAY,
        by=year.officer,
        at=cast.NOW,
    )


def handle(year, objection, upheld, at=cast.NOW):
    return publicity.handle(
        objection_id=objection.pk,
        handling="到村核实",
        handled_on=cast.TODAY,
        upheld=upheld,
        by=year.officer,
        at=at,
    )


def close(year, one, at=AFTER):
    return publicity.close(publicity_id=one.pk, by=year.officer, at=at)


def test_a_period_that_ends_before_it_begins_is_refused_at_its_field(after):
    with pytest.raises(Invalid) as refused:
        publish(after, ends_on=cast.TODAY - timedelta(days=1))
    assert list(refused.value.errors) == ["ends_on"]
    assert not Publicity.objects.exists()


def test_a_publication_after_the_decision_does_not_begin_before_it(after):
    with pytest.raises(Invalid, match="早于审定日期"):
        publish(after, starts_on=cast.TODAY - timedelta(days=3))


def test_the_schemes_least_days_hold(after):
    after.scheme.publicity_least_days = 10
    after.scheme.save()
    with pytest.raises(Invalid, match="少于方案要求的 10 天"):
        publish(after)


def test_it_is_closed_only_after_its_last_day_and_passes_the_step_in_words(after):
    one = publish(after)
    with pytest.raises(Refused, match="期满后才能办结"):
        close(after, one, at=cast.NOW)
    close(after, one)
    step = after.survey.review.steps.get(mode="publish")
    assert step.decision == "passed" and step.opinion.endswith("在各村党务公开栏公布，无异议")


def test_an_objection_not_handled_holds_the_closing_up(after):
    one = publish(after)
    objection = object_to(after, one)
    with pytest.raises(Refused, match="还有 1 件异议没有处理"):
        close(after, one)
    handle(after, objection, upheld=False)
    close(after, one)
    assert "收到异议 1 件，经核实均不成立" in after.survey.review.steps.get(mode="publish").opinion


def test_an_objection_from_before_the_publication_is_refused(after):
    one = publish(after)
    with pytest.raises(Invalid, match="早于公布开始日期"):
        publicity.object_to(
            publicity_id=one.pk,
            assessment_uid=str(after.row("石桥村").uid),
            text="x",
            raised_on=cast.TODAY - timedelta(days=2),
            by=after.officer,
            at=cast.NOW,
        )


def test_upheld_after_the_decision_the_case_is_withdrawn_first(after):
    one = publish(after)
    handle(after, object_to(after, one), upheld=True)
    with pytest.raises(Refused, match="石桥村异议成立，请先办理退出整顿"):
        close(after, one)


def test_upheld_before_the_decision_the_candidate_leaves_the_list_with_the_reason(before):
    before.survey.fewer_reason, before.survey.fewer_consent = "异议成立", "市委组织部同意"
    before.survey.save()
    one = publish(before)
    handle(before, object_to(before, one), upheld=True)
    close(before, one)
    review = before.survey.review
    review.refresh_from_db()
    assert [row["name"] for row in review.content["list"]] == ["白岩乡新枫林村"]
    assert review.content["taken_off"] == [{"name": "柳溪镇石桥村", "reason": "到村核实"}]
    with time_machine.travel(AFTER):
        from rectification.survey import actions

        actions.record_determination(
            review_id=review.pk,
            by=before.officer,
            at=AFTER,
            body="县委常委会",
            document="7号",
            decided_on=AFTER.date(),
        )
    assert Case.objects.get().organization.short_name == "新枫林村"


def test_leaving_the_list_short_of_the_quota_needs_reason_and_consent(before):
    one = publish(before)
    handle(before, object_to(before, one), upheld=True)
    with pytest.raises(Refused, match="请退回名单，补列对象或补登理由和同意意见"):
        close(before, one)
    assert before.row("石桥村").chosen


def test_the_meeting_decides_only_after_the_publication_has_ended(before):
    one = publish(before)
    close(before, one)
    with pytest.raises(Refused, match="早于公示结束日期"):
        before.determine(before.survey.review)


def test_who_failed_the_lookback_is_not_taken_off_by_an_objection(after):
    row = after.row("石桥村")
    row.carried = True
    row.save()
    one = publish(after)
    with pytest.raises(Invalid, match="必须列为续整对象"):
        handle(after, object_to(after, one), upheld=True)


def test_nothing_is_published_before_its_step(year):
    with pytest.raises(Refused, match="不能公布"):
        publish(year)
    on_its_way(year, MEETING, PUBLISH)
    with pytest.raises(Refused, match="还没有到公布的环节"):
        publish(year)


# --- by the pages ----------------------------------------------------------------------------------------------


def test_by_the_pages_a_wrong_period_keeps_what_was_typed(as_post, after):
    client, address = as_post(after.officer), reverse("survey:publish", args=[after.survey.uid])
    given = {"place": "县党建网", "starts_on": "2026-5-22", "ends_on": "2026-5-20"}
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "早于开始日期" in page and "县党建网" in page
    assert client.post(address, given | {"ends_on": "2026-5-28"}).status_code == 302


def test_by_the_pages_an_objection_is_recorded_handled_and_shown(as_post, after):
    one, client = publish(after), as_post(after.officer)
    given = {"assessment": str(after.row("石桥村").uid), "text": "已调整", "raised_on": "2026-5-20"}
    assert client.post(reverse("survey:object_to", args=[one.uid]), given).status_code == 302
    address = reverse("survey:handle_objection", args=[Objection.objects.get().uid])
    wrong = client.post(address, {"handling": "已核实", "handled_on": "2026-5-20", "upheld": ""})
    assert wrong.status_code == 422 and "已核实" in wrong.content.decode()
    client.post(address, {"handling": "已核实", "handled_on": "2026-5-20", "upheld": "no"})
    assert "不成立" in client.get(one.get_absolute_url()).content.decode()


def test_by_the_pages_a_closed_publication_is_no_form_any_more(as_post, after, clock):
    one = publish(after)
    clock.move_to(AFTER)
    close(after, one)
    page = as_post(after.officer).get(reverse("survey:publish", args=[after.survey.uid])).content.decode()
    assert "公布已经办结，不再修改" in page and 'name="place"' not in page


def test_another_county_gets_404_for_a_publicity_and_its_objections(as_post, after, other_county_officer):
    one = publish(after)
    objection, client = object_to(after, one), as_post(other_county_officer)
    assert client.get(one.get_absolute_url()).status_code == 404
    assert client.post(reverse("survey:handle_objection", args=[objection.uid]), {}).status_code == 404


def test_it_is_not_closed_while_the_list_is_sent_back_and_passes_once_it_went_up_again(before):
    one = publish(before)
    review = before.survey.review
    actions.return_determination(review_id=review.pk, by=before.officer, at=cast.NOW, opinion="事实有误")
    with pytest.raises(Refused, match="名单被退回正在修改"):
        close(before, one)
    before.propose("石桥村", "新枫林村")
    close(before, one)
    assert review.steps.get(mode="publish").decision == "passed"


def test_a_publication_that_would_never_end_is_refused_at_its_field(after):
    with pytest.raises(Invalid) as refused:
        publish(after, ends_on=END.replace(year=2206))
    assert list(refused.value.errors) == ["ends_on"]
