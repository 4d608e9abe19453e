"""A column that spells a person's name in pinyin, kept by itself wherever the name is saved."""

from typing import Any

from django.db import models

from organizations.pinyin import person_text


class SpelledField(models.CharField):
    """Search text of the field it `spells`; in the database a plain text column.

    `save_version` saves it along with the name; `bulk_create` and `save` fill it as well. `update()` does not.
    """

    def __init__(self, spells: str = "name", **kwargs: Any) -> None:
        kwargs = {"max_length": 200, "editable": False, "default": ""} | kwargs
        super().__init__(**kwargs)
        self.spells = spells

    def deconstruct(self) -> Any:
        """For migrations it is the text column it is."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Spell the name as it is now."""
        text = person_text(getattr(model_instance, self.spells))
        setattr(model_instance, self.attname, text)
        return text
