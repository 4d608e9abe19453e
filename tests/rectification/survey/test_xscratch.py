import pytest
from datetime import timedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from organizations import actions as orgs
from rectification.evidence.models import Attachment
from rectification.survey import actions, joint_review, publicity, amendments
from rectification.survey.models import *
from rectification.cases.models import Case
from rectification.schemes.practice_models import FormKind
from accounts.roles import Role
from accounts.errors import *
from organizations.workbook import read_workbook
from tests import cast
from tests.organizations.workbooks import packed, workbook
from tests.rectification.survey.asking import *
from tests.rectification.survey.chains import *
from tests.rectification.survey.test_notes import visit, check
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89" + b"\0\0\0\nIDATx\x9cc\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"

def test_scan(year, villages):
    reporter = cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cunzhang")
    note = visit(year, year.officer, scan=SimpleUploadedFile("a.png", PNG, "image/png"))
    print("ATT village sees", Attachment.objects.visible_to(reporter).filter(pk__in=note.attachments.all()).count())

@pytest.mark.parametrize("cell", ['<c r="A1"><v>1e999</v></c>','<c r="A1"><v>NaN</v></c>','<c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c>','<c r="A1" t="inlineStr"><is><t>a_xD800_b</t></is></c>','<c r="A1" t="str"><v>a_x0000_b</v></c>', '<c r="A1" t="d"><v>2025-01-01</v></c>', '<c r="A1" t="e"><v>#REF!</v></c>', '<c r="A1"><f>1+1</f></c>'])
def test_cells(cell):
    try:
        print(cell, read_workbook(packed('<sheetData><row r="1">'+cell+'</row></sheetData>'), file_name="a.xlsx"))
    except Exception as e:
        print(cell, "EXC", repr(e))

def test_moved_county(year, system_admin, foreign_township, other_county_officer, as_post):
    review = on_its_way(year, JOINT, MEETING)
    dep = cast.post_at(year.county, Role.DEPARTMENT, "jiwei", department="县纪委监委")
    joint = ask(year, "县纪委监委")
    unit = year.row("石桥村").organization
    try:
        orgs.move(unit_id=unit.pk, target_id=foreign_township.pk, version=unit.version, by=system_admin, at=cast.NOW)
    except Exception as e:
        print("MOVE", repr(e)); return
    c = as_post(year.officer)
    for u in [reverse("survey:joint_review", args=[joint.uid]), reverse("survey:determination", args=[review.uid]), reverse("survey:proposal", args=[year.survey.uid]) ]:
        print(u, c.get(u).status_code)
    c = as_post(other_county_officer)
    print("foreign sees row", Assessment.objects.visible_to(other_county_officer).count())
    print(c.get(reverse("survey:organization", args=[year.row("石桥村").uid])).status_code)
    try:
        all_agree(year, joint, dep); close(year, joint)
        year.determine(review)
        print("DETERMINED", [(x.organization, x.county, x.township, x.org_path) for x in Case.objects.all()])
    except Exception as e:
        print("DET", repr(e))

def test_moved_township(year, system_admin, other_township):
    review = on_its_way(year, MEETING)
    unit = year.row("石桥村").organization
    orgs.move(unit_id=unit.pk, target_id=other_township.pk, version=unit.version, by=system_admin, at=cast.NOW)
    try:
        year.determine(review)
        print("TDETERMINED", [(x.organization, x.county, x.township, x.org_path) for x in Case.objects.all()])
    except Exception as e:
        print("TDET", repr(e))

def test_scheme_closed(year, city_reviewer):
    from rectification.schemes import actions as schemes
    review = on_its_way(year, MEETING)
    year.scheme.refresh_from_db()
    try:
        schemes.close(scheme_id=year.scheme.pk, by=city_reviewer, at=cast.NOW, reason="停", version=None)
    except TypeError as e:
        print(e); raise
    except Exception as e:
        print("SCL", repr(e)); return
    try:
        year.determine(review)
        print("CLOSED DETERMINED", Case.objects.count(), Case.objects.first().duties.count())
    except Exception as e:
        print("CDET", repr(e))

def test_far(year):
    from tests.rectification.survey import test_publicity as t
    on_its_way(year, PUBLISH, MEETING)
    from datetime import date
    for s,e in [(cast.TODAY, date(2206,1,1)), (date(2099,1,1), date(9999,12,31)), (date(1900,1,1), cast.TODAY)]:
        try:
            one = t.publish(year, starts_on=s, ends_on=e, version=None)
            print("FAR ok", one.starts_on, one.ends_on)
        except Exception as ex:
            print("FAR", repr(ex))
