"""Nobody approves a plan they have not read: the page says which round it showed."""

import pytest
from django.urls import reverse

from accounts.errors import Refused
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation import plan_actions
from rectification.workflow import Stage
from tests.cast import NOW


def test_a_page_opened_before_a_resubmission_approves_nothing(
    drawn_up, township_officer, county_officer, as_post
):
    sent = {"case_id": drawn_up.pk, "version": None, "by": township_officer, "at": NOW}
    plan = plan_actions.submit_plan(**sent)
    browser = as_post(county_officer)
    page = browser.get(reverse("remediation:plan_review", args=[plan.review.uid]))
    plan_actions.return_plan(
        review_id=plan.review_id, by=county_officer, at=NOW, opinion="目标太空", fields=["goal"]
    )
    plan_actions.submit_plan(**sent)

    decide = reverse("remediation:plan_decide", args=[plan.review.uid])
    answer = browser.post(decide, {"do": "pass", "_version": page.context["opened"]})
    assert answer.status_code == 422
    assert "打开之后" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == "submitted"

    browser.post(decide, {"do": "pass", "_version": answer.context["opened"]})
    plan.refresh_from_db()
    assert plan.state == "approved"


def test_a_plan_is_not_approved_after_its_case_has_moved_on(drawn_up, township_officer, county_officer):
    plan = plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    Case.objects.filter(pk=drawn_up.pk).update(stage=Stage.CARRIED)
    with pytest.raises(Refused, match="续整"):
        plan_actions.pass_plan(review_id=plan.review_id, by=county_officer, at=NOW)
    assert not Duty.objects.filter(case=drawn_up, key="measure").exists()
