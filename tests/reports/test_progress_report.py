"""进展报告 as a document: as it was sent, its table attached, nobody else's."""

from datetime import date

import pytest

from accounts.errors import Refused
from rectification.remediation.reporting.periods import period_at
from reports import files
from reports.ledgers import Selection
from reports.papers import PAPERS, drawn
from tests import cast
from tests.rectification.remediation.reporting_steps import MONTH_END, monthly_duty, send

PAPER = PAPERS["progress_report"]


def letter_of(post, unit, **filters):
    return drawn(PAPER, Selection(post, unit, cast.YEAR, filters), today=cast.TODAY, mark="某同志 导出")


def test_a_report_prints_as_it_was_sent_with_its_table(
    case, scheme, township, township_officer, clock, tmp_path
):
    clock.move_to(MONTH_END)
    report = send(monthly_duty(scheme, township), township_officer, words={"work": "逐村过堂。"})
    letter = letter_of(township_officer, township, report=str(report.uid))
    words = [one.words for one in letter.paragraphs]
    assert letter.to == "中共青禾县委组织部：" and letter.on == MONTH_END.date()
    assert "逐村过堂。" in words and "四、下步打算" in words and words[-1] == "特此报告。"
    made = files.make(letter, "pdf", tmp_path / "a.pdf")
    assert made.rows == 1 and made.absent == []


def test_a_draft_is_printed_by_its_own_unit_only(case, scheme, township, township_officer, county_officer):
    with pytest.raises(Refused, match="还没有起草"):
        letter_of(county_officer, township)


def test_the_period_of_a_summary_is_the_whole_month():
    assert period_at("monthly", date(2026, 2, 3)) == (date(2026, 2, 1), date(2026, 2, 28))
