"""回头看: three parties, a suggestion with reasons, a verdict, an organization's years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.lookback.rules import (
    CaseYear,
    Checkpoint,
    Outcome,
    Party,
    State,
    View,
    consequence,
    lineage,
    missing,
    missing_words,
    suggested,
    tracked_until,
    verdict_refusal,
    view_error,
)

POINTS = [
    Checkpoint("p1", "领导班子是否健全"),
    Checkpoint("p2", "党员群众是否满意"),
    Checkpoint("q1", "财务不公开", last_years_problem=True),
]
TODAY = date(2026, 3, 10)


def views(**states: State) -> list[View]:
    """All parties say held, but for `<party>_<checkpoint>` given."""
    return [
        View(point.key, party, states.get(f"{party}_{point.key}", State.HELD), "具体情况")
        for party in Party
        for point in POINTS
    ]


def refusal(
    given: list[View], *, outcome: str = "closed", reasons: str = "逐项核查均已巩固", **more: object
) -> str:
    return (
        verdict_refusal(
            POINTS,
            given,
            outcome=outcome,
            reasons=reasons,
            today=TODAY,
            **({"decided_on": TODAY} | more),  # type: ignore[arg-type]
        )
        or ""
    )


def test_quotation_marks_in_a_points_words_become_single_ones_in_reasons() -> None:
    point = Checkpoint("p", "“三会一课”是否坚持")
    given = [View("p", party, State.SLIPPED, "半年未开") for party in Party]
    assert suggested([point], given).reasons[0].startswith("“‘三会一课’是否坚持”")
    assert missing_words({Party.SELF: [point]})[0].endswith("“‘三会一课’是否坚持”")


def test_everything_held_suggests_closing_with_the_reason() -> None:
    result = suggested(POINTS, views())
    assert result.outcome is Outcome.CLOSED
    assert result.reasons == ("3 项组织（人事）部门考核验收均为“巩固”",)


@pytest.mark.parametrize("found", ["superior_p1", "department_p1"])
def test_what_relapsed_for_superior_or_department_is_not_turned_round(found: str) -> None:
    result = suggested(POINTS, views(**{found: State.RELAPSED}))
    assert result.outcome is Outcome.CARRIED
    assert "“领导班子是否健全”" in result.reasons[0]
    assert "反弹" in result.reasons[0]


def test_what_slipped_for_the_department_is_not_turned_round() -> None:
    assert suggested(POINTS, views(department_q1=State.SLIPPED)).outcome is Outcome.CARRIED


def test_what_others_saw_slip_is_watched_and_shown_as_a_conflict() -> None:
    result = suggested(POINTS, views(superior_p2=State.SLIPPED))
    assert result.outcome is Outcome.CLOSED
    assert "列入跟踪" in result.reasons[1]
    assert result.conflicts == (
        "“党员群众是否满意”意见不一：整顿对象自查“巩固”，上级党组织检查“下滑”，组织（人事）部门考核验收“巩固”",
    )


def test_nothing_is_suggested_while_a_part_is_missing_and_its_owner_is_named() -> None:
    given = [view for view in views() if (view.party, view.checkpoint) != (Party.SUPERIOR, "p2")]
    result = suggested(POINTS, given)
    assert result.outcome is None
    assert result.reasons == ("上级党组织检查还有 1 项没有填写：“党员群众是否满意”",)


def test_missing_parts_are_listed_by_party() -> None:
    given = [view for view in views() if view.party is Party.DEPARTMENT]
    left = missing(POINTS, given)
    assert {party: len(points) for party, points in left.items()} == {Party.SELF: 3, Party.SUPERIOR: 3}


def test_an_unanswered_view_is_missing() -> None:
    assert missing(POINTS[:1], [View("p1", party, None) for party in Party])[Party.SELF] == POINTS[:1]


def test_more_than_three_missing_points_are_counted() -> None:
    many = [Checkpoint(str(number), f"要点{number}") for number in range(5)]
    assert missing_words({Party.SELF: many}) == ["整顿对象自查还有 5 项没有填写：“要点0”、“要点1”、“要点2”等"]


@pytest.mark.parametrize("state", [State.SLIPPED, State.RELAPSED])
def test_what_slipped_or_relapsed_needs_words(state: State) -> None:
    assert "须写明具体情况" in (view_error(View("p1", Party.SELF, state, " "), POINTS[0]) or "")


def test_what_held_needs_no_words() -> None:
    assert view_error(View("p1", Party.SELF, State.HELD), POINTS[0]) is None


def test_a_verdict_with_reasons_and_the_departments_part_is_recorded() -> None:
    assert refusal(views()) == ""


def test_a_verdict_without_reasons_is_refused() -> None:
    assert refusal(views(), reasons=" ") == "回头看结论须写明理由"


def test_a_verdict_without_the_departments_part_is_refused() -> None:
    given = [view for view in views() if view.party is not Party.DEPARTMENT]
    assert "组织（人事）部门考核验收还有 3 项没有填写" in refusal(given)


def test_a_verdict_may_stand_without_the_self_check() -> None:
    assert refusal([view for view in views() if view.party is not Party.SELF]) == ""


def test_a_verdict_may_differ_from_what_follows() -> None:
    assert refusal(views(department_p1=State.SLIPPED), outcome="closed") == ""


def test_a_verdict_of_tomorrow_or_without_day_or_outcome_is_refused() -> None:
    assert "晚于今天" in refusal(views(), decided_on=date(2026, 3, 11))
    assert "没有填作出结论的日期" in refusal(views(), decided_on=None)
    assert "请选择回头看结论" in refusal(views(), outcome="")


def test_where_a_township_looks_back_itself_its_part_decides() -> None:
    parties = [Party.SELF, Party.SUPERIOR]
    given = [view for view in views(superior_p1=State.SLIPPED) if view.party in parties]
    assert suggested(POINTS, given, parties).outcome is Outcome.CARRIED
    assert refusal(given, outcome="carried", parties=parties) == ""


def test_without_any_checkpoint_there_is_no_verdict() -> None:
    refused = verdict_refusal([], [], outcome="closed", reasons="x", decided_on=TODAY, today=TODAY)
    assert "没有回头看要点" in (refused or "")


def test_a_verdict_says_what_it_means() -> None:
    given = {"year": 2026, "decided_on": TODAY, "tracking_months": 12}
    assert consequence(Outcome.CLOSED, **given) == "销号，跟踪管理至2027年3月10日"  # type: ignore[arg-type]
    assert "不受倒排名次限制" in consequence(Outcome.CARRIED, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("closed", "months", "until"),
    [
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 30), 18, date(2027, 5, 30)),
    ],
)
def test_tracking_ends_so_many_months_on(closed: date, months: int, until: date) -> None:
    assert tracked_until(closed, months) == until


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 60))
def test_tracking_ends_in_the_right_month(closed: date, months: int) -> None:
    until = tracked_until(closed, months)
    assert until.year * 12 + until.month == closed.year * 12 + closed.month + months
    assert until.day <= closed.day


def test_a_case_after_a_closed_one_is_a_relapse_and_shows_both_years() -> None:
    rows = lineage([CaseYear(2, 2026, "石桥村", None), CaseYear(1, 2024, "石桥村", date(2024, 12, 20))])
    assert [row.relapse for row in rows] == [False, True]
    assert rows[1].text == "2026年反弹：2024年整顿，2024年12月20日销号后再次列为整顿对象，未销号"


def test_a_carried_case_is_no_relapse() -> None:
    rows = lineage([CaseYear(1, 2025, "石桥村", None), CaseYear(2, 2026, "石桥村", None, carried=True)])
    assert not rows[1].relapse
    assert rows[1].text.startswith("2026年续整：2025年整顿未转化到位")


def test_a_merged_villages_earlier_case_is_named() -> None:
    rows = lineage([CaseYear(1, 2024, "老屋村", date(2024, 12, 1)), CaseYear(2, 2026, "新屋村", None)])
    assert "（时称老屋村）" in rows[1].text
