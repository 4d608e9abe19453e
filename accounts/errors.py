"""Errors that are fit for the user: their text is shown as it is."""

from typing import Any


class Refused(Exception):
    """An action cannot be done now; the message says why, in the user's words."""


class StaleVersion(Refused):
    """Somebody saved the record after the form was opened; `current` is the record as it stands now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("这条记录在您打开之后已被他人修改，请对照当前内容后再保存")


class Invalid(Refused):
    """Input that breaks rules; `errors` maps a field name ("" for the whole) to its messages."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__("；".join(text for texts in errors.values() for text in texts))
