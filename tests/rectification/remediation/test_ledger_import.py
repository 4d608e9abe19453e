"""An office's own 整顿工作台账 of any layout: its headings matched once, its rows looked at, written all or nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from organizations import layout_rules as rules
from organizations import layouts, tasks
from organizations.layout_models import TableLayout
from organizations.models import ImportBatch
from rectification.remediation.ledger_import import WANTED
from rectification.remediation.models import Measure, Plan, Problem

HEAD = ["序号", "所属乡镇", "村（社区）名称", "存在问题", "整改措施", "责任", None, "完成时限", "备注"]
SUB = [None, None, None, None, None, "包抓领导", "责任人", None, None]
ROWS = [
    [1, "柳溪镇", "石桥村", "班子不健全", "选配党支部书记", "王某", "李某", "2026年9月30日", None],
    [None, None, None, None, "每月召开支部党员大会", "王某", "李某", "2026-12-31（长期坚持）", None],
    [None, None, None, "村务不公开", "按季公开账目", "王某", "张某", "2026.8.31", "好"],
]


def workbook(rows=ROWS, head=(HEAD, SUB)):
    book = Workbook()
    page = book.active
    page.append(["2026年柳溪镇软弱涣散基层党组织整顿工作台账"])
    page.append(["填报单位：柳溪镇党委"])
    for row in (*head, *rows, ["合计", None, None, "2个问题"], ["填表人：周某"]):
        page.append(row)
    page.merge_cells("A1:I1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def hand_in(as_post, township_officer, township, case):
    client = as_post(township_officer)

    def hand_in(content=None, **more):
        file = SimpleUploadedFile("台账.xlsx", content or workbook(**more))
        response = client.post(reverse("remediation:ledger_import", args=[township.uid]), {"file": file})
        assert response.status_code == 302
        batch = ImportBatch.objects.latest("pk")
        tasks.read_roster(batch.pk)
        batch.refresh_from_db()
        return client, batch

    return hand_in


def matched(client, batch, **other):
    """The guess, taken as it is offered."""
    mapping = rules.guess(batch.table["headings"], WANTED)
    places = {f"column-{batch.table['headings'].index(head)}": key for head, key in mapping.items()}
    response = client.post(reverse("organizations:layout", args=[batch.uid]), places | other)
    batch.refresh_from_db()
    return response


def test_headings_in_two_rows_are_found_and_guessed_by_likeness():
    table = rules.find_table([("表", [["台账"], HEAD, SUB, *ROWS])], WANTED)
    assert table.first == 4
    assert rules.guess(table.headings, WANTED) == {
        "所属乡镇": "township",
        "村（社区）名称": "organization",
        "存在问题": "problem",
        "整改措施": "text",
        "责任/包抓领导": "leader",
        "责任/责任人": "person",
        "完成时限": "due_on",
    }


def test_a_merged_cell_is_said_again_only_where_it_reaches():
    head = ["乡镇", "村", "问题", "措施", "时限"]
    rows = [
        ["甲镇", "甲村", "一", "a", "x"],
        ["甲镇", None, None, "b", "x"],
        ["甲镇", "乙村", None, "c", "x"],
    ]
    table = rules.find_table([("表", [head, *rows, [None, None, None, "注重学习不够", "x"]])], WANTED)
    read = rules.read(table, rules.guess(table.headings, WANTED), WANTED)
    assert [(row.cells["organization"], row.cells["problem"]) for row in read] == [
        ("甲村", "一"),
        ("甲村", "一"),
        ("乙村", None),
        ("乙村", None),
    ]


def test_the_first_time_a_person_matches_the_headings_then_it_is_looked_at_and_written(hand_in):
    client, batch = hand_in()
    assert (
        batch.unmatched
        and "待对应"
        in client.get(reverse("remediation:ledger_import", args=[batch.unit.uid])).content.decode()
    )
    client.post(reverse("organizations:batch_apply", args=[batch.uid]))
    assert not Problem.objects.exists()
    matched(client, batch)
    assert batch.errors == [] and len(batch.rows) == 3
    client.post(reverse("organizations:batch_apply", args=[batch.uid]))
    assert [problem.text for problem in Problem.objects.order_by("order")] == ["班子不健全", "村务不公开"]
    first, second, _third = Measure.objects.order_by("pk")
    assert (first.leader, first.person, str(first.due_on)) == ("王某", "李某", "2026-09-30")
    assert second.long_term


def test_the_same_headings_are_known_the_next_time_and_the_same_file_changes_nothing(hand_in):
    client, batch = hand_in()
    matched(client, batch)
    client.post(reverse("organizations:batch_apply", args=[batch.uid]))
    _client, again = hand_in()
    assert not again.unmatched and again.rows == [] and again.errors == []
    assert TableLayout.objects.count() == 1


def test_errors_are_told_by_cell_and_nothing_is_written(hand_in):
    client, batch = hand_in(rows=[ROWS[0], [2, "柳溪镇", "没有的村", "乱", "改", "王", "李", "下个月", None]])
    matched(client, batch)
    found = {(error["column"], error["row"]) for error in batch.errors}
    assert found == {("C", 6), ("H", 6)}
    client.post(reverse("organizations:batch_apply", args=[batch.uid]))
    assert not Measure.objects.exists()


def test_a_case_whose_plan_is_approved_is_refused_with_what_to_do(hand_in, case):
    Plan.objects.create(case=case, state="approved")
    client, batch = hand_in()
    matched(client, batch)
    assert "请先“调整方案”" in batch.errors[0]["reason"]


def test_a_plan_that_went_up_after_the_preview_stops_the_writing(hand_in, case):
    client, batch = hand_in()
    matched(client, batch)
    Plan.objects.create(case=case, state="submitted")
    page = client.post(reverse("organizations:batch_apply", args=[batch.uid]), follow=True)
    assert "方案已呈报" in page.content.decode() and not Problem.objects.exists()


def test_a_required_column_left_out_or_named_twice_is_refused(hand_in):
    client, batch = hand_in()
    places = {f"column-{batch.table['headings'].index('完成时限')}": ""}
    assert "还没有指定“时限”" in matched(client, batch, **places).content.decode()
    places = {f"column-{batch.table['headings'].index('备注')}": "due_on"}
    assert "对应了两个表头" in matched(client, batch, **places).content.decode()


def test_a_book_without_such_a_table_says_what_is_needed(hand_in):
    client, batch = hand_in(head=(["甲", "乙", "丙"],), rows=[])
    assert "没有找到表头" in batch.errors[0]["reason"]
    assert client.get(reverse("organizations:batch", args=[batch.uid])).status_code == 200


def test_another_s_file_is_not_matched(hand_in, as_post, other_township_officer):
    _client, batch = hand_in()
    address = reverse("organizations:layout", args=[batch.uid])
    assert as_post(other_township_officer).post(address, {}).status_code == 404
    with pytest.raises(ImportBatch.DoesNotExist):
        layouts.match(batch_id=batch.pk, mapping={}, by=other_township_officer, at=batch.created_at)
