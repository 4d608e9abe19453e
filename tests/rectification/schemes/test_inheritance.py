"""A township's scheme under the county's: what is laxer is shown and needs a written reason."""

import pytest

from accounts.errors import Invalid, Refused
from accounts.models import Message
from rectification.duties import actions as duties
from rectification.schemes import actions, amendments, explaining, inheritance
from rectification.schemes.models import SchemeState
from rectification.schemes.parts import PARTS
from rectification.schemes.practice_models import LaxerReason
from tests import cast


@pytest.fixture
def draft(scheme, township, township_officer):
    """Preset D as the township's draft under the city's scheme."""
    return actions.create_from_preset(
        preset_key="d_chalu_2017", issuer=township, year=cast.YEAR, by=township_officer, at=cast.NOW
    )


@pytest.fixture
def copied(scheme, township, township_officer):
    """The scheme above copied by the township as its own draft."""
    return actions.copy(source=scheme, issuer=township, year=cast.YEAR, by=township_officer, at=cast.NOW)


def explain(scheme, officer, reasons=None, same=""):
    return explaining.explain(
        scheme_id=scheme.pk, version=None, reasons=reasons or {}, same=same, by=officer, at=cast.NOW
    )


def put_in_force(scheme, officer):
    return actions.put_in_force(scheme_id=scheme.pk, by=officer, at=cast.NOW)


def test_a_copy_of_the_scheme_above_is_laxer_in_nothing(scheme, copied, township_officer):
    compared = inheritance.compared(copied)
    assert compared.above == scheme and compared.laxer == []
    assert put_in_force(copied, township_officer).based_on == scheme


def test_what_is_laxer_without_a_reason_is_not_put_in_force_and_named(draft, township_officer):
    with pytest.raises(Invalid, match=r"比上级方案更宽的须逐项写明理由：.*等 \d+ 项"):
        put_in_force(draft, township_officer)
    draft.refresh_from_db()
    assert draft.state == SchemeState.DRAFT


def test_the_decision_taken_to_the_township_itself_needs_its_reason(draft):
    laxer = {one.key: one for one in inheritance.compared(draft).laxer}
    assert laxer["decides:determination"].here == "镇党委研究决定（乡镇（街道））"
    assert "decides:acceptance" in laxer


def test_each_reason_is_a_row_of_its_own_and_one_serves_the_rest(draft, township_officer):
    count = len(inheritance.compared(draft).laxer)
    saved = explain(
        draft,
        township_officer,
        {"decides:determination": "只整顿一个村，由镇党委直接抓"},
        "一村一策，按县委要求从简",
    )
    assert saved.unexplained == [] and LaxerReason.objects.filter(scheme=draft).count() == count
    assert saved.reasons["decides:determination"].reason == "只整顿一个村，由镇党委直接抓"
    assert put_in_force(draft, township_officer).state == SchemeState.IN_FORCE


def test_saving_the_same_words_again_writes_nothing(draft, township_officer):
    explain(draft, township_officer, same="从简")
    before = LaxerReason.objects.filter(scheme=draft).values_list("pk", "at")
    draft.refresh_from_db()
    version = draft.version
    explain(draft, township_officer, dict.fromkeys(inheritance.compared(draft).words, "从简"))
    draft.refresh_from_db()
    assert set(LaxerReason.objects.filter(scheme=draft).values_list("pk", "at")) == set(before)
    assert draft.version == version


def test_in_force_no_reason_is_taken_away(draft, township_officer):
    explain(draft, township_officer, same="从简")
    put_in_force(draft, township_officer)
    with pytest.raises(Invalid, match="理由不能空着"):
        explain(draft, township_officer, {"decides:determination": " "})


def test_nobody_but_the_issuer_writes_reasons(draft, county_officer, other_township_officer):
    with pytest.raises(Refused, match="由制发单位"):
        explain(draft, county_officer, same="从简")
    with pytest.raises(type(draft).DoesNotExist):
        explain(draft, other_township_officer, same="从简")


def _rows(scheme, part, **change):
    """The part's rows as the editor sends them, the first one changed."""
    rows = [
        {"uid": str(row.uid), **{name: getattr(row, name) for name in PARTS[part].columns}}
        for row in PARTS[part].rows(scheme)
    ]
    rows[0] |= change
    return rows


def test_an_amendment_that_makes_it_laxer_gives_its_reason(copied, township_officer):
    put_in_force(copied, township_officer)
    rows = _rows(copied, "quotas", percent=5)
    amendments.amend(
        scheme_id=copied.pk,
        version=None,
        part="quotas",
        rows=rows,
        reason="全镇只有四个村",
        by=township_officer,
        at=cast.NOW,
    )
    compared = inheritance.compared(copied)
    assert [one.key for one in compared.laxer] == ["quota:village"] and compared.unexplained == []
    assert compared.words == {"quota:village": "全镇只有四个村"}


def test_those_whose_schemes_rest_on_it_are_told_of_an_amendment(
    scheme, copied, city_reviewer, township_officer, other_township_officer
):
    put_in_force(copied, township_officer)
    amendments.amend(
        scheme_id=scheme.pk,
        version=None,
        part="quotas",
        rows=_rows(scheme, "quotas", percent=20),
        reason="加大力度",
        by=city_reviewer,
        at=cast.NOW,
    )
    told = Message.objects.filter(title__startswith="上级方案已修订")
    assert [one.user for one in told] == [township_officer.user]
    assert "quota:village" in {one.key for one in inheritance.compared(copied).unexplained}


def test_a_scheme_rests_on_the_nearest_one_in_force(
    scheme, county, county_officer, copied, township_officer, township
):
    nearer = actions.copy(source=scheme, issuer=county, year=cast.YEAR, by=county_officer, at=cast.NOW)
    assert inheritance.above_of(copied) == scheme
    put_in_force(nearer, county_officer)
    assert inheritance.above_of(copied) == nearer
    assert inheritance.resting_on(nearer) == [copied]
    assert inheritance.resting_on(scheme) == [nearer]


def test_the_page_takes_the_reasons_and_the_superior_reads_them(
    scheme, draft, township_officer, county_officer, other_township_officer, as_post
):
    url = f"/schemes/{draft.uid}/differences/"
    browser = as_post(township_officer)
    page = browser.get(url)
    form = page.context["form"]
    name = next(name for name, key in form.keys.items() if key == "decides:determination")
    sent = {name: "由镇党委直接抓", "_version": draft.version}
    assert browser.post(f"{url}reasons/", sent).status_code == 302
    assert "由镇党委直接抓" in as_post(county_officer).get(url).content.decode()
    assert as_post(other_township_officer).get(url).status_code == 404
    assert as_post(county_officer).post(f"{url}reasons/", sent).status_code == 404
    assert "没有写明理由" in browser.get(f"/schemes/{draft.uid}/").content.decode()


def test_a_township_reads_of_no_other_townships_scheme(
    scheme, draft, township_officer, other_township_officer, county_officer, as_post
):
    url = f"/schemes/{scheme.uid}/"
    assert draft.title in as_post(county_officer).get(url).content.decode()
    assert draft.title not in as_post(other_township_officer).get(url).content.decode()


def test_a_stale_page_keeps_what_was_typed(scheme, draft, township_officer, as_post):
    url = f"/schemes/{draft.uid}/differences/"
    browser = as_post(township_officer)
    form = browser.get(url).context["form"]
    name = next(iter(form.keys))
    old = draft.version
    explain(draft, township_officer, same="先写的")
    answer = browser.post(f"{url}reasons/", {name: "后写的", "_version": old})
    assert answer.status_code == 422 and "后写的" in answer.content.decode()
    assert "已被他人修改" in answer.content.decode()


def test_the_page_asks_the_database_a_fixed_number_of_times(
    draft, township_officer, as_post, django_assert_max_num_queries
):
    browser = as_post(township_officer)
    explain(draft, township_officer, same="从简")
    with django_assert_max_num_queries(45):
        browser.get(f"/schemes/{draft.uid}/differences/")


def test_putting_a_township_scheme_in_force_names_the_page_of_differences(draft, township_officer, as_post):
    page = as_post(township_officer).get(f"/duties/schemes/{draft.uid}/start/").content.decode()
    assert "比上级方案更宽的须逐项写明理由" in page and f"/schemes/{draft.uid}/differences/" in page


@pytest.fixture
def county_scheme(county, county_officer):
    """A county's scheme in force without one above it."""
    made = actions.create_from_preset(
        preset_key="b_fufeng_2023", issuer=county, year=cast.YEAR, by=county_officer, at=cast.NOW
    )
    duties.start_year(scheme_id=made.pk, by=county_officer, at=cast.NOW)
    return made


def test_without_a_scheme_above_nothing_is_asked(county_scheme, county_officer, as_post):
    assert inheritance.compared(county_scheme) is None
    page = as_post(county_officer).get(f"/schemes/{county_scheme.uid}/differences/").content.decode()
    assert "上级没有本年度执行中的方案" in page
