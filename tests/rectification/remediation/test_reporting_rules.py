"""What a report counts and says, without a database."""

import re
from datetime import date
from decimal import Decimal

from rectification.remediation.reporting import periods, prose, rules, words
from rectification.remediation.reporting.facts import _quoted
from rectification.remediation.reporting.logged import (
    ActivityRow,
    CaseRow,
    EntryRow,
    Logged,
    MeasureRow,
    ProblemRow,
    ProjectRow,
    TargetAsked,
    TargetRow,
    Window,
)
from rectification.remediation.reporting.marking import marked_paragraphs

MAY = Window(date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 30))
CASE = CaseRow("u", "石桥村", "柳溪镇", "集中整顿", None, 320, True)


def measure(key, due, done=None, made=date(2026, 4, 20), **fields):
    given = {
        "problem": 1,
        "text": f"措施{'甲乙丙丁'[key]}",
        "kind": "task",
        "unit": "镇党委",
        "result": "办好",
    }
    return MeasureRow(key=key, made_on=made, due_on=due, done_on=done, long_term=False, **(given | fields))


LOGGED = Logged(
    problems=[ProblemRow(1, "书记空缺", None), ProblemRow(2, "账目不清", date(2026, 5, 12))],
    measures=[
        measure(0, date(2026, 5, 20)),
        measure(1, date(2026, 6, 10)),
        measure(2, date(2026, 5, 15), done=date(2026, 5, 12), problem=2),
        measure(3, date(2026, 5, 1), done=date(2026, 6, 2)),
    ],
    entries=[EntryRow(0, date(2026, 5, 8), 40, "开了动员会"), EntryRow(0, date(2026, 6, 1), 90, "快好了")],
    activities=[
        ActivityRow("visit", date(2026, 5, 3), "谈心", (), ()),
        ActivityRow("call", date(2026, 4, 3), "走访", ("1组1号", "1组2号"), ()),
        ActivityRow("call", date(2026, 5, 4), "走访", ("1组2号", "1组3号"), ("2组1号",)),
    ],
    targets=[TargetRow(7, 1, date(2026, 5, 9)), TargetRow(7, 1, date(2026, 6, 9))],
    projects=[ProjectRow(Decimal("30.00"), Decimal("20.50"), Decimal("12.00"))],
)
TARGETS = [TargetAsked(7, "新发展党员", "名", 1)]


def facts():
    line = rules.line_of(CASE, LOGGED, TARGETS, MAY)
    return {
        "unit": "柳溪镇",
        "period": "5月",
        "until_on": "2026-05-31",
        "next_until_on": "2026-06-30",
        "wide": False,
        "lines": [line],
        "groups": [],
        "total": rules.total_of([line]),
        "units": [],
        "said": [],
    }


def test_a_case_is_counted_as_it_stood_at_the_periods_end():
    line = rules.line_of(CASE, LOGGED, TARGETS, MAY)
    counted = {
        name: line[name] for name in ("problems", "closed", "open", "measures", "done", "late", "next")
    }
    assert counted == {
        "problems": 2,
        "closed": 1,
        "open": 1,
        "measures": 4,
        "done": 1,
        "late": 2,
        "next": 1,
    }
    assert line["percent"] == (40 + 0 + 100 + 0) // 4  # what came in June is not told in May
    assert (line["households"], line["households_all"], line["phoned"]) == (2, 3, 1)
    assert line["targets"][0]["all"] == 1


def test_numbers_stand_in_the_fixed_sentences_and_none_in_the_words():
    told = facts()
    for part in words.PARTS:
        assert not re.search(r"\d", prose.drafted(part, told)), prose.drafted(part, told)
    fixed = "".join(words.fixed(part, told) for part in words.PARTS)
    assert "列入清单的问题2个，已销号1个，尚在整改1个" in fixed
    assert "逾期未完成的措施2条：石桥村“措施丁”（应于5月1日前完成）、石桥村“措施甲”" in fixed
    assert "走访到户2户（今年累计3户，占应走访320户的0%）" in fixed
    assert "计划资金30万元、到位20.5万元、支出12万元" in fixed


def test_a_unit_without_cases_says_so_and_nothing_else():
    none = facts() | {"lines": [], "total": rules.total_of([])}
    assert prose.drafted("overall", none) == "本期没有整顿对象。"
    assert "".join(words.fixed(part, none) for part in ("overall", "problems", "next")) == ""


def test_periods_of_every_rhythm():
    assert periods.period_at("half_month", date(2026, 2, 16)) == (date(2026, 2, 16), date(2026, 2, 28))
    assert periods.following("quarterly", date(2026, 12, 31)) == (date(2027, 1, 1), date(2027, 3, 31))
    assert periods.period_words("half_month", date(2026, 5, 15)) == "5月上半月"
    assert periods.early_refusal(date(2026, 5, 15), date(2026, 5, 12)) is None
    assert "5月12日起" in periods.early_refusal(date(2026, 5, 15), date(2026, 5, 11))


def test_only_the_clauses_that_changed_are_marked():
    (fixed, told) = marked_paragraphs("截至5月31日，问题2个。\n甲。乙。", "截至5月31日，问题3个。\n甲。丙。")
    assert fixed == [("", "截至5月31日，"), ("del", "问题2个。"), ("ins", "问题3个。")]
    assert told == [("", "甲。"), ("del", "乙。"), ("ins", "丙。")]


def test_what_the_system_writes_and_a_wish_for_more_time_are_no_progress():
    assert _quoted("报完成：支委配齐3人") == "支委配齐3人"
    assert _quoted("乡镇（街道）确认完成") == _quoted("申请延期至2026年7月1日：雨季停工") == ""
