"""Search over everything: found by name and pinyin, never out of scope."""

from datetime import date

import pytest
from django.urls import reverse

from organizations.record_models import LeaderPost
from rectification.cases.models import CaseMember, MemberKind
from rectification.remediation.models import Problem
from tests import cast
from tests.stage import on_stage


@on_stage
def filled(case, village):
    CaseMember.objects.create(
        case=case, kind=MemberKind.TEAM, name="单小平", unit="县农业农村局", from_on=date(2026, 4, 1)
    )
    Problem.objects.create(case=case, order=1, text="党员活动室长期闲置")
    LeaderPost.objects.create(organization=village, title="书记", secretary=True, holder="曾大河")
    return case


def page_of(as_post, post, text, **more):
    answer = as_post(post).get(reverse("reports:search"), {"q": text, **more})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqc", "石桥村（2026年）"),
        ("shanxiaoping", "单小平"),
        ("danxiaoping", "单小平"),
        ("zdh", "曾大河"),
        ("活动室", "党员活动室长期闲置"),
        ("石桥 闲置", "党员活动室长期闲置"),
    ],
)
def test_things_and_people_are_found_by_words_and_pinyin(as_post, county_officer, filled, text, expected):
    assert expected in page_of(as_post, county_officer, text)


@pytest.mark.parametrize("text", ["sqc", "单小平", "曾大河", "活动室"])
def test_nothing_of_another_county_is_found(as_post, other_county_officer, filled, text):
    assert "没有找到" in page_of(as_post, other_county_officer, text)


def test_a_helper_finds_only_the_own_case(as_post, helper, filled, other_village):
    assert "没有找到" in page_of(as_post, helper, "枫林")


def test_a_corrected_name_is_found_as_it_is_now(filled, as_post, county_officer):
    member = filled.members.get(name="单小平")
    member.name = "解放军"
    member.save_version("name")
    assert "解放军" in page_of(as_post, county_officer, "xiefangjun")
    assert "没有找到" in page_of(as_post, county_officer, "shanxiaoping")


def test_a_search_costs_the_same_for_one_hit_and_many(
    as_post, county_officer, filled, township, django_assert_max_num_queries
):
    for number in range(15):
        cast.village_in(township, f"石桥{number}组村委会", f"9901211013{number:02}")
    page = as_post(county_officer)
    page.get(reverse("reports:search"))
    with django_assert_max_num_queries(20):
        page.get(reverse("reports:search"), {"q": "石桥"})
