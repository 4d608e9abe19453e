"""Files by their content: what is taken, how it is kept, who gets it back."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from rectification.cases import member_actions
from rectification.evidence import rules
from rectification.evidence.models import Attachment
from tests.cast import NOW, TODAY

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def picture(kind="JPEG", size=(60, 40), **kwargs):
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **kwargs)
    return made.getvalue()


def office(*parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "x")
    return made.getvalue()


def files_of(case):
    return f"/evidence/cases/{case.uid}/"


def send(client, case, content, name="签到表.pdf", note=""):
    return client.post(files_of(case), {"file": SimpleUploadedFile(name, content), "note": note})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, rules.PDF),
        (picture(), rules.JPEG),
        (picture("PNG"), rules.PNG),
        (office("word/document.xml"), rules.DOCX),
        (office("xl/workbook.xml"), rules.XLSX),
        ("会议记录\r\n一、".encode("gb18030"), rules.TEXT),
    ],
)
def test_a_file_is_what_its_content_is(content, kind):
    assert rules.read_kind(content).kind is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00\x03", "不支持这种文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "请另存为 docx"),
        (office("word/document.xml", "word/vbaProject.bin"), "含宏"),
        (office("readme"), "不接收压缩包"),
        (b"PK\x03\x04broken", "已损坏"),
    ],
)
def test_what_is_not_taken_says_what_to_do(content, words):
    assert words in (rules.read_kind(content).refusal or "")


def test_the_name_keeps_no_path_and_has_the_ending_of_its_content():
    assert rules.clean_name("../../etc/签到\x00表.exe", rules.PDF) == "签到表.pdf"
    assert rules.clean_name("", rules.PNG) == "附件.png"
    assert rules.clean_name("第1.次会议", rules.TEXT) == "第1.次会议.txt"


def test_words_under_the_name_of_a_picture_or_document_are_a_broken_file():
    assert "内容却不是" in rules.name_refusal("现场.JPG", rules.TEXT)
    assert rules.name_refusal("名单.csv", rules.TEXT) is None
    assert rules.name_refusal("照片.pdf", rules.PNG) is None


def test_an_uploaded_file_is_kept_under_a_random_name_and_comes_back_as_an_attachment(
    case, as_post, township_officer, settings
):
    client = as_post(township_officer)
    assert send(client, case, PDF, note="第二次会议").status_code == 302
    kept = Attachment.objects.get(case=case)
    assert "签到表" not in kept.file.name
    assert (settings.MEDIA_ROOT / kept.file.name).read_bytes() == PDF
    answer = client.get(f"/evidence/{kept.uid}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert "no-store" in answer["Cache-Control"]


def test_a_picture_loses_where_it_was_taken(case, as_post, helper, county_officer):
    member_actions.add_member(
        case_id=case.pk, by=county_officer, at=NOW, kind="team", name="队员", user=helper.user, from_on=TODAY
    )
    exif = Image.Exif()
    exif[0x010E] = "secret-place"
    send(as_post(helper), case, picture(exif=exif.tobytes()), "IMG_1.jpeg")
    kept = Attachment.objects.get(case=case)
    content = kept.file.read()
    assert b"secret-place" not in content
    assert kept.name == "IMG_1.jpg"
    assert Image.open(io.BytesIO(content)).size == (60, 40)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\xff\xd8\xff\xe0broken", "图片已损坏"),
        (b"MZ\x90\x00", "不支持这种文件"),
    ],
)
def test_a_refused_file_is_said_beside_the_field(case, as_post, township_officer, content, words):
    answer = send(as_post(township_officer), case, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Attachment.objects.exists()


def test_too_large_a_file_says_its_size_and_the_limit(case, as_post, township_officer, settings):
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    answer = send(as_post(township_officer), case, PDF + b"0" * 2_000_000)
    assert "1.9 MB，超过上限 1 MB" in answer.content.decode()


def test_a_picture_bomb_is_not_opened(case, as_post, township_officer, monkeypatch):
    monkeypatch.setattr(rules, "PIXEL_LIMIT", 1000)
    answer = send(as_post(township_officer), case, picture(), "大图.jpg")
    assert "60×40 像素" in answer.content.decode()


def test_a_full_disk_is_said_and_leaves_no_row_and_no_half_file(
    case, as_post, township_officer, monkeypatch, settings, tmp_path
):
    from django.core.files.storage import FileSystemStorage

    def full(storage, name, content):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_bytes(content.read(10))
        raise OSError(28, "No space left on device")

    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    assert "存储空间不足" in send(as_post(township_officer), case, PDF).content.decode()
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_city_reads_and_hands_nothing_in(case, as_post, city_reviewer):
    client = as_post(city_reviewer)
    assert client.get(files_of(case)).status_code == 200
    assert "附件由县、乡镇" in send(client, case, PDF).content.decode()


def test_strangers_and_former_members_do_not_find_the_file(
    case, as_post, township_officer, other_county_officer, helper, county_officer, clock
):
    send(as_post(township_officer), case, PDF)
    kept = Attachment.objects.get(case=case)
    member = member_actions.add_member(
        case_id=case.pk, by=county_officer, at=NOW, kind="liaison", name="员", user=helper.user, from_on=TODAY
    )
    assert as_post(helper).get(f"/evidence/{kept.uid}/").status_code == 200
    member_actions.end_member(member_id=member.pk, by=county_officer, at=NOW, to_on=TODAY, reason="期满")
    clock.move_to(NOW + timedelta(days=1))
    for post in (helper, other_county_officer):
        client = as_post(post)
        assert client.get(f"/evidence/{kept.uid}/").status_code == 404
        assert client.get(files_of(case)).status_code == 404
        assert client.get(f"/evidence/{kept.uid}/withdraw/").status_code == 404


def test_a_file_is_taken_off_with_a_reason_and_stays_in_the_list(
    case, as_post, township_officer, village_reporter
):
    client = as_post(township_officer)
    send(client, case, PDF)
    kept = Attachment.objects.get(case=case)
    off = f"/evidence/{kept.uid}/withdraw/"
    assert "附件由上传人" in as_post(village_reporter).post(off, {"reason": "x"}).content.decode()
    assert client.post(off, {"reason": " "}).status_code == 422
    client.post(off, {"reason": "传错了村"})
    assert client.get(f"/evidence/{kept.uid}/").status_code == 404
    assert "传错了村" in client.get(files_of(case)).content.decode()
