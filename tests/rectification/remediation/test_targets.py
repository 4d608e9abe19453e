"""量化目标: entered by number, counted from measures, shown with what is missing."""

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from rectification.remediation.models import Measure
from rectification.remediation.targets import actions, rules
from rectification.remediation.targets.actions import Reached
from rectification.remediation.targets.models import TargetEntry
from rectification.remediation.targets.standing import standings
from rectification.schemes.practice_models import Target
from tests.cast import NOW, TODAY
from tests.conftest import make_case
from tests.rectification.remediation.target_steps import KEYS, enter, target
from tests.stage import on_stage


@on_stage
def targets(scheme):
    """The targets of S1 眉县 on the cast's scheme."""
    for order, (key, title, unit, least, most) in enumerate(KEYS, 1):
        Target.objects.create(
            scheme=scheme, order=order, key=key, title=title, unit=unit, least=least, most=most
        )


@pytest.mark.parametrize(
    ("given", "text", "tone"),
    [
        ({"least": 3, "most": None, "reached": 1}, "1 名，还差 2 名", "yellow"),
        ({"least": 3, "most": None, "reached": 1, "late": True}, "1 名，还差 2 名", "red"),
        ({"least": 3, "most": 5, "reached": 5}, "5 名，已达标", "green"),
        ({"least": 3, "most": 5, "reached": 6}, "6 名，多于上限 1 名", "yellow"),
        ({"least": None, "most": None, "reached": 2}, "2 名", "grey"),
        (
            {"least": None, "most": None, "reached": 2, "planned": 4},
            "计划 4 名，完成 2 名，还差 2 名",
            "blue",
        ),
        (
            {"least": None, "most": None, "reached": 4, "planned": 4},
            "计划 4 名，完成 4 名，全部完成",
            "green",
        ),
    ],
)
def test_a_target_says_what_is_missing_or_too_much(given, text, tone):
    said = rules.standing(unit="名", **given)
    assert (said.text, said.tone) == (text, tone)


def test_tasks_and_deeds_are_counted_from_the_measures(targets, approved):
    measure = Measure.objects.get(problem__case=approved)
    found = {one.target.key: one.result for one in standings([approved])[approved.pk]}
    assert (found["tasks"].planned, found["tasks"].reached, found["practical_matters"].planned) == (1, 0, 0)
    Measure.objects.filter(pk=measure.pk).update(state="confirmed", kind="deed")
    found = {one.target.key: one.result for one in standings([approved])[approved.pk]}
    assert (found["practical_matters"].planned, found["practical_matters"].reached) == (1, 1)


def test_what_is_counted_from_measures_is_not_entered_again(targets, case, township_officer):
    with pytest.raises(Invalid, match="自动统计"):
        enter(case, township_officer, "tasks")


def test_an_entry_is_made_corrected_and_withdrawn(targets, case, township_officer, as_post):
    browser, url = as_post(township_officer), reverse("remediation:case_targets", args=[case.uid])
    activists = str(target(case, "activists").uid)
    answer = browser.post(url, {"target": activists, "number": "2", "on": "2026-5-20", "words": "支委会确定"})
    assert answer.status_code == 302 and "还差 1 名" in browser.get(url).content.decode()
    entry = TargetEntry.objects.get()
    changed = {"target": activists, "number": "3", "on": "2026-5-20", "_version": entry.version}
    browser.post(reverse("remediation:target_entry", args=[entry.uid]), changed)
    assert "3 名，已达标" in browser.get(url).content.decode()
    browser.post(
        reverse("remediation:target_entry_withdraw", args=[entry.uid]), {"reason": "重复", "_version": 2}
    )
    assert "0 名，还差 3 名" in browser.get(url).content.decode()
    history = browser.get(reverse("remediation:target_entry", args=[entry.uid])).content.decode()
    assert "<del>2</del>" in history


def test_two_who_correct_the_same_entry_see_both_numbers(targets, case, township_officer, as_post):
    entry = enter(case, township_officer, "activists")
    actions.correct_entry(
        entry_id=entry.pk,
        version=1,
        reached=Reached(target(case, "activists"), 2, TODAY),
        by=township_officer,
        at=NOW,
    )
    typed = {"target": str(entry.target.uid), "number": "7", "on": "2026-5-20", "_version": 1}
    answer = as_post(township_officer).post(reverse("remediation:target_entry", args=[entry.uid]), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "<td>2</td><td>7</td>" in page


def test_a_future_day_is_refused_and_nothing_typed_is_lost(targets, case, township_officer, as_post):
    url = reverse("remediation:case_targets", args=[case.uid])
    typed = {
        "target": str(target(case, "activists").uid),
        "number": "2",
        "on": "2027-1-1",
        "words": "要留住的话",
    }
    answer = as_post(township_officer).post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "今天之后" in page and "要留住的话" in page


def test_the_case_page_shows_the_targets_with_lights(
    targets, case, county_officer, township_officer, as_post
):
    enter(case, township_officer, "new_members")
    page = as_post(county_officer).get(case.get_absolute_url()).content.decode()
    assert "1 名，已达标" in page and "0 名，还差 3 名" in page


def test_the_list_adds_up_and_asks_no_more_for_more_cases(
    targets,
    case,
    scheme,
    other_village,
    county,
    county_officer,
    township_officer,
    as_post,
    django_assert_max_num_queries,
):
    enter(case, township_officer, "activists", number=3)
    browser, url = as_post(county_officer), reverse("remediation:targets")
    with django_assert_max_num_queries(22) as one:
        browser.get(url)
    second = make_case(scheme, other_village, county, county_officer)
    enter(second, township_officer, "activists", number=2)
    with django_assert_max_num_queries(len(one.captured_queries)):
        page = browser.get(url).content.decode()
    assert "5 名；达标 1/2 个" in page and "2 名，还差 1 名" in page


def test_a_person_of_another_case_sees_none(targets, case, helper, township_officer, as_post):
    entry = enter(case, township_officer, "activists")
    browser = as_post(helper)
    assert browser.get(reverse("remediation:case_targets", args=[case.uid])).status_code == 404
    assert browser.get(reverse("remediation:target_entry", args=[entry.uid])).status_code == 404
