"""Self-checks and notes of visits: who writes them, until when, what they must say, who reads them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Refused, StaleVersion
from accounts.roles import Role
from organizations.models import Organization
from rectification.evidence.models import Attachment
from rectification.schemes.models import ChainStep, Process
from rectification.schemes.practice_models import FormKind, SurveyForm
from rectification.survey import actions, notes
from rectification.survey.note_models import SurveyNote
from tests import cast

QUESTIONS = ["班子运行顺不顺", "工作能力强不强", "精神状态好不好", "群众反映怎么样", "矛盾问题有没有"]


@pytest.fixture
def reporter(villages):
    return cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cunzhang")


@pytest.fixture
def revisit(scheme):
    return SurveyForm.objects.create(
        scheme=scheme, order=1, key="revisit", title="回访调研", kind=FormKind.REVISIT, questions=QUESTIONS
    )


def check(year, by, name="石桥村", **said):
    """A self-check of few words."""
    said = {"answers": [], "criteria": [], "conclusion": "未发现", "made_by": "", "version": None} | said
    return notes.save_self_check(
        assessment_id=year.row(name).pk, made_on=cast.TODAY, by=by, at=cast.NOW, **said
    )


def visit(year, by, name="石桥村", **said):
    said = {
        "answers": [],
        "criteria": [],
        "conclusion": "班子不齐",
        "made_by": "县委常委张某",
        "version": None,
    } | said
    return notes.save_visit(
        assessment_id=year.row(name).pk,
        kind=FormKind.REVISIT,
        made_on=cast.TODAY,
        by=by,
        at=cast.NOW,
        **said,
    )


def page(year, name="石桥村", what="self_check"):
    return reverse(f"survey:{what}", args=[year.row(name).uid])


def all_no(year, **yes):
    data = {f"m{one.order}": "no" for one in year.scheme.criteria.all()}
    return {**data, "made_on": "2026-5-20", "conclusion": "总体正常"} | yes


# --- the village's own check --------------------------------------------------------------------------------------


def test_a_village_answers_each_criterion_yes_or_no_and_sends_it(as_post, year, reporter):
    client = as_post(reporter)
    text = client.get(page(year)).content.decode()
    assert text.count("<fieldset") >= 10 and "提交柳溪镇党委" in text
    answer = client.post(page(year), all_no(year, m1="yes", w1="村委会主任空缺 8 个月"), follow=True)
    assert "下一步由柳溪镇党委评分" in answer.content.decode()
    note = SurveyNote.objects.get()
    assert (note.criteria, note.on_paper, note.submitted_at is not None) == ([1], False, True)
    assert note.answers[0]["words"] == "村委会主任空缺 8 个月"


def test_a_yes_without_words_and_an_unanswered_criterion_stand_beside_their_fields(as_post, year, reporter):
    data = all_no(year, m1="yes")
    del data["m2"]
    answer = as_post(reporter).post(page(year), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "选“是”的，请写明具体情况" in text and "请选择“是”或“否”" in text and "总体正常" in text
    assert not SurveyNote.objects.exists()


def test_the_schemes_own_questions_are_asked_instead(as_post, year, scheme, reporter):
    SurveyForm.objects.create(
        scheme=scheme, order=2, key="self", title="对照自查", kind=FormKind.SELF_CHECK, questions=["村容村貌"]
    )
    text = as_post(reporter).get(page(year)).content.decode()
    assert "村容村貌" in text and 'name="m1"' not in text
    answer = as_post(reporter).post(page(year), {"q0": "整洁", "made_on": "2026-5-20"})
    assert answer.status_code == 302
    assert SurveyNote.objects.get().answers == [{"question": "村容村貌", "words": "整洁"}]


def test_a_self_check_may_be_corrected_until_the_township_submits(year, reporter, township_officer):
    note = check(year, reporter)
    again = check(year, reporter, conclusion="换届后已配齐", version=note.version)
    assert again.pk == note.pk and SurveyNote.objects.get().conclusion == "换届后已配齐"
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    with pytest.raises(Refused, match="已提交评分，自查不能再改"):
        check(year, reporter, version=again.version)


def test_a_stale_self_check_shows_both(year, reporter):
    note = check(year, reporter)
    check(year, reporter, conclusion="另一处改的", version=note.version)
    with pytest.raises(StaleVersion):
        check(year, reporter, version=note.version)


def test_the_township_enters_a_signed_sheet_for_a_village_without_typing_it_again(
    as_post, year, township_officer
):
    paper = SimpleUploadedFile("自查表.pdf", b"%PDF-1.4 signed", content_type="application/pdf")
    data = {"made_on": "2026-5-19", "conclusion": "未发现", "scan": paper}
    answer = as_post(township_officer).post(page(year), data)
    assert answer.status_code == 302
    note = SurveyNote.objects.get()
    assert note.on_paper and note.attachments.get().organization == year.row("石桥村").organization


def test_the_township_does_not_overwrite_what_the_village_sent_itself(year, reporter, township_officer):
    check(year, reporter)
    with pytest.raises(Refused, match="已自行提交自查"):
        check(year, township_officer)


def test_another_village_cannot_write_it(as_post, year, villages):
    other = cast.post_at(villages[1], Role.VILLAGE_REPORTER, "lincun")
    assert as_post(other).get(page(year)).status_code == 404


def test_a_self_check_dated_tomorrow_is_refused_at_the_field(as_post, year, reporter):
    answer = as_post(reporter).post(page(year), all_no(year, made_on="2026-5-21"))
    assert answer.status_code == 422 and "晚于今天" in answer.content.decode()


# --- notes of visits ----------------------------------------------------------------------------------------------


def test_the_county_notes_a_visit_on_the_five_questions(as_post, year, revisit):
    address = reverse("survey:add_note", args=[year.row("石桥村").uid, "revisit"])
    client = as_post(year.officer)
    assert all(question in client.get(address).content.decode() for question in QUESTIONS)
    data = {"q0": "支书与主任不和", "made_by": "县委常委张某", "made_on": "2026-5-18", "criteria": ["3"]}
    assert client.post(address, data).status_code == 302
    note = SurveyNote.objects.get()
    assert (note.form, note.criteria, note.made_by) == (revisit, [3], "县委常委张某")


def test_a_visit_names_who_went_and_says_something(as_post, year):
    address = reverse("survey:add_note", args=[year.row("石桥村").uid, "dragnet"])
    answer = as_post(year.officer).post(address, {"made_on": "2026-5-18"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写带队领导和参加人员" in text and "请至少写明一项情况" in text


def test_several_visits_stand_side_by_side_and_each_is_corrected_by_who_wrote_it(year, township_officer):
    mine, theirs = visit(year, township_officer), visit(year, year.officer)
    assert SurveyNote.objects.count() == 2
    visit(year, year.officer, note_id=theirs.pk, version=theirs.version, conclusion="已和解")
    with pytest.raises(Refused, match="由其修改"):
        visit(year, year.officer, note_id=mine.pk, version=mine.version)


def test_a_village_never_reads_what_visitors_noted_of_it(as_post, year, reporter):
    note = visit(year, year.officer, conclusion="群众意见大")
    client = as_post(reporter)
    assert client.get(reverse("survey:note", args=[note.uid])).status_code == 404
    assert "群众意见大" not in client.get(page(year, what="organization")).content.decode()


def test_the_scope_of_notes_sees_a_planted_hole(as_post, year, reporter, monkeypatch):
    from rectification.survey.note_models import SurveyNoteQuerySet

    note = visit(year, year.officer)
    monkeypatch.setattr(SurveyNoteQuerySet, "visible_to", lambda rows, post: rows)
    assert as_post(reporter).get(reverse("survey:note", args=[note.uid])).status_code == 200


def test_no_visit_is_noted_once_the_list_is_determined(year):
    year.score("石桥村", c1=9)
    year.score("新枫林村", c1=8)
    year.close_scoring()
    year.determine(year.propose("石桥村", "新枫林村"))
    with pytest.raises(Refused, match="名单已经认定"):
        visit(year, year.officer)


# --- who has, who has not ------------------------------------------------------------------------------------------


def test_the_list_says_who_has_checked_itself_and_who_not(as_post, year, reporter):
    check(year, reporter)
    address = reverse("survey:notes", args=[year.survey.uid])
    client = as_post(year.officer)
    assert "12 个党组织，已自查 1 个" in client.get(address).content.decode()
    text = client.get(address, {"state": "unchecked", "name": "石桥村"}).content.decode()
    assert "新石桥村" in text and text.count("未自查</span>") == 1


def test_the_list_costs_the_same_for_two_villages_as_for_twelve(
    as_post, year, reporter, django_assert_max_num_queries
):
    for name in ("枫林村", "上塘村", "下塘村", "新石桥村"):
        visit(year, year.officer, name=name)
    client = as_post(year.officer)
    address = reverse("survey:notes", args=[year.survey.uid])
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)


def demand_self_checks(scheme):
    ChainStep.objects.create(
        scheme=scheme,
        process=Process.DETERMINATION,
        order=0,
        name="村自查",
        level="grassroots",
        role=Role.VILLAGE_REPORTER,
        mode="handle",
    )


def test_missing_self_checks_are_named_and_do_not_stop_a_scheme_without_that_step(
    as_post, year, township_officer
):
    text = as_post(township_officer).get(reverse("survey:submit", args=[year.survey.uid])).content.decode()
    assert "石桥村、枫林村、上塘村、下塘村、白马村、青山村还没有自查" in text and "没有自查也可以提交" in text
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)


def test_a_scheme_that_begins_with_the_self_check_refuses_without_and_names_who_is_missing(
    year, scheme, reporter, township_officer
):
    demand_self_checks(scheme)
    check(year, reporter)
    with pytest.raises(Refused, match="村自查在先，枫林村、上塘村、下塘村、白马村、青山村还没有自查"):
        actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    for name in ("枫林村", "上塘村", "下塘村", "白马村", "青山村"):
        check(year, township_officer, name=name)
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)


def test_a_village_that_merged_away_owes_no_self_check(year, scheme, township_officer):
    demand_self_checks(scheme)
    for name in ("石桥村", "枫林村", "上塘村", "下塘村", "白马村"):
        check(year, township_officer, name=name)
    Organization.objects.filter(short_name="青山村").update(closed_on=cast.TODAY, closed_reason="并入白马村")
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)


def test_the_scan_of_a_visit_is_read_by_the_township_and_not_by_the_village(year, reporter, township_officer):
    paper = SimpleUploadedFile("回访.pdf", b"%PDF-1.4 signed", content_type="application/pdf")
    note = visit(year, year.officer, scan=paper)
    kept = note.attachments.get()
    assert not Attachment.objects.visible_to(reporter).exists()
    assert Attachment.objects.visible_to(township_officer).get() == kept
