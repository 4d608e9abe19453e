"""A ledger's columns as the scheme's unit wants them, on the screen, in files and in what goes up."""

from dataclasses import replace

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import Invalid, Refused
from rectification.filings.models import Filing
from rectification.schemes.models import Scheme
from reports import actions, column_actions, files, tasks
from reports import column_rules as rules
from reports.column_models import LedgerCell, LedgerColumn
from reports.column_reading import settings_of
from reports.column_rules import Setting
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast

WORK = LEDGERS["work"]
PLAIN = [Setting(column.key, group=column.group) for column in WORK.columns]
LED = Setting("added-1", "包联县领导", "责任", added=True, level=1)
NOTE = Setting("added-2", "市级意见", added=True)


@pytest.fixture
def save(scheme, city_reviewer):
    def save(wanted, by=city_reviewer, **more):
        declared = WORK.columns
        given = {"scheme": scheme, "ledger": "work", "declared": declared, "wanted": wanted, "by": by}
        return column_actions.save_columns(**given, at=cast.NOW, **more)

    return save


def sheet(post, unit):
    return live(WORK, Selection(post, unit, cast.YEAR, {}), today=cast.TODAY)


def changed(**settings):
    return [replace(one, **settings.get(one.key, {})) for one in PLAIN]


def type_in(scheme, by, unit, words, key="added-1", was=""):
    rows = {
        (
            key,
            rules.part_words(
                dict(zip(WORK.parts, row.parts, strict=True)), WORK.parts, 1 if key == "added-1" else 0
            ),
        )
        for row in sheet(by, unit).rows
    }
    first = sorted(rows)[0]
    return column_actions.save_cells(
        scheme=scheme, ledger="work", cells={first: (was, words)}, rows=rows, by=by, at=cast.NOW
    )


def test_a_column_stands_at_the_place_it_was_given_and_the_others_keep_their_order():
    asked = [("a", 1, 1), ("b", 2, 2), ("c", 3, 1), ("d", 4, 4)]
    assert rules.moved(asked) == ["c", "a", "b", "d"]
    assert rules.moved([("a", 1, 3), ("b", 2, 2), ("c", 3, 3)]) == ["b", "c", "a"]
    assert rules.moved([("a", 1, 9), ("b", 2, 9), ("c", 3, 0)]) == ["c", "b", "a"]


def test_a_column_declared_later_stands_behind_the_one_it_follows():
    known = [one for one in PLAIN if one.key != "goal"]
    placed = [replace(one, place=n) for n, one in enumerate(reversed(known), 1)]
    keys = [column.key for column in rules.shaped(WORK.columns, placed)]
    assert keys[keys.index("measure") + 1] == "goal"


def test_renamed_hidden_grouped_and_added_columns_are_drawn_everywhere(
    filled_case, save, scheme, county_officer, township_officer, county, township, as_post, tmp_path
):
    save([*changed(person={"title": "包抓干部"}, percent={"hidden": True}, remark={"group": "其他"}), LED])
    type_in(scheme, township_officer, township, "县委常委、组织部部长")
    page = as_post(county_officer).get("/ledgers/work/").content.decode()
    assert (
        "包抓干部" in page
        and "包联县领导" in page
        and "县委常委、组织部部长" in page
        and "完成率" not in page
    )
    files.make(sheet(county_officer, county), "xlsx", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx").active
    words = [cell.value for row in book.iter_rows() for cell in row if cell.value]
    assert "包抓干部" in words and words.count("县委常委、组织部部长") == 1 and "完成率" not in words
    as_post(township_officer).post("/ledgers/work/file/", {})
    assert "包联县领导" in [column["title"] for column in Filing.objects.get().content["columns"]]


def test_a_hidden_column_still_filters_and_takes_its_total_with_it(filled_case, save, county_officer, county):
    save(changed(field={"hidden": True}, percent={"hidden": True}, organization={"hidden": True}))
    made = live(WORK, Selection(county_officer, county, cast.YEAR, {"field": "village"}), today=cast.TODAY)
    assert len(list(made.rows)) == 3
    assert "3条措施" in made.foot()


def test_only_the_unit_that_issued_the_scheme_sets_its_columns(save, county_officer):
    with pytest.raises(Refused, match="制发单位"):
        save(PLAIN, by=county_officer)


def test_without_the_guard_a_county_sets_the_city_s_columns(save, county_officer, monkeypatch):
    """The planted fault of the test above."""
    monkeypatch.setattr(column_actions, "setting_refusal", lambda *_args: None)
    save(changed(field={"hidden": True}), by=county_officer)
    assert LedgerColumn.objects.filter(hidden=True).exists()


def test_all_hidden_or_two_of_one_name_are_refused(save):
    with pytest.raises(Invalid, match="至少保留一个"):
        save([replace(one, hidden=True) for one in PLAIN])
    with pytest.raises(Invalid, match="都叫“责任人”"):
        save(changed(leader={"title": "责任人"}))


def test_settings_saved_by_another_in_between_are_not_overwritten(save):
    seen = column_actions.fingerprint([])
    save(changed(person={"title": "包抓干部"}))
    with pytest.raises(Refused, match="已被他人修改"):
        save(changed(person={"title": "责任同志"}), seen=seen)


def test_a_column_that_is_gone_is_named_and_ignored(
    filled_case, save, scheme, city_reviewer, as_post, county
):
    save(PLAIN)
    LedgerColumn.objects.create(
        scheme=scheme, ledger="work", key="since_gone", title="旧栏目", by=city_reviewer
    )
    client, address = as_post(city_reviewer), reverse("reports:column_settings", args=[scheme.uid, "work"])
    assert "系统已不再提供" in client.get(address).content.decode()
    assert "旧栏目" not in client.get("/ledgers/work/").content.decode()
    rows, _own = settings_of(scheme, "work")
    seen = column_actions.fingerprint([column_actions.setting(row) for row in rows])
    client.post(address, {"gone": "since_gone", "seen": seen})
    assert not LedgerColumn.objects.filter(key="since_gone").exists()


def test_the_page_renames_moves_and_adds(scheme, city_reviewer, as_post):
    address = reverse("reports:column_settings", args=[scheme.uid, "work"])
    data = {"seen": column_actions.fingerprint([]), "title-person": "包抓干部", "place-remark": "2"}
    response = as_post(city_reviewer).post(address, data | {"new-title-0": "市级意见", "new-place-0": "3"})
    assert response.status_code == 302
    rows, own = settings_of(scheme, "work")
    assert own and [row.key for row in rows][:4] == ["number", "remark", "added-1", "county"]
    assert {row.key: row.title for row in rows}["person"] == "包抓干部"


def test_what_is_typed_stays_with_its_row_and_a_second_writer_sees_the_first(
    filled_case, save, scheme, township_officer, county_officer, township
):
    save([*PLAIN, NOTE])
    type_in(scheme, township_officer, township, "抓紧", key="added-2")
    with pytest.raises(Invalid, match="已改为“抓紧”"):
        type_in(scheme, county_officer, township, "放缓", key="added-2")
    save([NOTE, *PLAIN])
    assert "抓紧" in next(iter(sheet(township_officer, township).rows)).values


def test_a_row_of_another_county_cannot_be_typed_into(
    filled_case, foreign_filled_case, save, scheme, city_reviewer, township_officer, as_post
):
    save([*PLAIN, LED])
    post = as_post(township_officer)
    page = post.post("/ledgers/work/cells/", {f"now:added-1:{foreign_filled_case.pk}": "外县"})
    assert page.status_code == 422
    assert not LedgerCell.objects.exists()


def test_next_year_s_scheme_takes_the_columns_over_until_it_has_its_own(save, scheme, city, city_reviewer):
    save(changed(person={"title": "包抓干部"}))
    following = Scheme.objects.create(issuer=city, year=cast.YEAR + 1, title="下年方案", state="in_force")
    rows, own = settings_of(following, "work")
    assert not own and any(row.title == "包抓干部" for row in rows)
    given = {"scheme": following, "ledger": "work", "declared": WORK.columns}
    column_actions.reset(**given, by=city_reviewer, at=cast.NOW)
    rows, own = settings_of(following, "work")
    assert own and not any(row.title for row in rows)


def test_reset_keeps_what_was_typed(filled_case, save, scheme, city_reviewer, township_officer, township):
    save([*PLAIN, LED])
    type_in(scheme, township_officer, township, "县委常委")
    given = {"scheme": scheme, "ledger": "work", "declared": WORK.columns}
    column_actions.reset(**given, by=city_reviewer, at=cast.NOW)
    original = WORK.declared(Selection(township_officer, township, cast.YEAR, {})).columns
    assert [one.key for one in sheet(township_officer, township).columns] == [one.key for one in original]
    assert LedgerCell.objects.get().words == "县委常委"


def test_an_export_draws_the_columns_too(filled_case, save, county_officer, county):
    save(changed(person={"title": "包抓干部"}))
    given = {"ledger": "work", "unit": county, "year": cast.YEAR, "format": "xlsx", "filters": {}}
    export = actions.request_export(reason="核对数据", by=county_officer, at=cast.NOW, **given)
    tasks.export(export.pk)
    book = load_workbook(files.place_of(export.uid, "xlsx")).active
    assert "包抓干部" in [cell.value for row in book.iter_rows(max_row=4) for cell in row]
