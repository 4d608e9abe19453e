"""A score amended after the scoring was closed: reason, effect before confirming, ranks frozen anew."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused, StaleVersion
from rectification.survey import amendments
from rectification.survey.change_models import ScoreAmendment
from rectification.survey.entries import Entry
from tests import cast


@pytest.fixture
def ranked(year):
    """Frozen: 石桥村 first, 新枫林村 second (both in), 上塘村 third."""
    for name, points in (("石桥村", 9), ("新枫林村", 8), ("上塘村", 2)):
        year.score(name, c1=points)
    year.close_scoring()
    return year


def amend(year, name="上塘村", reason="信访局来函更正", **points):
    row = year.row(name)
    entries = {int(key[1:]): Entry(Decimal(value), "重复访 3 件") for key, value in points.items()}
    return amendments.amend_score(
        assessment_id=row.pk,
        entries=entries,
        reason=reason,
        by=year.officer,
        at=cast.NOW,
        version=row.version,
    )


def test_an_amendment_changes_score_and_stored_ranks_and_says_what_it_did(ranked):
    made = amend(ranked, c4=10)[0]
    assert (made.before, made.after) == (0, 10)
    assert "得分由 98 改为 88，倒排由第 3 名变为第 1 名" in made.effect
    assert "“柳溪镇上塘村”进入拟整顿对象" in made.effect and "“白岩乡新枫林村”退出" in made.effect
    ranks = [ranked.row(name).rank for name in ("上塘村", "石桥村", "新枫林村")]
    assert ranks == [1, 2, 3]
    assert ranked.row("上塘村").score == 88


def test_an_amendment_needs_a_reason(ranked):
    with pytest.raises(Invalid, match="更正须写明理由"):
        amend(ranked, reason=" ", c4=10)
    assert not ScoreAmendment.objects.exists()


def test_an_amendment_that_changes_nothing_is_refused(ranked):
    row = ranked.row("上塘村")
    with pytest.raises(Invalid, match="没有变化"):
        amendments.amend_score(
            assessment_id=row.pk,
            entries={1: Entry(Decimal(2), "上塘村的表现")},
            reason="核对",
            by=ranked.officer,
            at=cast.NOW,
            version=row.version,
        )


def test_more_than_the_standard_points_is_refused_with_the_criterions_name(ranked):
    with pytest.raises(Invalid, match="超过标准分 10"):
        amend(ranked, c4=11)


def test_before_the_scoring_is_closed_nothing_is_amended(year):
    with pytest.raises(Refused, match="还没有封存"):
        amend(year, c4=1)


def test_while_the_list_is_being_decided_it_is_returned_first(ranked):
    ranked.propose("石桥村", "新枫林村")
    with pytest.raises(Refused, match="名单正在审定"):
        amend(ranked, c4=1)


def test_after_the_determination_no_score_changes_any_more(ranked):
    ranked.determine(ranked.propose("石桥村", "新枫林村"))
    with pytest.raises(Refused, match="名单已经审定，评分不再修改"):
        amend(ranked, c4=1)


def test_a_township_does_not_amend(ranked, township_officer):
    row = ranked.row("上塘村")
    with pytest.raises(Refused):
        amendments.amend_score(
            assessment_id=row.pk,
            entries={4: Entry(Decimal(1), "x")},
            reason="y",
            by=township_officer,
            at=cast.NOW,
            version=row.version,
        )


def test_a_stale_amendment_is_refused(ranked):
    row = ranked.row("上塘村")
    amend(ranked, c4=1)
    with pytest.raises(StaleVersion):
        amendments.amend_score(
            assessment_id=row.pk,
            entries={5: Entry(Decimal(1), "x")},
            reason="y",
            by=ranked.officer,
            at=cast.NOW,
            version=row.version,
        )


def test_a_criterion_without_points_is_amended_by_its_words(ranked):
    ranked.scheme.criteria.filter(order=3).update(points=0, hard=True)
    row = ranked.row("上塘村")
    made = amendments.amend_score(
        assessment_id=row.pk,
        entries={3: Entry(Decimal(0), "宗族势力把持")},
        reason="公安机关认定",
        by=ranked.officer,
        at=cast.NOW,
        version=row.version,
    )
    assert "由不符合更正为符合" in made[0].effect and "进入拟整顿对象" in made[0].effect


# --- on the page ---------------------------------------------------------------------------------------------------


def sent(**data):
    return {"w1": "上塘村的表现", "p1": "2", "s1": "visit", "reason": "信访局来函"} | data


def test_the_effect_is_shown_before_it_is_confirmed(as_post, ranked):
    client = as_post(ranked.officer)
    address = reverse("survey:amend", args=[ranked.row("上塘村").uid])
    shown = client.post(address, sent(p4="10", w4="重复访", s4="petition"))
    text = shown.content.decode()
    assert "倒排由第 3 名变为第 1 名" in text and "确认更正" in text
    assert not ScoreAmendment.objects.exists()
    mark = shown.context["mark"]
    answer = client.post(address, sent(p4="10", w4="重复访", s4="petition", seen=mark), follow=True)
    assert "已更正上塘村的评分" in answer.content.decode()
    assert ScoreAmendment.objects.get().reason == "信访局来函"
    assert ranked.row("上塘村").findings.get(criterion__order=4).source == "petition"


def test_other_points_than_those_shown_are_shown_again_not_confirmed(as_post, ranked):
    client = as_post(ranked.officer)
    address = reverse("survey:amend", args=[ranked.row("上塘村").uid])
    mark = client.post(address, sent(p4="10", w4="重复访")).context["mark"]
    client.post(address, sent(p4="3", w4="重复访", seen=mark))
    assert not ScoreAmendment.objects.exists()


def test_text_for_points_keeps_what_was_typed(as_post, ranked):
    address = reverse("survey:amend", args=[ranked.row("上塘村").uid])
    answer = as_post(ranked.officer).post(address, sent(p4="很多"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "“很多”不是数字" in text and 'value="很多"' in text


def test_the_ranking_shows_every_amendment_with_its_reason(as_post, ranked):
    amend(ranked, c4=10)
    text = as_post(ranked.officer).get(reverse("survey:ranking", args=[ranked.survey.uid])).content.decode()
    assert "评分更正" in text and "信访局来函更正" in text
