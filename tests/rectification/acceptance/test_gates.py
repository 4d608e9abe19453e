"""What is not in place before a case is accepted: listed where it is mended, passed over only with a reason each."""

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from rectification.acceptance import actions, gate_rules, signing
from rectification.acceptance.gates import gates_of, passed_over
from rectification.acceptance.models import Acceptance
from rectification.cases.models import CaseMember, MemberKind
from rectification.remediation.models import Plan
from tests.cast import NOW, TODAY
from tests.rectification.acceptance.test_actions import (
    EXPLAINED,
    acceptance,
    asked,
    problem,
    score_all,
    tally_both,
)

__all__ = ["acceptance", "asked", "problem"]


def in_place(case):
    """The plan approved and a first secretary there."""
    Plan.objects.create(case=case, state="approved", approved_on=TODAY)
    CaseMember.objects.create(case=case, kind=MemberKind.FIRST_SECRETARY, name="张三", from_on=TODAY)


def test_each_missing_thing_needs_its_own_reason() -> None:
    found = gate_rules.gates(
        gate_rules.Standing(problems=["问题 1尚未销号"], plan_approved=False, first_secretary=False),
        asking=True,
    )
    assert [gate.key for gate in found] == ["problems", "plan", "first_secretary"]
    errors = gate_rules.gate_errors(found, {"plan": "已口头批准", "problems": " "})
    assert list(errors) == ["problems", "first_secretary"]
    assert "问题 1尚未销号" in errors["problems"]


def test_a_scheme_without_first_secretary_and_self_check_asks_for_neither() -> None:
    assert gate_rules.gates(gate_rules.Standing(first_secretary=None), asking=False) == []


def test_a_failed_result_needs_no_reasons() -> None:
    found = gate_rules.gates(gate_rules.Standing(plan_approved=False), asking=False)
    assert gate_rules.at_signing(found, "fail") == [] and gate_rules.at_signing(found, "pass") == found


def test_what_is_in_place_is_not_asked_about(case, problem, township_officer):
    in_place(case)
    assert gates_of(case, None) == []
    asked = actions.ask(case_id=case.pk, by=township_officer, at=NOW)
    assert passed_over(asked) == {}


def test_asking_without_plan_and_first_secretary_is_refused_at_each_field(case, problem, township_officer):
    with pytest.raises(Invalid) as wrong:
        actions.ask(case_id=case.pk, by=township_officer, at=NOW, reasons={"plan": "县委已口头批准"})
    assert list(wrong.value.errors) == ["gate-first_secretary"]


def test_the_page_links_only_where_the_reader_may_go(case, problem, as_post, township_officer):
    page = as_post(township_officer).get(reverse("acceptance:case", args=[case.uid])).content.decode()
    assert reverse("remediation:plan", args=[case.uid]) in page
    assert "没有在岗的第一书记" in page and "gate-first_secretary" in page


def test_reasons_given_when_asked_for_are_not_asked_again(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    given = {"outcome": "pass", "signer": "王部长", "signed_on": TODAY}
    with pytest.raises(Invalid) as wrong:
        signing.sign(acceptance_id=acceptance.pk, by=county_officer, at=NOW, version=None, **given)
    assert list(wrong.value.errors) == ["gate-self_check"]  # what came up since
    signing.sign(
        acceptance_id=acceptance.pk,
        by=county_officer,
        at=NOW,
        version=None,
        reasons={"self_check": "书记住院，由镇党委口头汇报"},
        **given,
    )
    kept = passed_over(Acceptance.objects.get(pk=acceptance.pk))
    assert set(kept) == {"plan", "first_secretary", "self_check"}
    assert kept["plan"] == EXPLAINED["plan"]


def test_older_reasons_for_open_problems_are_still_read(acceptance):
    acceptance.open_problems_reason, acceptance.passed_over = "汛期", {}
    assert passed_over(acceptance) == {"problems": "汛期"}
