"""通报: numbers fixed, words edited, ranking only where the scheme says so, frozen once issued."""

from datetime import date

import pytest

from accounts.errors import Invalid, Refused
from accounts.models import Message
from rectification.duties.models import Duty
from rectification.supervision.circulars import actions
from rectification.supervision.circulars.models import Circular
from rectification.supervision.notices import actions as notices
from rectification.supervision.notices import drafting
from rectification.supervision.notices.models import Notice
from reports.ledgers import Selection
from reports.papers import PAPERS
from tests.cast import NOW, YEAR
from tests.rectification.supervision.inspection_steps import held
from tests.rectification.supervision.notice_steps import drafted as drafted_notice
from tests.rectification.supervision.notice_steps import issued as issued_notice
from tests.stage import on_stage

MAY = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}
LIST = "/supervision/circulars/"


@on_stage
def rankable(scheme):
    return scheme.inspection_rules.create(
        key="monthly", order=1, title="每月督查", rhythm="monthly", level="county", ranking=True
    )


def drafted(by, **facts):
    return actions.draft(**{"year": YEAR, "ranked": False, "by": by, "at": NOW, **MAY, **facts})


def issued(by, **facts):
    circular = drafted(by, **facts)
    return actions.issue(circular_id=circular.pk, version=None, by=by, at=NOW)


def test_a_draft_counts_what_happened_and_is_its_issuers_alone(
    case, county_officer, township_officer, as_post
):
    held(county_officer, case, texts=["台账不实", "公开不及时"])
    as_post(county_officer).post(f"{LIST}add/", {"period_from_on": "2026-5-1", "period_to_on": "2026-5-31"})
    circular = Circular.objects.get()
    page = as_post(county_officer).get(circular.get_absolute_url()).content.decode()
    assert "共开展督导1次（其中不发通知、不打招呼的督导1次）" in page
    assert "督导发现问题2个，其中待交办2个" in page
    assert as_post(township_officer).get(circular.get_absolute_url()).status_code == 404


def test_words_are_edited_and_numbers_are_not(case, county_officer, as_post):
    circular = drafted(county_officer)
    data = {"_version": circular.version, "title": "关于五月督导情况的通报", "demands": "务必整改。"}
    as_post(county_officer).post(f"{circular.get_absolute_url()}edit/", data | {"facts": "{}"})
    facts = circular.facts
    circular.refresh_from_db()
    assert (circular.words["demands"], circular.facts) == ("务必整改。", facts)


def test_a_ranking_the_scheme_does_not_have_is_refused(case, county_officer, as_post):
    assert "不排名" in as_post(county_officer).get(f"{LIST}add/").content.decode()
    with pytest.raises(Invalid, match="排名"):
        drafted(county_officer, ranked=True)


def test_units_are_ranked_and_those_without_cases_are_not(
    case, county_officer, rankable, other_township, as_post
):
    circular = drafted(county_officer, ranked=True)
    assert [row["name"] for row in circular.facts["ranking"]] == ["柳溪镇"]
    page = as_post(county_officer).get(circular.get_absolute_url()).content.decode()
    assert "柳溪镇只有1个整顿对象，名次仅供参考" in page and "白岩乡没有整顿对象，不参加排名" in page


def test_issuing_numbers_tells_those_below_and_freezes(case, county_officer, township_officer, as_post):
    circular = issued(county_officer)
    assert circular.number_words == "督导通报〔2026〕1号"
    assert Message.objects.filter(user=township_officer.user, title__contains="督导通报〔2026〕1号").exists()
    assert as_post(township_officer).get(circular.get_absolute_url()).status_code == 200
    assert issued(county_officer).number == 2
    for change in (actions.recount, actions.issue, actions.discard):
        with pytest.raises(Refused, match="已印发，不能修改"):
            change(circular_id=circular.pk, version=None, by=county_officer, at=NOW)


def test_a_circular_of_another_county_is_absent(county_officer, other_county_officer, scheme, as_post):
    circular = issued(county_officer)
    assert as_post(other_county_officer).get(circular.get_absolute_url()).status_code == 404


def test_a_township_prints_what_it_received(case, county_officer, township_officer):
    issued(county_officer)
    asked = {"level": "county", "number": "1"}
    letter = PAPERS["circular"].letter(
        Selection(township_officer, township_officer.organization, YEAR, asked)
    )
    assert letter.organ == "中共青禾县委组织部" and letter.number == "督导通报〔2026〕1号"
    assert [row.values[1] for row in letter.attachment.rows] == ["柳溪镇"]
    with pytest.raises(Refused, match="没有"):
        PAPERS["circular"].letter(
            Selection(township_officer, township_officer.organization, YEAR, {"level": "city"})
        )


def test_a_township_issues_under_its_scheme_and_names_its_villages(case, scheme, township_officer):
    with pytest.raises(Refused, match="督导和通报由"):
        drafted(township_officer)
    scheme.chain.create(
        process="inspection", order=9, name="镇督导", level="township", role="township_officer"
    )
    circular = drafted(township_officer)
    assert [row["name"] for row in circular.facts["units"]] == ["石桥村"]


def test_only_a_paper_that_was_issued_counts_as_given_out(case, county_officer, township):
    inspection = held(county_officer, case, texts=["台账不实", "公开不及时"])
    first, second = inspection.results.get().findings.order_by("order")
    aside = drafted_notice(county_officer, township, findings=[first])
    drafting.put_aside(notice_id=aside.pk, version=None, reason="另行办理", by=county_officer, at=NOW)
    signed = drafted_notice(county_officer, township, findings=[first])
    notices.issue(notice_id=signed.pk, version=None, by=county_officer, at=NOW)
    drafted_notice(county_officer, township, findings=[second])
    counted = drafted(county_officer).facts["findings"]
    assert (counted["noticed"], counted["open"]) == (1, 1)


def test_a_reply_that_was_given_more_time_is_not_counted_as_late(case, county_officer, township):
    notice = issued_notice(county_officer, township)
    Notice.objects.update(due_on=date(2026, 5, 10))
    assert drafted(county_officer).facts["notices"]["overdue"] == 0
    past = {"due_on": date(2026, 5, 10), "effective_due_on": date(2026, 5, 10)}
    Duty.objects.filter(pk=notice.duty_id).update(**past)
    assert drafted(county_officer).facts["notices"]["overdue"] == 1
