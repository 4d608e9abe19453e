"""In force a scheme changes only by a recorded amendment."""

from decimal import Decimal

import pytest

from accounts.errors import Invalid, Refused, StaleVersion
from rectification.schemes import amendments
from rectification.schemes.parts import PARTS
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def as_rows(scheme, part: str) -> list[dict]:
    kind = PARTS[part]
    return [
        {"uid": row.uid} | {name: getattr(row, name) for name in kind.columns} for row in kind.rows(scheme)
    ]


def amend(scheme, by, part="quotas", rows=None, reason="市委组织部通知调整", version=None, values=None):
    return amendments.amend(
        scheme_id=scheme.pk,
        version=version,
        part=part,
        rows=as_rows(scheme, part) if rows is None and part != "head" else rows or [],
        values=values,
        reason=reason,
        by=by,
        at=NOW,
    )


def test_an_amendment_keeps_what_stood_there_and_why(scheme, city_reviewer):
    rows = as_rows(scheme, "quotas")
    rows[0]["percent"] = Decimal(12)
    (made,) = amend(scheme, city_reviewer, rows=rows)
    assert made.what == "修改比例“村”"
    assert (made.before, made.after) == ("不低于（%）：10", "不低于（%）：12")
    assert (made.by, made.reason) == (city_reviewer, "市委组织部通知调整")
    assert scheme.quotas.first().percent == 12


def test_a_single_value_is_amended_too(scheme, city_reviewer):
    (made,) = amend(scheme, city_reviewer, part="head", values={"pass_line": Decimal(85)})
    assert (made.what, made.before, made.after) == ("合格线", "80", "85")


def test_an_amendment_needs_a_reason_and_a_change(scheme, city_reviewer):
    with pytest.raises(Refused, match="修订理由"):
        amend(scheme, city_reviewer, reason="  ")
    with pytest.raises(Refused, match="没有改动"):
        amend(scheme, city_reviewer)
    assert scheme.amendments.count() == 0


def test_an_amendment_may_not_leave_the_scheme_unsound(scheme, city_reviewer):
    with pytest.raises(Invalid, match="至少设一个比例"):
        amend(scheme, city_reviewer, rows=[{"fields": []}][:0] or [])
    rows = as_rows(scheme, "quotas")
    rows[0]["percent"] = Decimal(0)
    with pytest.raises(Invalid):
        amend(scheme, city_reviewer, rows=rows)
    assert scheme.quotas.first().percent == 10
    assert scheme.amendments.count() == 0


def test_the_numbers_of_criteria_stay_in_force(scheme, city_reviewer):
    rows = as_rows(scheme, "criteria")
    for wrong in (rows[1:], [rows[1], rows[0], *rows[2:]]):
        with pytest.raises(Refused, match="序号不能变动"):
            amend(scheme, city_reviewer, part="criteria", rows=wrong)


def test_a_rule_that_made_duties_leaves_the_scheme_and_stays_known_to_them(county, scheme, city_reviewer):
    rule = scheme.duty_rules.get(key="lookback_report")
    duty = rule.duties.get(organization=county)
    rows = [row for row in as_rows(scheme, "duty_rules") if row["uid"] != rule.uid]
    (made,) = amend(scheme, city_reviewer, part="duty_rules", rows=rows)
    assert made.what == "删除时限任务“报送“回头看”情况”"
    assert "回头看" not in "".join(row["title"] for row in as_rows(scheme, "duty_rules"))
    duty.refresh_from_db()
    assert duty.rule == rule


def test_another_post_may_not_amend(scheme, county_officer):
    with pytest.raises(Refused, match="由制发单位"):
        amend(scheme, county_officer)


def test_a_stale_version_is_refused_with_the_current_one(scheme, city_reviewer):
    with pytest.raises(StaleVersion) as stale:
        amend(scheme, city_reviewer, version=scheme.version - 1)
    assert stale.value.current == scheme
