"""工作纪实 pages: written on a phone, read in the case's file, corrected, withdrawn, listed by what it lacks."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from rectification.cases.models import CaseMember
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.tasks import count_logs
from tests.cast import TODAY
from tests.rectification.remediation.activity_steps import counted_duty, leader_on, log


def words(**changed):
    return {"kind": "visit", "what": "与支委谈心", "on": "2026-5-20", "members": []} | changed


def test_three_taps_and_a_sentence_log_a_visit(case, on_case, helper, as_post):
    browser, url = as_post(helper), reverse("remediation:activity_add", args=[case.uid])
    page = browser.get(url).content.decode()
    assert f'value="{on_case.uid}" id="id_members_0" checked' in page or "checked" in page
    assert "2026年5月20日" in page
    answer = browser.post(url, words(members=[str(on_case.uid)]))
    entry = Activity.objects.get()
    assert answer["Location"] == entry.get_absolute_url()
    told = browser.get(answer["Location"]).content.decode()
    assert "已登记" in told and "孙某" in told


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(case, on_case, helper, as_post):
    url = reverse("remediation:activity_add", args=[case.uid])
    answer = as_post(helper).post(
        url, words(members=[str(on_case.uid)], on="2027-1-1", what="一句要留住的话")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "今天之后" in page and "一句要留住的话" in page


def test_the_same_form_sent_twice_is_one_entry(case, on_case, helper, as_post):
    browser, url = as_post(helper), reverse("remediation:activity_add", args=[case.uid])
    sent = words(members=[str(on_case.uid)], _key="11111111-1111-4111-8111-111111111111")
    first, second = browser.post(url, sent), browser.post(url, sent)
    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_the_key_holds_when_the_sites_own_memory_of_it_is_gone(case, on_case, helper, as_post):
    from accounts.models import SubmissionKey

    browser, url = as_post(helper), reverse("remediation:activity_add", args=[case.uid])
    sent = words(members=[str(on_case.uid)], _key="11111111-1111-4111-8111-111111111111")
    browser.post(url, sent)
    SubmissionKey.objects.all().delete()
    browser.post(url, sent)
    assert Activity.objects.count() == 1


def test_a_photo_of_fifty_megapixels_is_refused_in_words(case, on_case, helper, as_post, tmp_path):
    Image.new("L", (8000, 7000)).save(tmp_path / "big.png")
    photo = SimpleUploadedFile("现场.png", (tmp_path / "big.png").read_bytes())
    url = reverse("remediation:activity_add", args=[case.uid])
    answer = as_post(helper).post(url, words(members=[str(on_case.uid)], photo=photo))
    page = answer.content.decode()
    assert answer.status_code == 422 and "万像素的上限" in page and "与支委谈心" in page
    assert not Activity.objects.exists()


def test_a_file_over_twenty_megabytes_is_refused_in_words(case, on_case, helper, as_post, settings):
    settings.UPLOAD_LIMIT_BYTES = 1000
    big = SimpleUploadedFile("记录.txt", b"a" * 1001)
    url = reverse("remediation:activity_add", args=[case.uid])
    answer = as_post(helper).post(url, words(members=[str(on_case.uid)], file=big))
    page = answer.content.decode()
    assert answer.status_code == 422 and "超过上限" in page and "与支委谈心" in page


def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(case, on_case, helper, as_post):
    photo = SimpleUploadedFile("现场.jpg", b"MZ\x90\x00\x03 a program")
    url = reverse("remediation:activity_add", args=[case.uid])
    page = as_post(helper).post(url, words(members=[str(on_case.uid)], photo=photo)).content.decode()
    assert "不支持这种文件" in page and "与支委谈心" in page


def test_a_file_is_kept_with_the_case_and_read_from_the_entry(case, on_case, helper, as_post):
    note = SimpleUploadedFile("会议记录.txt", "三条意见".encode())
    browser, url = as_post(helper), reverse("remediation:activity_add", args=[case.uid])
    answer = browser.post(url, words(members=[str(on_case.uid)], file=note))
    assert "会议记录.txt" in browser.get(answer["Location"]).content.decode()
    assert case.attachments.count() == 1


def test_a_correction_shows_what_it_said_before(case, on_case, helper, as_post):
    browser, entry = as_post(helper), log(case, helper, members=[on_case])
    url = reverse("remediation:activity_edit", args=[entry.uid])
    assert "与支委谈心" in browser.get(url).content.decode()
    answer = browser.post(url, words(members=[str(on_case.uid)], what="入户看望", _version=1))
    page = browser.get(answer["Location"]).content.decode()
    assert "<del>与支委谈心</del>" in page and "<ins>入户看望</ins>" in page


def test_two_people_editing_see_both_versions_and_lose_nothing(
    case, on_case, helper, township_officer, as_post
):
    entry = log(case, helper, members=[on_case])
    url = reverse("remediation:activity_edit", args=[entry.uid])
    as_post(township_officer).post(url, words(members=[str(on_case.uid)], what="镇里改的", _version=1))
    answer = as_post(helper).post(url, words(members=[str(on_case.uid)], what="我改的", _version=1))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "镇里改的" in page and "我改的" in page and 'name="_version" value="2"' in page


def test_a_withdrawn_entry_stays_readable_with_its_reason(case, on_case, helper, as_post):
    browser, entry = as_post(helper), log(case, helper, members=[on_case])
    url = reverse("remediation:activity_withdraw", args=[entry.uid])
    assert browser.post(url, {"reason": "", "_version": 1}).status_code == 422
    browser.post(url, {"reason": "与同事重复", "_version": 1})
    page = browser.get(entry.get_absolute_url()).content.decode()
    assert "不计次" in page and "与同事重复" in page


def test_the_case_page_shows_the_log_and_what_will_fall_short(
    case, county_officer, township_officer, as_post
):
    leader = leader_on(case, county_officer)
    counted_duty(case, "contact_visits", times=4)
    log(case, township_officer, members=[leader])
    page = as_post(county_officer).get(f"{case.get_absolute_url()}?tab=activities").content.decode()
    assert "与支委谈心" in page and "代录" in page
    assert "12月底前还差3次" in page


def test_a_helper_starts_from_the_own_cases(case, foreign_case, on_case, helper, as_post):
    counted_duty(case, "contact_visits", times=4)
    page = as_post(helper).get(reverse("remediation:diary")).content.decode()
    assert "石桥村" in page and "还差4次" in page and "沙洲村" not in page
    assert reverse("remediation:activity_add", args=[case.uid]) in page


def test_the_township_lists_what_its_cases_lack(case, township_officer, as_post):
    counted_duty(case, "contact_visits", times=4)
    count_logs()
    page = as_post(township_officer).get(reverse("remediation:diary") + "?short=on").content.decode()
    assert "石桥村" in page and "可能完不成" in page and "还差4次" in page


def test_the_workbench_says_early_what_will_fall_short(case, on_case, helper, county_officer, as_post):
    counted_duty(case, "contact_visits", times=4)
    count_logs()
    assert "12月底前还差4次" in as_post(helper).get("/").content.decode()
    assert "1 个对象的工作纪实可能完不成" in as_post(county_officer).get("/").content.decode()


def test_the_list_asks_no_more_for_more_cases(
    case,
    scheme,
    other_village,
    county,
    county_officer,
    township_officer,
    as_post,
    django_assert_max_num_queries,
):
    from tests.conftest import make_case

    browser, url = as_post(township_officer), reverse("remediation:diary")
    with django_assert_max_num_queries(22) as one:
        browser.get(url)
    second = make_case(scheme, other_village, county, county_officer)
    counted_duty(second, "contact_visits", times=4)
    log(second, township_officer, others="村支书")
    with django_assert_max_num_queries(len(one.captured_queries)):
        browser.get(url)


def test_a_former_helper_reads_and_writes_nothing_more(case, on_case, helper, as_post):
    entry = log(case, helper, members=[on_case])
    CaseMember.objects.filter(pk=on_case.pk).update(to_on=TODAY - timedelta(days=1))
    browser = as_post(helper)
    for name, uid in (("activity_add", case.uid), ("activity", entry.uid), ("activity_edit", entry.uid)):
        assert browser.get(reverse(f"remediation:{name}", args=[uid])).status_code == 404


def test_a_phones_script_gets_its_answer_without_eating_the_message(case, on_case, helper, as_post):
    browser, url = as_post(helper), reverse("remediation:activity_add", args=[case.uid])
    asked = {"headers": {"X-Requested-With": "fetch"}}
    answer = browser.post(url, words(members=[str(on_case.uid)]), **asked)
    assert browser.get(answer["Location"], **asked).status_code == 204
    assert "已登记" in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("name", ["activity_add"])
def test_a_city_reviewer_has_no_form(case, city_reviewer, as_post, name):
    assert as_post(city_reviewer).get(reverse(f"remediation:{name}", args=[case.uid])).status_code == 403
