"""A file and the words about it."""

from django import forms

from rectification.evidence.rules import ACCEPTED, KINDS

ENDINGS = ",".join(f".{kind.ending}" for kind in KINDS)


class UploadForm(forms.Form):
    """One file for a case."""

    file = forms.FileField(
        label="选择文件",
        help_text=f"{ACCEPTED}，不超过 20 MB。照片中的拍摄地点等信息会自动去掉。",
        allow_empty_file=True,  # the action says it in words fit for the sender
        widget=forms.ClearableFileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="如：第二次联席会议签到表")


class WithdrawForm(forms.Form):
    """Why a file is taken off."""

    reason = forms.CharField(label="撤下原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
