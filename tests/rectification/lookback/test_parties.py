"""Who the parties are by the scheme's chain, who is next, evidence, and a conclusion put right."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.errors import Refused
from accounts.roles import Role
from organizations.rules import Level
from rectification.cases.models import Case, Tracking
from rectification.lookback import opening, verdict
from rectification.lookback.models import Lookback, LookbackView
from rectification.lookback.parties import parties_in, parties_of_steps
from rectification.lookback.rules import Party
from rectification.lookback.waiting import waiting_lines
from rectification.schemes import actions as schemes
from rectification.schemes.models import ChainStep, Scheme
from rectification.workflow import Stage
from tests import cast
from tests.conftest import make_case
from tests.rectification.lookback.conftest import CLOSED_ON, answer, decide, of_last_year, opened
from tests.rectification.lookback.test_pages import page, sheet, text_of

pytestmark = pytest.mark.django_db


def png():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def step(order, level, role, name="回头看"):
    return ChainStep(order=order, process="lookback", level=level, role=role, name=name)


# --- parties -----------------------------------------------------------------------------------------------------


def test_the_seven_looks_have_three_parties_and_the_county_concludes(scheme):
    known = parties_in(scheme)
    assert known.order == tuple(Party) and known.decides == {Role.COUNTY_OFFICER}
    assert known.title(Party.SELF) == "整顿对象自查"


def test_a_chain_of_one_township_has_one_party_that_concludes():
    known = parties_of_steps([step(1, Level.TOWNSHIP, Role.TOWNSHIP_OFFICER, "镇党委组织回头看")])
    assert known.order == (Party.SUPERIOR,) and known.judging is Party.SUPERIOR
    assert known.concludes_in_township and known.title(Party.SUPERIOR) == "镇党委组织回头看"


@pytest.mark.parametrize("steps", [[], [step(1, Level.GRASSROOTS, Role.VILLAGE_REPORTER)]])
def test_a_chain_nobody_judges_in_is_as_usual(steps):
    assert parties_of_steps(steps).order == tuple(Party)


def test_a_chain_without_a_self_check_asks_two(township_officer, county_officer, village_reporter):
    known = parties_of_steps(
        [step(1, Level.TOWNSHIP, Role.TOWNSHIP_OFFICER), step(2, Level.COUNTY, Role.COUNTY_OFFICER)]
    )
    asked = {post: known.own(post, township=True) for post in (township_officer, county_officer)}
    assert asked == {township_officer: [Party.SUPERIOR], county_officer: [Party.DEPARTMENT]}
    assert known.own(village_reporter, township=True) == []


@pytest.fixture
def own_scheme(township, township_officer, city_reviewer, scheme):
    """The township's own scheme in force, under which it looks back by itself (S2 岔路)."""
    made = schemes.create_from_preset(
        preset_key="d_chalu_2017", issuer=township, year=cast.YEAR, by=township_officer, at=cast.NOW
    )
    made.items.create(kind="lookback", order=1, text="整改措施是否落实")
    Scheme.objects.filter(pk=made.pk).update(state="in_force")
    return Scheme.objects.get(pk=made.pk)


def test_a_township_looks_back_by_itself_and_its_countys_leaves_it_out(
    as_post, own_scheme, scheme, county, county_officer, township, township_officer, last_year
):
    assert opening.to_open(scheme, county, cast.YEAR).awaiting == 0
    browser = as_post(township_officer)
    browser.post(reverse("lookback:open"))
    lookback = Lookback.objects.get()
    assert lookback.scheme == own_scheme
    shown = text_of(browser.get(page(lookback)))
    assert "镇党委组织回头看" in shown and "整顿对象自查" not in shown.split('id="sheet"')[1]
    answer(lookback, "superior", township_officer)
    decide(lookback, township_officer, "closed", body="柳溪镇党委")
    assert Case.objects.get(pk=last_year.pk).stage == Stage.TRACKING
    with pytest.raises(Refused):
        verdict.correct(
            lookback_id=lookback.pk,
            by=county_officer,
            at=cast.NOW,
            version=None,
            outcome="carried",
            reasons="理由",
            decided_on=cast.TODAY,
            body="县委组织部",
            why="误登",
        )


# --- who is next -------------------------------------------------------------------------------------------------


def test_each_part_that_is_whole_hands_over_to_the_next(
    as_post, lookback, village_reporter, township_officer, county_officer
):
    def lines(post):
        return [(one.step, one.count) for one in waiting_lines(post, cast.YEAR)]

    assert lines(village_reporter) == lines(township_officer) == [("self", 1)]
    answer(lookback, "self", village_reporter)
    assert (lines(village_reporter), lines(township_officer)) == ([], [("superior", 1)])
    answer(lookback, "superior", township_officer)
    assert lines(county_officer) == [("department", 1)]
    answer(lookback, "department", county_officer)
    assert lines(county_officer) == [("verdict", 1)]
    assert "1 个回头看待作出结论" in text_of(as_post(county_officer).get("/"))
    decide(lookback, county_officer, "closed")
    assert lines(county_officer) == []


def test_where_no_township_stands_the_county_is_told_of_every_part(scheme, county, county_officer):
    direct = cast.village_in(county, "县直机关支部", "990121900001")
    case = of_last_year(scheme, direct, county, county_officer)
    lookback = opened(scheme, county, county_officer, case)
    for party in Party:
        assert [one.step for one in waiting_lines(county_officer, cast.YEAR)] == [party.value]
        answer(lookback, party.value, county_officer)
    assert [one.step for one in waiting_lines(county_officer, cast.YEAR)] == ["verdict"]


def test_the_list_is_narrowed_by_township_and_by_who_is_next(
    as_post, scheme, county, county_officer, township, other_township, lookback, village_reporter
):
    other = cast.village_in(other_township, "青松村委会", "990121201201")
    opened(scheme, county, county_officer, of_last_year(scheme, other, county, county_officer))
    answer(lookback, "self", village_reporter)
    browser, url = as_post(county_officer), reverse("lookback:list")
    assert "待上级党组织检查" in text_of(browser.get(url))
    narrowed = text_of(browser.get(url, {"unit": str(township.uid)}))
    assert "石桥村" in narrowed and "青松村" not in narrowed
    narrowed = text_of(browser.get(url, {"next": "self"}))
    assert "青松村" in narrowed and "石桥村" not in narrowed
    assert "没有符合条件的回头看对象" in text_of(browser.get(url, {"mine": "on"}))


def test_a_scheme_without_points_says_so_and_leads_to_it(as_post, scheme, county_officer, last_year):
    scheme.items.filter(kind="lookback").delete()
    shown = text_of(as_post(county_officer).get(reverse("lookback:list")))
    assert "没有列回头看要点" in shown and scheme.get_absolute_url() in shown


# --- evidence ----------------------------------------------------------------------------------------------------


def test_evidence_hangs_on_the_answer_and_is_among_the_cases_files(
    as_post, lookback, township_officer, village_reporter, county_officer
):
    first = lookback.checkpoints.first()
    files = {f"file-{first.pk}": SimpleUploadedFile("会议记录.png", png())}
    response = as_post(township_officer).post(page(lookback, "save"), sheet(lookback, "superior") | files)
    assert response.status_code == 302
    kept = LookbackView.objects.get(checkpoint=first, party="superior").attachments.get()
    assert kept.case_id == lookback.case_id and "回头看" in kept.note
    shown = text_of(as_post(county_officer).get(page(lookback)))
    assert "会议记录.png" in shown and reverse("evidence:download", args=[kept.uid]) in shown


def test_a_file_of_a_wrong_kind_or_without_an_answer_is_refused_at_its_point(
    as_post, lookback, township_officer
):
    first, second = lookback.checkpoints.all()[:2]
    bad = {f"file-{first.pk}": SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 100)}
    loose = {f"file-{second.pk}": SimpleUploadedFile("b.png", png()), f"state-{second.pk}": ""}
    browser = as_post(township_officer)
    refused = browser.post(page(lookback, "save"), sheet(lookback, "superior") | loose)
    assert refused.status_code == 422 and "请先选择巩固、下滑或反弹" in text_of(refused)
    assert browser.post(page(lookback, "save"), sheet(lookback, "superior") | bad).status_code == 422
    assert not LookbackView.objects.exists()


# --- putting right -----------------------------------------------------------------------------------------------


def put_right(lookback, by, outcome, **given):
    given = {
        "reasons": "重新核查",
        "decided_on": cast.TODAY,
        "body": "青禾县委组织部",
        "why": "误登",
        **given,
    }
    return verdict.correct(
        lookback_id=lookback.pk, by=by, at=cast.NOW, version=None, outcome=outcome, **given
    )


def test_a_wrong_conclusion_is_put_right_with_its_reason(as_post, lookback, county_officer):
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "carried")
    browser = as_post(county_officer)
    given = {"outcome": "closed", "reasons": "逐项巩固", "decided_on": "2026-5-20", "body": "青禾县委组织部"}
    refused = browser.post(page(lookback, "correct"), given)
    assert refused.status_code == 422 and "逐项巩固" in text_of(refused)
    done = browser.post(page(lookback, "correct"), given | {"why": "登记时选错"}, follow=True)
    assert "结论已更正" in text_of(done) and "登记时选错" in text_of(done)
    case = Case.objects.get(pk=lookback.case_id)
    assert (case.stage, case.closed_on) == (Stage.TRACKING, CLOSED_ON)
    assert Tracking.objects.get(case=case).ends_on == date(2027, 5, 20)
    assert list(case.steps.values_list("step", flat=True))[-2:] == ["correct_lookback", "lookback_close"]


def test_what_only_the_wrong_conclusion_made_is_taken_back(scheme, county, county_officer, failed):
    lookback = opened(scheme, county, county_officer, failed)
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    assert Case.objects.get(pk=failed.pk).closed_on == cast.TODAY
    put_right(lookback, county_officer, "carried")
    case = Case.objects.get(pk=failed.pk)
    assert (case.stage, case.closed_on) == (Stage.CARRIED, None)
    assert not Tracking.objects.filter(case=case).exists()


def test_once_this_years_case_stands_on_it_it_stands(scheme, county, village, lookback, county_officer):
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "carried")
    make_case(scheme, village, county, county_officer, source="carried", previous=lookback.case)
    with pytest.raises(Refused, match="已据此列为2026年整顿对象"):
        put_right(lookback, county_officer, "closed")


def test_nothing_new_is_no_correction_and_another_post_puts_nothing_right(
    lookback, county_officer, township_officer
):
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "carried", reasons="重新核查")
    with pytest.raises(Refused, match="与原来相同"):
        put_right(lookback, county_officer, "carried")
    with pytest.raises(Refused):
        put_right(lookback, township_officer, "closed")
