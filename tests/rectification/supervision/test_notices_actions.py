"""A paper of supervision from its draft to its verification."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.models import Message
from accounts.roles import Role
from rectification.cases.models import Case, CaseMember
from rectification.duties.models import Duty, DutyState
from rectification.supervision.inspections.models import InspectionFinding
from rectification.supervision.notices import actions, drafting
from rectification.supervision.notices.models import Notice, NoticeState
from tests.cast import NOW, TODAY, post_at
from tests.rectification.supervision.inspection_steps import arrange, finish, held, write
from tests.rectification.supervision.notice_steps import GIVEN, drafted, issued

LATER = TODAY + timedelta(days=20)


def test_a_draft_is_its_issuers_alone(scheme, county_officer, township_officer, city_reviewer, township):
    made = drafted(county_officer, township)

    assert Notice.objects.visible_to(county_officer).filter(pk=made.pk).exists()
    assert not Notice.objects.visible_to(township_officer).exists()
    assert not Notice.objects.visible_to(city_reviewer).exists()


def test_issuing_numbers_tells_and_makes_the_reply_owed(scheme, county_officer, township_officer, township):
    first, second = issued(county_officer, township), issued(county_officer, township)

    assert [first.number_words, second.number_words] == ["〔2026〕1号", "〔2026〕2号"]
    assert first.duty_id != second.duty_id
    assert first.duty.effective_due_on == TODAY + timedelta(days=10)
    assert Duty.objects.owed_by(township_officer).filter(pk=first.duty_id).exists()
    assert Message.objects.filter(user=township_officer.user, title="收到整改通知书〔2026〕1号").count() == 1


def test_each_kind_is_numbered_apart(scheme, county_officer, township):
    assert issued(county_officer, township).number == 1
    assert issued(county_officer, township, "urge", light="yellow").number == 1


def test_reply_return_reply_verify(scheme, county_officer, township_officer, township):
    made = issued(county_officer, township)
    first_duty = made.duty

    actions.reply(notice_id=made.pk, version=None, text="正在选配", by=township_officer, at=NOW)
    first_duty.refresh_from_db()
    assert first_duty.state == DutyState.DONE
    actions.give_back(
        notice_id=made.pk, version=None, reason="没有写明时间", due_on=LATER, by=county_officer, at=NOW
    )
    made.refresh_from_db()
    assert made.state == NoticeState.RETURNED
    assert (made.duty.state, made.duty.effective_due_on) == (DutyState.OPEN, LATER)
    actions.reply(notice_id=made.pk, version=None, text="5月底到位", by=township_officer, at=NOW)
    done = actions.verify(notice_id=made.pk, version=None, verdict="", by=county_officer, at=NOW)

    assert done.state == NoticeState.VERIFIED
    assert not Duty.objects.open().filter(key="notice_reply").exists()


def test_only_the_issuer_verifies_and_only_the_receiver_answers(
    scheme, county_officer, township_officer, township
):
    made = issued(county_officer, township)

    with pytest.raises(Refused, match="收件单位"):
        actions.reply(notice_id=made.pk, version=None, text="代答", by=county_officer, at=NOW)
    actions.reply(notice_id=made.pk, version=None, text="已办", by=township_officer, at=NOW)
    with pytest.raises(Refused, match="青禾县核实"):
        actions.verify(notice_id=made.pk, version=None, verdict="", by=township_officer, at=NOW)


def test_a_township_answers_for_a_village_without_an_account(
    scheme, county_officer, township_officer, village
):
    made = issued(county_officer, village)

    assert Message.objects.filter(user=township_officer.user, title__startswith="收到整改通知书").exists()
    assert actions.reply_refusal(made, township_officer) is None


def test_a_notice_goes_down_never_up_or_across(scheme, county_officer, county, city, foreign_township):
    for unit in (county, city, foreign_township):
        with pytest.raises(Invalid, match="下级单位"):
            drafted(county_officer, unit)


def test_a_township_issues_only_where_its_scheme_lets_it_inspect(scheme, township_officer, village):
    with pytest.raises(Invalid, match="承担督导检查"):
        drafted(township_officer, village)

    scheme.chain.filter(process="inspection").update(level="township", role=Role.TOWNSHIP_OFFICER)
    assert issued(township_officer, village).number == 1


def test_a_draft_without_what_its_kind_needs_is_not_issued(scheme, county_officer, township):
    made = drafted(county_officer, township, "urge", due_on=TODAY - timedelta(days=1))

    with pytest.raises(Invalid) as refused:
        actions.issue(notice_id=made.pk, version=None, by=county_officer, at=NOW)
    assert set(refused.value.errors) == {"light", "due_on"}
    made.refresh_from_db()
    assert (made.state, made.number) == (NoticeState.DRAFT, None)


def test_a_hint_goes_to_the_leaders_liaison_and_is_no_duty(case, county_officer, helper, township):
    leader = CaseMember.objects.create(case=case, kind="leader", name="张三", from_on=TODAY)
    CaseMember.objects.create(case=case, kind="liaison", name="王", user=helper.user, from_on=TODAY)
    made = issued(county_officer, township, "hint", to_leader=leader)

    assert (made.state, made.duty) == (NoticeState.CLOSED, None)
    assert Message.objects.filter(user=helper.user, title__startswith="收到工作提示").count() == 1
    assert Notice.objects.visible_to(helper).get() == made


def test_a_hint_nobody_can_be_told_of_waits_for_its_delivery_by_hand(case, county_officer, township):
    leader = CaseMember.objects.create(case=case, kind="leader", name="张三", from_on=TODAY)
    made = issued(county_officer, township, "hint", to_leader=leader)
    assert (made.state, made.state_words) == (NoticeState.ISSUED, "待送达")

    done = actions.deliver(
        notice_id=made.pk, version=None, note="当面送交县委办联络员", by=county_officer, at=NOW
    )
    assert done.state_words == "已送达"


def test_a_leader_gets_no_order(case, county_officer, township):
    leader = CaseMember.objects.create(case=case, kind="leader", name="张三", from_on=TODAY)

    assert drafted(county_officer, township, "urge", light="red", to_leader=leader).to_leader is None


def test_a_helper_reads_what_was_issued_about_the_case_but_no_talk(
    case, county_officer, helper, village_reporter, village
):
    CaseMember.objects.create(case=case, kind="team", name="王", user=helper.user, from_on=TODAY)
    notice = issued(county_officer, village, case=case)
    issued(county_officer, village, "talk", case=case, held_on=TODAY)
    drafted(county_officer, village, case=case)

    assert list(Notice.objects.visible_to(helper)) == [notice]


def test_a_draft_changed_by_somebody_else_is_not_signed_unseen(scheme, county_officer, township, county):
    made = drafted(county_officer, township)
    deputy = post_at(county, Role.COUNTY_OFFICER, "xian-fu")
    given = {"kind": "rectify", "organization": township, "case": None, "to_leader": None, "title": "改"}
    opened = made.version
    drafting.correct(notice_id=made.pk, version=opened, given=given, by=deputy, at=NOW)

    with pytest.raises(StaleVersion):
        actions.issue(notice_id=made.pk, version=opened, by=county_officer, at=NOW)


def test_one_refusal_among_many_holds_up_no_other(scheme, county_officer, township):
    good, bad = drafted(county_officer, township), drafted(county_officer, township, found="")
    done, refused = actions.issue_many(notice_ids=[good.pk, bad.pk], due_on=None, by=county_officer, at=NOW)

    assert [one.pk for one in done] == [good.pk]
    assert len(refused) == 1


def test_what_an_unannounced_inspection_found_goes_into_no_paper_before_it_is_done(
    case, county_officer, township
):
    inspection = write(arrange(county_officer, case), county_officer, "台账不全")
    found = list(InspectionFinding.objects.all())
    with pytest.raises(Refused, match="完成以后再交办"):
        drafted(county_officer, township, findings=found)

    finish(inspection, county_officer)
    found = list(InspectionFinding.objects.all())
    assert list(drafted(county_officer, township, findings=found).findings.all()) == found


def test_a_paper_names_no_findings_of_another_place(case, county_officer, township, other_township):
    held(county_officer, case, texts=("台账不全",))
    found = list(InspectionFinding.objects.all())
    with pytest.raises(Invalid, match="与收件单位无关"):
        drafted(county_officer, other_township, findings=found)
    made = drafted(county_officer, township, findings=found)
    with pytest.raises(Invalid, match="与收件单位无关"):
        drafting.correct(
            notice_id=made.pk,
            version=None,
            given={**GIVEN, "kind": "rectify", "organization": other_township, "case": None},
            by=county_officer,
            at=NOW,
        )


def test_a_draft_about_a_case_that_left_the_list_is_not_issued(case, county_officer, township):
    made = drafted(county_officer, township, case=case)
    Case.objects.filter(pk=case.pk).update(stage="withdrawn")
    with pytest.raises(Refused, match="已退出整顿"):
        actions.issue(notice_id=made.pk, version=None, by=county_officer, at=NOW)


def test_the_trail_does_not_tell_what_a_draft_is_about(scheme, county_officer, auditor, township, as_post):
    made = drafted(county_officer, township, title="某书记问题")
    drafting.put_aside(notice_id=made.pk, version=None, reason="再议", by=county_officer, at=NOW)
    page = as_post(auditor).get(reverse("reports:audit")).content.decode()
    assert "拟督导文书" in page and "某书记问题" not in page
