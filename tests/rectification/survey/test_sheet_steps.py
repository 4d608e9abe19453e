"""What a township decides and says when it submits: the steps below the holder, its opinion on each proposed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Invalid
from accounts.roles import Role
from rectification.schemes.models import ChainStep, Process
from rectification.survey import actions
from rectification.survey.sheet_step_rules import StepEntry, is_self_check, step_errors, steps_below
from rectification.survey.sheet_steps import steps_of_sheet
from tests import cast


def step(scheme, order, name, level, role, mode):
    return ChainStep.objects.create(
        scheme=scheme,
        process=Process.DETERMINATION,
        order=order,
        name=name,
        level=level,
        role=role,
        mode=mode,
    )


@pytest.fixture
def chain(scheme):
    """党员群众评议 and 乡镇党委初定 ahead of what the scheme has."""
    scheme.chain.filter(process=Process.DETERMINATION).update(order=9)
    return [
        step(scheme, 2, "党员群众评议", "grassroots", Role.VILLAGE_REPORTER, "record"),
        step(scheme, 3, "乡镇党委初定", "township", Role.TOWNSHIP_OFFICER, "record"),
    ]


MEETING = StepEntry(2, "柳溪镇各村党员大会", cast.TODAY, "", "同意")
PARTY = StepEntry(3, "柳溪镇党委会议", cast.TODAY, "柳党纪〔2026〕3号", "同意上报")


def submit(year, by, **more):
    return actions.submit_township(survey_id=year.survey.pk, by=by, at=cast.NOW, **more)


def test_the_steps_are_recorded_with_body_day_paper_and_opinion(year, chain, township_officer):
    sheet = submit(year, township_officer, steps=[MEETING, PARTY])
    recorded = list(sheet.steps.values_list("name", "body", "document", "opinion"))
    assert recorded == [
        ("党员群众评议", "柳溪镇各村党员大会", "", "同意"),
        ("乡镇党委初定", "柳溪镇党委会议", "柳党纪〔2026〕3号", "同意上报"),
    ]


def test_a_step_without_its_paper_is_refused_at_the_field_and_nothing_is_submitted(
    year, chain, township_officer
):
    with pytest.raises(Invalid) as refused:
        submit(year, township_officer, steps=[MEETING, StepEntry(3, "柳溪镇党委会议", cast.TODAY)])
    assert refused.value.errors == {"s3-document": ["乡镇党委初定：没有填会议纪要号或文号"]}
    assert year.survey.sheets.not_submitted().count() == 2


def test_a_meeting_at_the_grassroots_needs_no_number():
    class Row:
        order, name, level, mode = 2, "党员群众评议", "grassroots", "record"

    assert step_errors([Row()], {2: MEETING}, today=cast.TODAY) == {}
    assert set(step_errors([Row()], {}, today=cast.TODAY)) == {"s2-body", "s2-decided_on"}


def test_the_villages_own_check_is_no_step_of_the_sheet(scheme, year, chain):
    own = step(scheme, 1, "村自查", "grassroots", Role.VILLAGE_REPORTER, "handle")
    assert is_self_check(own)
    assert [one.name for one in steps_of_sheet(year.survey.sheets.first())] == [
        "党员群众评议",
        "乡镇党委初定",
    ]


def test_steps_of_the_holder_and_above_are_not_the_townships(scheme, chain):
    from organizations.rules import Level

    steps = list(scheme.chain.filter(process=Process.DETERMINATION).order_by("order"))
    assert [one.order for one in steps_below(steps, Level.COUNTY)] == [2, 3]
    assert [one.order for one in steps_below(steps, Level.TOWNSHIP)] == [2]


def test_the_page_asks_for_the_steps_and_keeps_what_was_typed(as_post, year, chain, township_officer):
    row = year.score("石桥村", c1=5)
    client, address = as_post(township_officer), reverse("survey:submit", args=[year.survey.uid])
    assert "乡镇党委初定" in client.get(address).content.decode()
    data = {
        "proposed": [str(row.uid)],
        f"opinion-{row.uid}": "班子长期不齐，建议整顿",
        "s2-body": "各村党员大会",
        "s2-decided_on": "2026-5-18",
        "s3-body": "镇党委会议",
        "s3-decided_on": "2026-5-19",
    }
    answer = client.post(address, data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "没有填会议纪要号或文号" in text and "班子长期不齐，建议整顿" in text and "各村党员大会" in text
    scan = SimpleUploadedFile("纪要.pdf", b"%PDF-1.4 minutes", content_type="application/pdf")
    answer = client.post(address, {**data, "s3-document": "柳党纪〔2026〕3号", "s3-scan": scan})
    assert answer.status_code == 302
    assert year.row("石桥村").township_opinion == "班子长期不齐，建议整顿"
    assert year.survey.sheets.get(organization=township_officer.organization).steps.get(order=3).scan


def test_a_sheet_sent_again_replaces_its_steps_and_keeps_the_scan(year, chain, township_officer):
    sheet = submit(year, township_officer, steps=[MEETING, PARTY])
    actions.return_township(sheet_id=sheet.pk, by=year.officer, at=cast.NOW, reason="④漏评")
    again = StepEntry(3, "柳溪镇党委会议", cast.TODAY, "柳党纪〔2026〕4号", "同意")
    submit(year, township_officer, steps=[MEETING, again])
    assert sheet.steps.get(order=3).document == "柳党纪〔2026〕4号" and sheet.steps.count() == 2
