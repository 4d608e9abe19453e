"""One of many, chosen in a form: a plain list while there are few, found by words where a list would be thousands."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

FEW = 60
OFFERED = 20
HINT = "名称的一部分、拼音首字母或代码"


class FoundInput(forms.Widget):
    """A select of the few; else a line to type words into, with what was found by them to choose from.

    Beside the field's own name two more are sent: the words, and the words as the page showed them: what was chosen
    stands as long as its words stand.
    """

    field: "FoundField"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The uid where the words still stand, else the words; only a uid where no words were sent (a link, a list)."""
        uid, words = data.get(name, ""), data.get(f"{name}_words")
        if words is None or (uid and words.strip() == data.get(f"{name}_said", "").strip()):
            return uid
        return words.strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether nothing of the field was sent."""
        return name not in data and f"{name}_words" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select, or the line with its hint and what was found."""
        attrs = self.build_attrs(self.attrs, {"id": f"id_{name}", **(attrs or {})})
        few = self.field.few()
        if few is not None:
            choices = [
                ("", self.field.empty_label),
                *((str(one.uid), self.field.words_of(one)) for one in few),
            ]
            return forms.Select(choices=choices).render(
                name, value, {**attrs, "class": "form-select"}, renderer
            )
        chosen, found = self.field.read(value)
        words = self.field.words_of(chosen) if chosen is not None else str(value or "")
        uid = format_html('<input type="hidden" name="{}" value="{}">', name, chosen.uid if chosen else "")
        if chosen is None and found:
            listed = [
                ("", f"“{words}”找到这些，请选一个"),
                *((str(one.uid), self.field.words_of(one)) for one in found),
            ]
            picked = {"id": f"{attrs['id']}_found", "class": "form-select", "aria-label": "从找到的里选"}
            uid = forms.Select(choices=listed).render(name, "", picked, renderer)
        line = forms.TextInput(
            {**attrs, "placeholder": self.field.hint, "autocomplete": "off", "maxlength": "60"}
        )
        return format_html(
            '{}{}<input type="hidden" name="{}_said" value="{}">',
            line.render(f"{name}_words", words, renderer=renderer),
            uid,
            name,
            words,
        )


class FoundField(forms.Field):
    """One row of a queryset, by its uid or by words that name only it.

    matching: the rows that words find; words_of: a row in words, with its place, so that two of a name differ.
    """

    widget = FoundInput

    def __init__(
        self,
        queryset: QuerySet,
        *,
        matching: Callable[[QuerySet, str], QuerySet],
        words_of: Callable[[Any], str],
        empty_label: str = "请选择",
        hint: str = HINT,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.queryset, self.matching, self.words_of = queryset, matching, words_of
        self.empty_label, self.hint = empty_label, hint
        self.widget.field = self
        self._many: bool | None = None
        self._few: list[Any] | None = None
        self._read: dict[str, tuple[Any, list[Any]]] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> "FoundField":
        """A form's own copy draws its own rows."""
        own = super().__deepcopy__(memo)
        own.widget.field, own._many, own._few, own._read = own, None, None, {}
        return own

    def few(self) -> list[Any] | None:
        """All there are, where a list can show them; None for more."""
        if self._many is None:
            self._many = self.queryset.order_by()[FEW : FEW + 1].exists()
            self._few = None if self._many else list(self.queryset)
        return self._few

    def offered(self, rows: list[Any]) -> list[tuple[str, str]]:
        """Rows as a select offers them."""
        return [(str(one.uid), self.words_of(one)) for one in rows]

    def read(self, value: Any) -> tuple[Any, list[Any]]:
        """The row a value names, if it names one; the rows to choose from, if its words find several."""
        text = str(value or "").strip()
        if not text:
            return None, []
        if text not in self._read:
            self._read[text] = self._found(text)
        return self._read[text]

    def _found(self, text: str) -> tuple[Any, list[Any]]:
        try:
            return self.queryset.filter(uid=UUID(text)).first(), []
        except ValueError:
            found = list(self.matching(self.queryset, text)[: OFFERED + 1])
        same = [one for one in found if self.words_of(one) == text]
        if len(same) == 1 or len(found) == 1:
            return (same or found)[0], []
        return None, found[:OFFERED]

    def to_python(self, value: Any) -> Any:
        """The row; None for nothing."""
        if not value:
            return None
        chosen, found = self.read(value)
        if chosen is None and found:
            raise ValidationError("找到几个，请从列出的里面选一个，没有的话把名称填得再全些", code="several")
        if chosen is None:
            raise ValidationError("没有找到，请核对名称", code="none")
        return chosen
