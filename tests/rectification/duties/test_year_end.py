"""结束方案: by its issuer, when the year is over and no case is open, with a reason otherwise."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.errors import Refused
from rectification.duties.year_end import end
from rectification.schemes import actions
from rectification.schemes.models import Scheme, SchemeState
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db
NEXT_YEAR = NOW + timedelta(days=365)


def test_a_scheme_whose_year_is_over_ends_without_a_word(scheme, city_reviewer):
    end(scheme_id=scheme.pk, by=city_reviewer, at=NEXT_YEAR, reason="")
    scheme.refresh_from_db()
    assert scheme.state == SchemeState.CLOSED
    (record,) = scheme.amendments.all()
    assert (record.what, record.before, record.after) == ("结束方案", "执行中", "已结束")


def test_within_the_year_or_with_an_open_case_a_reason_is_asked(scheme, case, city_reviewer):
    with pytest.raises(Refused, match=f"{YEAR}年度还没有结束，还有 1 个整顿对象没有办结"):
        end(scheme_id=scheme.pk, by=city_reviewer, at=NOW, reason=" ")
    with pytest.raises(Refused, match="还有 1 个整顿对象"):
        end(scheme_id=scheme.pk, by=city_reviewer, at=NEXT_YEAR, reason="")
    end(scheme_id=scheme.pk, by=city_reviewer, at=NOW, reason="机构合并，改按新方案执行")
    assert scheme.amendments.get().reason == "机构合并，改按新方案执行"


def test_only_a_scheme_in_force_ends_and_only_by_its_issuer(scheme, city_reviewer, county_officer):
    with pytest.raises(Refused, match="由制发单位"):
        end(scheme_id=scheme.pk, by=county_officer, at=NEXT_YEAR, reason="")
    end(scheme_id=scheme.pk, by=city_reviewer, at=NEXT_YEAR, reason="")
    with pytest.raises(Refused, match="只有执行中的方案才能结束"):
        end(scheme_id=scheme.pk, by=city_reviewer, at=NEXT_YEAR, reason="")


def test_the_page_names_what_is_open_and_keeps_the_words(scheme, case, city_reviewer, as_post):
    client, url = as_post(city_reviewer), reverse("duties:end", args=[scheme.uid])
    assert "还有 1 个整顿对象没有办结" in client.get(url).content.decode()
    version = {"_version": str(Scheme.objects.get(pk=scheme.pk).version)}
    refused = client.post(url, version | {"reason": ""})
    assert refused.status_code == 422 and "须写明理由" in refused.content.decode()
    answer = client.post(url, version | {"reason": "改按新方案执行"}, follow=True)
    assert "已结束" in answer.content.decode()
    assert "结束方案…" not in answer.content.decode()


def test_a_closed_scheme_is_read_and_copied_and_not_edited(scheme, city, city_reviewer, as_post):
    end(scheme_id=scheme.pk, by=city_reviewer, at=NEXT_YEAR, reason="")
    client = as_post(city_reviewer)
    assert client.get(scheme.get_absolute_url()).status_code == 200
    scheme.refresh_from_db()
    copy = actions.copy(source=scheme, issuer=city, year=YEAR + 1, by=city_reviewer, at=NEXT_YEAR)
    assert copy.state == SchemeState.DRAFT and copy.items.exists()
    page = client.get(scheme.get_absolute_url()).content.decode()
    assert "修订<span" not in page
