"""整顿方案 as a document, and the lists of problems, tasks and responsibilities."""

from datetime import timedelta

import pytest
from openpyxl import load_workbook

from accounts.errors import Refused
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Measure, Problem
from reports import files
from reports.ledgers import LEDGERS, OutOfScope, Selection
from reports.papers import PAPERS
from reports.sheet import live
from tests import cast
from tests.rectification.remediation.conftest import WORDS, approve, draw_up
from tests.reports.printing import made, texts

PLAN = PAPERS["plan"]


def rows(key, post, unit, **filters):
    sheet = live(LEDGERS[key], Selection(post, unit, cast.YEAR, filters), today=cast.TODAY)
    keys = [column.key for column in sheet.columns]
    return [dict(zip(keys, row.values, strict=True)) for row in sheet.rows], sheet.foot()


def test_an_approved_plan_prints_as_it_was_approved_with_all_its_chapters(
    case, township_officer, county_officer, village, tmp_path
):
    approve(case, township_officer, county_officer)
    Measure.objects.update(goal="后来改动的目标")
    letter = made(PLAN, county_officer, village)
    words = [one.words for one in letter.paragraphs]
    assert [one.words for one in letter.paragraphs if one.level == 1] == [
        "一、基本情况",
        "二、整顿目标",
        "三、问题清单和整顿措施",
        "四、工作步骤",
        "五、保障措施",
    ]
    assert "（一）支委缺员。" in words
    assert (
        "1．支委缺员的措施1。目标：支委配齐3人；责任单位：柳溪镇党委；责任领导：赵副书记；责任人：钱委员；"
        "完成时限：2026年6月30日；要求：按程序选举。" in words
    )
    assert (letter.signer, letter.dated) == ("中共柳溪镇党委", "2026年5月20日")
    files.make(made(PLAN, county_officer, village), "pdf", tmp_path / "a.pdf")
    assert "问题、任务、责任清单" in texts(tmp_path / "a.pdf")
    files.make(made(PLAN, county_officer, village), "xlsx", tmp_path / "a.xlsx")
    said = [cell.value for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows() for cell in row]
    assert "支委缺员的措施1" in said and "支委配齐3人" in said


def test_a_plan_not_sent_yet_says_that_it_is_a_draft(case, township_officer, village):
    draw_up(case, township_officer)
    letter = made(PLAN, township_officer, village)
    assert letter.heading[-1] == "（草稿）" and letter.on is None
    assert WORDS["goal"] in [one.words for one in letter.paragraphs]


def test_why_there_is_no_plan_to_print(case, county_officer, county, village):
    for unit, words in ((county, "一村一份"), (village, "还没有拟订")):
        with pytest.raises(Refused, match=words):
            made(PLAN, county_officer, unit)


def test_another_county_does_not_print_it(case, township_officer, other_county_officer, village):
    draw_up(case, township_officer)
    with pytest.raises(OutOfScope):
        made(PLAN, other_county_officer, village)


def test_the_list_of_problems_counts_the_measures_that_stand(case, township_officer, county_officer, county):
    approve(case, township_officer, county_officer, problems=("支委缺员", "账目不清"), measures=2)
    first = Problem.objects.get(order=1)
    one, other = first.measures.order_by("order")
    problem_actions.cancel_measure(measure_id=other.pk, reason="合并", by=county_officer, at=cast.NOW)
    Measure.objects.filter(pk=one.pk).update(state="confirmed")
    found, foot = rows("problems", county_officer, county)
    assert [(row["problem"], row["asked"], row["done"], row["state"]) for row in found] == [
        ("支委缺员", 1, 1, "整改中"),
        ("账目不清", 2, 0, "整改中"),
    ]
    assert "2个问题" in foot and "3" in foot
    assert rows("problems", county_officer, county, state="closed")[0] == []


def test_the_three_lists_of_one_case_leave_out_what_was_cancelled_and_say_the_date_in_force(
    case, township_officer, county_officer, village
):
    approve(case, township_officer, county_officer, measures=2)
    kept, gone = Measure.objects.order_by("order")
    problem_actions.cancel_measure(measure_id=gone.pk, reason="合并", by=county_officer, at=cast.NOW)
    kept.duty.effective_due_on += timedelta(days=31)
    kept.duty.save()
    (row,), _ = rows("task_lists", township_officer, village)
    assert (row["measure"], row["kind"], row["requirement"]) == ("支委缺员的措施1", "整改任务", "按程序选举")
    assert str(row["due_on"]) == "2026-07-31"


def test_a_long_term_measure_has_no_percentage_in_the_work_ledger(
    case, township_officer, county_officer, county
):
    approve(case, township_officer, county_officer)
    measure = Measure.objects.get()
    Measure.objects.update(long_term=True)
    measure.entries.create(words="支委会按月召开", on=cast.TODAY, by=township_officer, at=cast.NOW)
    (row,), _ = rows("work", county_officer, county)
    assert (row["percent"], row["progress"]) == (None, "阶段性成效：支委会按月召开")


def test_the_lists_ask_the_database_the_same_for_many(
    case, township_officer, county_officer, county, django_assert_max_num_queries
):
    plan = draw_up(case, township_officer, problems=("一", "二", "三"), measures=3)
    assert plan_actions.missing_of(case, plan) == []
    for key in ("problems", "task_lists"):
        with django_assert_max_num_queries(2):  # the rows, and how the scheme wants the columns
            rows(key, county_officer, county)
