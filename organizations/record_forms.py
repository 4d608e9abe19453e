"""Clean input about an organization's years and its committee."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from organizations.record_models import LeaderPost, YearRecord


class RecordForm(forms.ModelForm):
    """One year of an organization; what is not known stays empty."""

    class Meta:
        model = YearRecord
        fields = ["grade", "committee_class", "petitions", "income", "review_problems"]
        widgets = {"review_problems": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "petitions": "只填件数，不填信访人和内容。",
            "income": "当年数，单位：万元，最多两位小数。",
            "review_problems": "书记述职评议考核中查摆出的问题，不写与工作无关的个人情况。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["income"].min_value = 0
        self.fields["income"].widget.attrs["min"] = "0"

    def clean_income(self) -> Any:
        """No negative income."""
        income = self.cleaned_data["income"]
        if income is not None and income < 0:
            raise forms.ValidationError("不能为负数")
        return income


class PostForm(forms.Form):
    """A new post of a committee."""

    title = forms.CharField(label="职务", max_length=40, help_text="如“党支部书记”“组织委员”。")
    secretary = forms.BooleanField(label="这是书记职务", required=False)
    holder = forms.CharField(label="姓名", max_length=40, required=False, help_text="空缺的不填。")
    since_on = DateField(label="任职（空缺）起", initial=timezone.localdate)


class HolderForm(forms.Form):
    """Who holds a post from a day on; nobody is a vacancy."""

    holder = forms.CharField(
        label="姓名", max_length=40, required=False, help_text="职务空缺的，把姓名清空。"
    )
    since_on = DateField(label="任职（空缺）起")

    @classmethod
    def of(cls, post: LeaderPost, *args: Any) -> "HolderForm":
        """The form as the post stands."""
        return cls(*args, initial={"holder": post.holder, "since_on": post.since_on}, prefix="hold")


class AbolishForm(forms.Form):
    """From when a post is no more."""

    ended_on = DateField(label="撤销日期", initial=timezone.localdate)


class RecordsFileForm(forms.Form):
    """A filled sheet handed in."""

    file = forms.FileField(label="填好的表", help_text="在下载的表上填写后上传，格式为 .xlsx，不超过 20 MB。")
