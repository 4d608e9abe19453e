"""`ledgers` and `export_ledger`: the same ledgers for scripts, within one user's scope."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from rectification.remediation.models import Measure
from tests import cast
from tests.reports.conftest import progress_of


def export(output, *more, unit="990121", username="xian", format="xlsx", key="work"):
    words = [key, "--unit", unit, "--year", str(cast.YEAR), "--format", format, "--as", username]
    call_command("export_ledger", *words, "--output", str(output), *more)


def test_every_ledger_is_listed_with_its_columns(capsys):
    call_command("ledgers")
    said = capsys.readouterr().out
    assert "work\t××××年整顿软弱涣散基层党组织工作台账" in said
    assert "progress\t完成情况 / 进展情况" in said
    assert "survey_register" in said


@pytest.mark.parametrize("format", ["xlsx", "pdf"])
def test_a_ledger_is_made_into_the_named_file(filled_case, county_officer, tmp_path, capsys, format):
    export(tmp_path / f"a.{format}", format=format)
    assert (tmp_path / f"a.{format}").stat().st_size > 5000
    assert "已导出 3 行" in capsys.readouterr().out


def test_a_unit_outside_the_user_s_scope_leaves_no_file(
    filled_case, foreign_filled_case, county_officer, tmp_path
):
    with pytest.raises(CommandError, match="“东陵县”不在您的管理范围内"):
        export(tmp_path / "a.xlsx", unit="990122")
    assert list(tmp_path.glob("*.xlsx")) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"unit": "000000"}, "没有代码为 000000 的单位"),
        ({"username": "nobody"}, "不存在、已停用或现在没有岗位"),
        ({"key": "none"}, "没有“none”这种台账"),
    ],
)
def test_a_wrong_argument_is_named(filled_case, county_officer, tmp_path, wrong, words):
    with pytest.raises(CommandError, match=words):
        export(tmp_path / "a.xlsx", **wrong)


def test_a_filter_there_is_not_is_refused_with_those_there_are(filled_case, county_officer, tmp_path):
    with pytest.raises(CommandError, match="不能按“month”筛选；可以用 --filter field="):
        export(tmp_path / "a.xlsx", "--filter", "month=5")


def test_a_broken_moment_is_named(filled_case, county_officer, tmp_path):
    with pytest.raises(CommandError, match="--as-of 须为日期"):
        export(tmp_path / "a.xlsx", "--as-of", "2025-13-45")


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_as_of_an_earlier_moment_the_old_progress_is_printed(
    filled_case, county_officer, township_officer, tmp_path
):
    then = timezone.now() + timedelta(microseconds=1)
    progress_of(Measure.objects.get(text="选派干部任支部书记"), 95, "已任命并到岗", township_officer)
    export(tmp_path / "then.xlsx", "--as-of", then.isoformat())
    export(tmp_path / "now.xlsx")
    values = [load_workbook(tmp_path / name).active["O5"].value for name in ("then.xlsx", "now.xlsx")]
    assert values == [60, 95]
