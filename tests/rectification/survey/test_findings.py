"""Where a finding comes from, its evidence, what stands beside it, and what becomes of a village that merges away."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Invalid, Refused
from accounts.roles import Role
from organizations.models import Organization, YearRecord
from rectification.survey import actions
from rectification.survey.change_rules import successor_in
from rectification.survey.entries import Entry
from rectification.survey.ranking import groups_of
from rectification.survey.rubric_rules import rubric_for
from tests import cast

LATER = cast.TODAY.replace(day=21)


def save(year, by, name="石桥村", **entries):
    row = year.row(name)
    given = {int(key[1:]): entry for key, entry in entries.items()}
    return actions.save_findings(
        assessment_id=row.pk, deductions=given, by=by, at=cast.NOW, version=row.version
    )


def page(year, name="石桥村", what="organization"):
    return reverse(f"survey:{what}", args=[year.row(name).uid])


# --- source -------------------------------------------------------------------------------------------------------


def test_a_finding_comes_from_a_visit_unless_something_else_is_said(year, township_officer):
    save(year, township_officer, c1=Entry(Decimal(5), "空缺"), c4=Entry(Decimal(2), "重复访", "petition"))
    sources = dict(year.row("石桥村").findings.values_list("criterion__order", "source"))
    assert sources == {1: "visit", 4: "petition"}


def test_another_source_says_which(year, township_officer):
    with pytest.raises(Invalid, match="须写明来源"):
        save(year, township_officer, c1=Entry(Decimal(5), "空缺", "other"))
    save(year, township_officer, c1=Entry(Decimal(5), "空缺", "other", "巡察反馈"))
    assert year.row("石桥村").findings.get().source_note == "巡察反馈"


def test_a_source_alone_can_be_changed_and_points_saved_without_one_keep_it(year, township_officer):
    save(year, township_officer, c1=Entry(Decimal(5), "空缺", "petition"))
    save(year, township_officer, c1=Entry(Decimal(6), "空缺"))
    assert year.row("石桥村").findings.get().source == "petition"
    save(year, township_officer, c1=Entry(Decimal(6), "空缺", "grading"))
    assert year.row("石桥村").findings.get().source == "grading"


def sent(client, year, source):
    """Autosave of ① at 石桥村 with this source as typed."""
    row = year.row("石桥村")
    cells = {"points": {"1": "5"}, "words": {"1": "空缺"}, "sources": {"1": source}}
    body = json.dumps({"rows": [{"uid": str(row.uid), "version": row.version, **cells}]})
    address = reverse("survey:save", args=[year.survey.uid])
    return client.post(address, body, content_type="application/json").json()["rows"][0]


def test_the_sheet_sends_the_source_with_the_words(as_post, year, township_officer):
    assert sent(as_post(township_officer), year, "其他：巡察反馈")["saved"]
    assert year.row("石桥村").findings.get().source_note == "巡察反馈"


@pytest.mark.parametrize(("typed", "words"), [("听说", "“听说”不是来源"), ("其他", "须写明来源")])
def test_a_source_that_is_none_is_refused_at_its_cell(as_post, year, township_officer, typed, words):
    answer = sent(as_post(township_officer), year, typed)
    assert not answer["saved"] and words in answer["errors"]["1"]


# --- evidence -----------------------------------------------------------------------------------------------------


def hand_in(client, year, order=1):
    file = SimpleUploadedFile("信访台账.pdf", b"%PDF-1.4 list", content_type="application/pdf")
    return client.post(page(year, what="evidence"), {"order": order, "file": file, "note": "三月"})


def test_evidence_is_kept_at_the_finding_and_read_on_the_organizations_page(as_post, year, township_officer):
    save(year, township_officer, c1=Entry(Decimal(5), "空缺"))
    client = as_post(township_officer)
    assert hand_in(client, year).status_code == 302
    kept = year.row("石桥村").findings.get().attachments.get()
    assert kept.case is None
    text = client.get(page(year)).content.decode()
    assert "信访台账.pdf" in text and "空缺" in text and "走访" in text and "zhen同志" in text
    assert client.get(reverse("evidence:download", args=[kept.uid])).status_code == 200


def test_evidence_without_a_finding_is_refused_in_words(as_post, year, township_officer):
    answer = hand_in(as_post(township_officer), year, order=2)
    assert answer.status_code == 422 and "请先评分，再上传佐证" in answer.content.decode()


def test_evidence_is_withdrawn_with_a_reason_and_leads_back(as_post, year, township_officer):
    save(year, township_officer, c1=Entry(Decimal(5), "空缺"))
    client = as_post(township_officer)
    hand_in(client, year)
    kept = year.row("石桥村").findings.get().attachments.get()
    address = reverse("evidence:withdraw", args=[kept.uid])
    answer = client.post(f"{address}?next={page(year)}", {"reason": "传错了"})
    assert answer["Location"] == page(year)
    assert "（已撤下）" in client.get(page(year)).content.decode()
    assert client.get(f"{address}?next=//evil.example/").status_code == 200


# --- beside the score ---------------------------------------------------------------------------------------------


def test_what_is_known_stands_beside_the_score_at_the_cost_of_a_fixed_number_of_queries(
    as_post, year, township_officer, django_assert_max_num_queries
):
    for name, grade in (("石桥村", "poor"), ("枫林村", "plain")):
        unit = year.row(name).organization
        YearRecord.objects.create(organization=unit, year=cast.YEAR - 1, grade=grade, petitions=3)
    client = as_post(township_officer)
    address = reverse("survey:grid", args=[year.survey.uid])
    text = client.get(address).content.decode()
    assert "定级较差" in text and "信访3件" in text and "未自查" in text
    with django_assert_max_num_queries(24):
        client.get(address)


def test_the_rubric_of_a_field_stands_beside_its_cells():
    text = "缺 1 人扣 2 分\n村：主任空缺另扣 3 分\n社区：居委会主任空缺另扣 2 分"
    assert rubric_for(text, "village") == "缺 1 人扣 2 分\n主任空缺另扣 3 分"
    assert rubric_for(text, "school") == "缺 1 人扣 2 分"


# --- pasting ------------------------------------------------------------------------------------------------------


def test_points_above_the_criterion_in_a_block_name_row_and_column(as_post, year, township_officer):
    body = json.dumps({"text": "枫林村\t5\t15", "row": "", "column": ""})
    address = reverse("survey:paste", args=[year.survey.uid])
    answer = as_post(township_officer).post(address, body, content_type="application/json").json()
    assert answer["cells"] == {}
    assert answer["errors"][0].startswith("第 1 行（枫林村）②")
    assert "扣分 15 超过标准分 10" in answer["errors"][0]


# --- merged away in the middle of the survey ------------------------------------------------------------------------


@pytest.fixture
def merged(year):
    """石桥村, scored, merges into 白马村 after the base date."""
    year.score("石桥村", c1=9)
    Organization.objects.filter(short_name="石桥村").update(closed_on=LATER, closed_reason="并入白马村")
    return year


def test_its_successor_is_read_out_of_the_reason():
    assert successor_in("村级建制调整，并入白马村，原村撤销") == "白马村"
    assert successor_in("撤销建制") == ""


def test_it_is_scored_no_more_and_the_message_names_the_successor(merged, township_officer):
    with pytest.raises(Refused, match="请在“白马村”中一并摸排"):
        save(merged, township_officer, c2=Entry(Decimal(1), "x"))
    assert merged.row("石桥村").score == 91


def test_its_scores_stay_readable_on_sheet_and_page(as_post, merged, township_officer):
    client = as_post(township_officer)
    text = client.get(reverse("survey:grid", args=[merged.survey.uid])).content.decode()
    assert "仍计入基准日" in text and f'name="p-{merged.row("石桥村").uid}-1"' not in text
    assert "石桥村的表现" in client.get(page(merged)).content.decode()


def test_what_was_typed_before_it_merged_comes_back_with_the_message(as_post, merged, township_officer):
    row = merged.row("石桥村")
    body = json.dumps(
        {
            "rows": [
                {"uid": str(row.uid), "version": row.version, "points": {"2": "3"}, "words": {"2": "写了"}}
            ]
        }
    )
    address = reverse("survey:save", args=[merged.survey.uid])
    answer = as_post(township_officer).post(address, body, content_type="application/json").json()
    assert not answer["rows"][0]["saved"] and "已于2026年5月21日撤并" in answer["rows"][0]["error"]


def test_it_counts_for_the_quota_keeps_its_rank_and_is_not_listed(merged):
    for name, points in (("新枫林村", 8), ("上塘村", 2)):
        merged.score(name, c1=points)
    merged.close_scoring()
    group = groups_of(merged.survey)[0]
    assert (group.organizations, group.selection.quota) == (12, 2)
    assert [place.name for place in group.selection.listed] == ["白岩乡新枫林村", "柳溪镇上塘村"]
    assert merged.row("石桥村").rank == 1


def test_it_is_not_chosen_for_the_list(as_post, merged):
    for name, points in (("新枫林村", 8), ("上塘村", 2)):
        merged.score(name, c1=points)
    merged.close_scoring()
    with pytest.raises(Refused, match="撤并"):
        merged.propose("石桥村", "新枫林村", "上塘村")


def test_a_village_reads_its_own_page_and_nobody_elses(as_post, year, villages):
    client = as_post(cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cunzhang"))
    assert client.get(page(year)).status_code == 200
    assert client.get(page(year, "枫林村")).status_code == 404
