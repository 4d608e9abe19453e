"""简报 and 工作总结: drafted from facts, words edited beside them, numbered under a lock, taken back with a reason."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.models import Message
from rectification.duties.models import Duty
from rectification.remediation.models import Measure
from rectification.remediation.reporting.facts import facts_of
from rectification.remediation.reporting.models import ProgressReport
from rectification.remediation.reporting.periods import period_at
from reports import files
from reports.documents import actions, facts, reading
from reports.documents.models import OfficeDocument
from reports.ledgers import Selection
from reports.papers import PAPERS, drawn
from tests import cast
from tests.reports.printing import texts

FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)


def drafted(post, kind="bulletin"):
    return actions.draft(kind=kind, year=cast.YEAR, first=FIRST, last=LAST, by=post, at=cast.NOW)


def issued(post, kind="bulletin", **given):
    made = drafted(post, kind)
    return actions.issue(document_id=made.pk, version=made.version, by=post, at=cast.NOW, **given)


def saved(document, post, version=None, **written):
    return actions.save(
        document_id=document.pk,
        version=version or document.version,
        head={"title": document.title},
        written=written,
        by=post,
        at=cast.NOW,
    )


def part(document, key):
    return next(one for one in reading.parts_of(document) if one.key == key)


def letter(document, post):
    key = document.kind
    return drawn(
        PAPERS[key],
        Selection(post, post.organization, cast.YEAR, {"document": str(document.uid)}),
        today=cast.TODAY,
        mark="某同志 导出",
    )


def test_its_numbers_are_those_of_the_progress_report(filled_case, scheme, county, county_officer):
    made = drafted(county_officer, "summary")
    period = period_at("monthly", FIRST)
    report = ProgressReport(
        scheme=scheme,
        organization=county,
        rhythm="monthly",
        period_from_on=period.first,
        period_to_on=period.last,
    )
    total = facts_of(report, cast.TODAY)["total"]
    said = part(made, "overall").fixed[0]
    assert f"整顿对象{total['cases']}个" in said and made.facts["table"]["rows"]
    assert "没有督导和考核验收" in part(made, "check").fixed[0]


def test_an_article_a_place_is_drafted_from_finished_deeds(filled_case, scheme, county_officer):
    measure = Measure.objects.first()
    duty = Duty.objects.create(
        scheme=scheme,
        organization=filled_case.township,
        case=filled_case,
        key="measure",
        title="修水渠",
        due_on=LAST,
        effective_due_on=LAST,
        state="done",
        ended_at=cast.NOW - timedelta(days=1),
    )
    Measure.objects.filter(pk=measure.pk).update(
        kind="deed", text="修通水渠3公里", result="受益120户", duty=duty
    )
    words = part(drafted(county_officer), "typical").words
    assert words.splitlines() == ["柳溪镇：用心用情办实事", "石桥村办好实事：修通水渠3公里，受益120户。"]
    levels = [one.level for one in letter(OfficeDocument.objects.get(), county_officer).paragraphs[-4:]]
    assert 3 in levels


def test_changed_words_stay_and_untouched_ones_follow_when_facts_are_drawn_anew(
    case, empty_case, county_officer
):
    made = drafted(county_officer)
    made = saved(made, county_officer, work="本县的做法。", overall=part(made, "overall").words)
    assert made.words == {"work": "本县的做法。"}
    made.facts["parts"][0]["fixed"] = ["旧的句子。"]
    made.save_version("facts")
    made = actions.redraw(document_id=made.pk, version=made.version, by=county_officer, at=cast.NOW)
    assert part(made, "work").words == "本县的做法。"
    assert "整顿对象2个" in part(made, "overall").fixed[0]


def test_two_people_at_once_do_not_overwrite_each_other(case, county_officer):
    made = drafted(county_officer)
    opened = made.version
    saved(made, county_officer, opened, work="先保存的。")
    with pytest.raises(StaleVersion):
        saved(made, county_officer, opened, work="后保存的。")


def test_issues_are_numbered_in_order_a_withdrawn_number_is_not_given_again(
    case, county_officer, township_officer
):
    assert issued(county_officer, number=11).number == 11  # ten were printed before the system came
    second = issued(county_officer)
    with pytest.raises(Refused, match="已编到第12期"):
        issued(county_officer, number=3)
    with pytest.raises(Invalid):
        actions.withdraw(document_id=second.pk, version=None, reason=" ", by=county_officer, at=cast.NOW)
    actions.withdraw(document_id=second.pk, version=None, reason="数据有误", by=county_officer, at=cast.NOW)
    assert issued(county_officer).number == 13
    titles = Message.objects.of(township_officer.user).values_list("title", flat=True)
    assert sum("撤回《工作简报》2026年第12期" in title for title in titles) == 1
    assert issued(county_officer, "summary").number is None


def test_an_issued_one_stands_as_it_is(case, county_officer):
    made = issued(county_officer)
    for act in (actions.redraw, actions.discard, actions.issue):
        with pytest.raises(Refused, match="已印发"):
            act(document_id=made.pk, version=None, by=county_officer, at=cast.NOW)
    with pytest.raises(Refused, match="已印发"):
        saved(made, county_officer, work="改一改")


def test_drafts_are_the_unit_s_own_issued_bulletins_are_read_below_and_no_longer_once_withdrawn(
    case, county_officer, township_officer, city_reviewer, other_county_officer
):
    def sees(post):
        return OfficeDocument.objects.visible_to(post).filter(pk=made.pk).exists()

    made = drafted(county_officer)
    assert [sees(post) for post in (county_officer, township_officer, city_reviewer)] == [True, False, False]
    actions.issue(document_id=made.pk, version=None, by=county_officer, at=cast.NOW)
    readers = (township_officer, city_reviewer, other_county_officer)
    assert [sees(post) for post in readers] == [True, True, False]
    assert letter(made, township_officer).masthead.issue == "第1期"
    actions.withdraw(document_id=made.pk, version=None, reason="有误", by=county_officer, at=cast.NOW)
    assert [sees(post) for post in readers] == [False, True, False]
    with pytest.raises(Refused, match="没有可以打印的简报"):
        letter(made, township_officer)


def test_words_of_a_part_that_is_no_more_are_kept_and_not_printed(case, county_officer):
    made = drafted(county_officer)
    OfficeDocument.objects.filter(pk=made.pk).update(words={"gone": "老模板里的话。"})
    made.refresh_from_db()
    made = saved(made, county_officer, work="新写的话。")
    assert reading.leftovers(made) == [("gone", "老模板里的话。")]
    printed = "".join(letter(made, county_officer).texts())
    assert "新写的话。" in printed and "老模板里的话。" not in printed


def test_who_writes_what(case, township_officer, village_reporter, county_officer):
    with pytest.raises(Refused, match="简报由"):
        drafted(township_officer)
    with pytest.raises(Refused, match="工作总结由"):
        drafted(village_reporter, "summary")
    assert drafted(township_officer, "summary").organization == township_officer.organization
    with pytest.raises(Invalid):
        actions.draft(kind="bulletin", year=cast.YEAR, first=LAST, last=FIRST, by=county_officer, at=cast.NOW)


@pytest.mark.parametrize("kind", ["bulletin", "summary"])
def test_both_go_out_as_pdf_and_word(filled_case, county_officer, kind, tmp_path):
    made = issued(county_officer, kind)
    for format in ("pdf", "docx"):
        said = files.make(letter(made, county_officer), format, tmp_path / f"a.{format}")
        assert said.size and said.absent == []
    printed = texts(tmp_path / "a.pdf")
    assert ("第1期" in printed and "编者按" in printed) if kind == "bulletin" else "工作总结" in printed


def test_facts_are_drawn_with_few_queries(
    filled_case, empty_case, scheme, county, django_assert_max_num_queries
):
    with django_assert_max_num_queries(50):
        facts.collect(kind="summary", scheme=scheme, unit=county, first=FIRST, last=LAST, today=cast.TODAY)
