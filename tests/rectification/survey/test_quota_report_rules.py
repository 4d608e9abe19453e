"""倒排比例落实情况 per county and field."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rectification.survey.quota_report_rules import QuotaFacts, quota_rows

VILLAGES = QuotaFacts("平江县", ["village"], 540, Decimal(10), 55, carried=3, hard=2)
COMMUNITIES = QuotaFacts("平江县", ["community"], 41, Decimal(5), 2)
ELSEWHERE = QuotaFacts("临湘市", ["village"], 101, Decimal(10), 11)


def test_a_row_has_quota_rounded_up_determined_share_and_difference() -> None:
    (row,) = quota_rows([replace(VILLAGES, organizations=541)])
    assert (row.quota, row.determined, row.share, row.difference) == (55, 55, Decimal("10.17"), 0)
    assert (row.fields, row.carried, row.hard, row.remark) == ("村", 3, 2, "")


def test_one_group_of_one_county_has_no_totals() -> None:
    assert len(quota_rows([VILLAGES])) == 1


def test_a_county_with_several_groups_is_added_up_and_so_are_several_counties() -> None:
    rows = quota_rows([VILLAGES, COMMUNITIES, ELSEWHERE])
    assert [(row.county, row.fields, row.total) for row in rows] == [
        ("平江县", "村", False),
        ("平江县", "社区", False),
        ("平江县", "合计", True),
        ("临湘市", "村", False),
        ("合计", "合计", True),
    ]
    assert (rows[2].quota, rows[2].determined) == (57, 57)
    assert rows[4].organizations == 682


def test_fewer_than_the_quota_shows_reason_and_consent() -> None:
    facts = replace(COMMUNITIES, determined=1, fewer_reason="其余无扣分", consent="市委组织部3月24日同意")
    assert quota_rows([facts])[0].remark == "少 2 个；理由：其余无扣分；上级同意：市委组织部3月24日同意"


def test_fewer_without_reason_or_consent_shows_what_is_owed() -> None:
    assert (
        quota_rows([replace(COMMUNITIES, determined=1)])[0].remark == "少 2 个；须写明理由并登记上级同意意见"
    )


def test_a_surplus_in_one_field_does_not_hide_what_another_lacks() -> None:
    rows = quota_rows([replace(VILLAGES, determined=60), replace(COMMUNITIES, determined=1)])
    assert (rows[-1].difference, rows[-1].remark) == (4, "1 组少于比例")


def test_without_a_ratio_there_is_no_quota_and_that_is_said() -> None:
    (row,) = quota_rows([replace(VILLAGES, percent=None)])
    assert (row.quota, row.difference, row.remark) == (None, None, "不设比例")


def test_groups_without_a_ratio_stay_out_of_the_totals_difference() -> None:
    rows = quota_rows([VILLAGES, replace(COMMUNITIES, percent=None)])
    assert (rows[-1].quota, rows[-1].determined, rows[-1].difference) == (54, 57, 1)


def test_no_organization_has_no_share() -> None:
    assert quota_rows([replace(COMMUNITIES, organizations=0, determined=0)])[0].share is None


@given(
    st.lists(
        st.builds(
            QuotaFacts,
            county=st.sampled_from(["甲县", "乙县", "丙县"]),
            fields=st.just(["village"]),
            organizations=st.integers(0, 600),
            percent=st.none() | st.integers(1, 100).map(Decimal),
            determined=st.integers(0, 60),
            added=st.integers(0, 5),
        ),
        max_size=8,
    )
)
def test_totals_are_the_sums_of_their_rows(facts: list[QuotaFacts]) -> None:
    rows = quota_rows(facts)
    plain = [row for row in rows if not row.total]
    assert len(plain) == len(facts)
    for total in (row for row in rows if row.total):
        own = [row for row in plain if total.county in ("合计", row.county)]
        assert total.organizations == sum(row.organizations for row in own)
        assert total.determined == sum(row.determined for row in own)
        assert total.added == sum(row.added for row in own)
        assert total.quota == (
            sum(q for row in own if (q := row.quota) is not None)
            if any(row.quota is not None for row in own)
            else None
        )
