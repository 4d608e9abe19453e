"""A township under its own scheme in a real browser: what differs from the county's, its survey, its own decision."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rectification.schemes import actions as schemes
from rectification.survey import actions
from tests import cast
from tests.browser.chromium import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(scheme, township, township_officer, village, other_village):
    """The township's own scheme for one village under the city's."""
    return schemes.create_from_preset(
        preset_key="d_chalu_2017", issuer=township, year=cast.YEAR, by=township_officer, at=cast.NOW
    )


def test_a_township_takes_its_own_way_from_the_differences_to_its_decision(
    draft, township, township_officer, village, page_of
):
    page = page_of(township_officer)
    differences = reverse("schemes:differences", args=[draft.uid])
    assert walk(page, [differences]) == {}
    page.locator("textarea[name^=reason]").first.fill("只整顿一个村")
    page.get_by_label("其余没有写理由的，用同一理由").fill("县委组织部同意从简办理")
    page.get_by_role("button", name="保存理由").click()
    expect(page.get_by_text("更宽的各项都已写明")).to_be_visible(timeout=30_000)
    assert walk(page, [differences]) == {}
    assert walk(page, [draft.get_absolute_url()]) == {}
    assert walk(page, [reverse("duties:start", args=[draft.uid])]) == {}
    scheme = cast.start_with_reasons(draft, township_officer)
    assert walk(page, [reverse("survey:list")]) == {}
    survey = actions.open_survey(scheme=scheme, holder=township, by=township_officer, at=cast.NOW)
    assert walk(page, [reverse("survey:list")]) == {}
    assert walk(page, [reverse("survey:grid", args=[survey.uid])]) == {}
    row = survey.assessments.get(organization=village)
    given = {"by": township_officer, "at": cast.NOW}
    actions.save_findings(
        assessment_id=row.pk, deductions={2: (Decimal(0), "监委会没有活动")}, version=1, **given
    )
    actions.submit_township(survey_id=survey.pk, **given)
    actions.freeze(survey_id=survey.pk, **given)
    assert walk(page, [reverse("survey:ranking", args=[survey.uid])]) == {}
    review = actions.propose(survey_id=survey.pk, chosen={row.pk: None}, **given)
    assert walk(page, [reverse("survey:determination", args=[review.uid])]) == {}
