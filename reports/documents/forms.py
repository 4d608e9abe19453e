"""Clean input for documents: kind and period, then head and words, the first number, why one is taken back."""

from datetime import date
from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.remediation.forms import area
from rectification.supervision.circulars.forms import last_month
from reports.documents import reading
from reports.documents.models import DocumentKind, OfficeDocument

LEFT_OUT = "out_"
TYPICAL_HINT = "单独一行、不带标点的短句排成小标题，如“扶风县：‘三个先行’筛查软弱涣散村”；不点个人姓名。"


class PeriodForm(forms.Form):
    """Which document of which period."""

    kind = forms.ChoiceField(label="文种", widget=forms.RadioSelect)
    period_from_on = DateField(label="时段起")
    period_to_on = DateField(
        label="时段止", help_text="简报一般一月或一季一期，工作总结一般从1月1日到12月31日。"
    )

    def __init__(self, data: Any = None, *, kinds: list[tuple[str, str]], today: date, year: int) -> None:
        first, last = last_month(today)
        if first.year != year:
            first, last = date(year, 1, 1), date(year, 12, 31)
        if len(kinds) == 1 and kinds[0][0] == DocumentKind.SUMMARY:
            first, last = date(year, 1, 1), date(year, 12, 31)
        super().__init__(data, initial={"period_from_on": first, "period_to_on": last, "kind": kinds[0][0]})
        self.fields["kind"].choices = kinds


class WordsForm(forms.Form):
    """Head and words of a draft; the numbers are not asked."""

    title = forms.CharField(label="标题", max_length=200)
    compiler = forms.CharField(label="编印单位", max_length=100, required=False)

    def __init__(self, data: Any = None, *, document: OfficeDocument) -> None:
        self.document, self.read = document, reading.parts_of(document)
        bulletin = document.kind == DocumentKind.BULLETIN
        super().__init__(data, initial={"title": document.title, "compiler": document.compiler})
        if bulletin:
            self._head(document)
        else:
            self.fields["compiler"].label = "署名单位"
        for part in self.read:
            lines = part.words.count("\n") + len(part.words) // 40 + 1
            self.fields[part.key] = forms.CharField(
                label=part.heading,
                required=False,
                max_length=8000,
                widget=area(min(max(3, lines), 16)),
                initial=part.words,
                help_text=TYPICAL_HINT if part.key == "typical" else "",
            )
            self.fields[LEFT_OUT + part.key] = forms.BooleanField(
                label=f"本{'期' if bulletin else '文'}不写这一部分", required=False, initial=part.out
            )

    def _head(self, document: OfficeDocument) -> None:
        self.fields["title"].label = "专题（印在报头【】里）"
        self.fields[reading.MASTHEAD] = forms.CharField(
            label="简报名称", max_length=20, required=False, initial=reading.masthead_of(document)
        )
        self.fields[reading.NOTE] = forms.CharField(
            label="编者按",
            max_length=2000,
            required=False,
            widget=area(4),
            initial=reading.note_of(document),
            help_text="可以不写。",
        )
        for name, label in (("sent_to", "送"), ("issued_to", "发")):
            self.fields[name] = forms.CharField(
                label=label, max_length=300, required=False, widget=area(2), initial=getattr(document, name)
            )
        self.fields[reading.COPIES] = forms.CharField(
            label="印数",
            max_length=20,
            required=False,
            initial=document.words.get(reading.COPIES, ""),
            help_text="如：共印60份；不填不印。",
        )

    @property
    def parts(self) -> list[tuple[reading.ReadPart, forms.BoundField, forms.BoundField]]:
        """Each part with the box of its words and whether it is left out."""
        return [(part, self[part.key], self[LEFT_OUT + part.key]) for part in self.read]

    def head(self) -> dict[str, str]:
        """The fields of the record itself; the form must be valid."""
        names = ("title", "compiler", "sent_to", "issued_to")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}

    def written(self) -> dict[str, str]:
        """The words by their key; the form must be valid."""
        keys = [part.key for part in self.read]
        keys += [key for key in (reading.MASTHEAD, reading.NOTE, reading.COPIES) if key in self.fields]
        out = [part.key for part in self.read if self.cleaned_data[LEFT_OUT + part.key]]
        return {key: self.cleaned_data[key] for key in keys} | {reading.LEFT_OUT: ",".join(out)}


class IssueForm(forms.Form):
    """The first number of a year, where earlier issues were printed without the system."""

    number = forms.IntegerField(
        label="期号",
        required=False,
        min_value=1,
        max_value=999,
        help_text="本年度第一次印发时可以填，接着此前已经印过的期号编；不填从第1期起。",
    )


class WithdrawForm(forms.Form):
    """Why an issued document is taken back."""

    reason = forms.CharField(label="撤回原因", max_length=200, widget=area(2))
