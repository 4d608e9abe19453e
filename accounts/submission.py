"""A form and the action behind it: what the action refuses becomes the form's errors, and nothing typed is lost."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.request import RawPostDataException

from accounts.errors import Invalid, Refused, StaleVersion

Result = TypeVar("Result")
log = logging.getLogger("zhengdun.submission")


def opened_version(request: HttpRequest) -> int | None:
    """The version of the record the form was opened with; None when the form carries none."""
    raw = request.POST.get("_version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def raw_body(request: HttpRequest) -> bytes:
    """What a script sent; empty when an ordinary form was sent instead, whose body is read already."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def carry_out(form: BaseForm, act: Callable[[], Result]) -> Result | None:
    """Run `act` if the form is valid; None means that the form is to be shown again, with its errors.

    After a stale save `form.stale` is the record as it stands now, for the component that shows both versions.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except ObjectDoesNotExist:
        # Found when the page was asked for, gone when it was written: somebody took it back meanwhile
        log.warning("gone while it was written", exc_info=True)
        form.add_error(None, "这条记录刚刚被他人撤回或删除，没有保存；请返回列表查看")
    except StaleVersion as stale:
        form.stale = stale.current
        form.add_error(None, str(stale))
    except Invalid as invalid:
        for field, texts in invalid.errors.items():
            form.add_error(field if field in form.fields else None, texts)
    except Refused as refused:
        form.add_error(None, str(refused))
    return None


def status_of(*forms: BaseForm) -> int:
    """The status of a page with these forms: 422 where one came back with errors, so that scripts tell it from a page
    that was opened."""
    return 422 if any(form.is_bound and form.errors for form in forms) else 200
