"""What may be filed, and what differs between two copies."""

from rectification.filings import rules
from rectification.filings.rules import Change, Difference

COLUMNS = [
    {"key": "number", "title": "序号", "kind": "number"},
    {"key": "organization", "title": "村（社区）", "kind": "text"},
    {"key": "measure", "title": "整顿措施", "kind": "text"},
    {"key": "due_on", "title": "时限", "kind": "date"},
    {"key": "percent", "title": "完成率", "kind": "percent"},
]


def content(*rows):
    return {
        "columns": COLUMNS,
        "rows": [list(row[1:]) for row in rows],
        "parts": [[1, 1, row[0]] for row in rows],
    }


FIRST = (1, 1, "石桥村", "选派书记", "2026-09-30", 40)
SECOND = (2, 2, "石桥村", "公开账目", "2026-10-31", 0)


def test_an_empty_ledger_may_not_go_up():
    assert "没有内容" in rules.refusal(content())
    assert rules.refusal(content(FIRST)) is None


def test_the_hash_does_not_depend_on_the_order_of_keys():
    one = content(FIRST)
    assert rules.digest(one) == rules.digest(dict(reversed(one.items())))
    assert rules.digest(one) != rules.digest(content(SECOND))


def test_equal_copies_differ_in_nothing():
    assert rules.differences(content(FIRST, SECOND), content(FIRST, SECOND)) == []


def test_a_frozen_number_is_read_as_it_was_printed():
    assert rules.words("11.90", "percent") == "11.9%" and rules.words("100.0", "number") == "100"
    assert rules.words("0.00", "percent") == "0%" and rules.words("", "percent") == "（空）"


def test_a_changed_cell_is_told_with_before_and_after_in_words():
    after = (1, 1, "石桥村", "选派书记", "2026-10-15", 80)
    assert rules.differences(content(FIRST), content(after)) == [
        Difference(
            "修改",
            "石桥村 / 选派书记",
            (Change("时限", "2026年9月30日", "2026年10月15日"), Change("完成率", "40%", "80%")),
        )
    ]


def test_new_and_gone_rows_are_named():
    assert [d[:2] for d in rules.differences(content(FIRST), content(SECOND))] == [
        ("新增", "石桥村 / 公开账目"),
        ("删去", "石桥村 / 选派书记"),
    ]


def test_a_moved_running_number_is_no_change():
    moved = (2, 1, *SECOND[2:])
    assert [d.kind for d in rules.differences(content(FIRST, SECOND), content(moved))] == ["删去"]
