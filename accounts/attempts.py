"""Wrong passwords slow down whoever guesses: counted in the audit trail, by account and address."""

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Q

from accounts.models import AuditEvent

LIMIT = 5
ADDRESS_LIMIT = 50  # an office shares one address
WINDOW = timedelta(minutes=15)


def locked_for(username: str, address: str, now: datetime) -> int:
    """Minutes until the next attempt is heard; 0 when it is heard now.

    By account *and* address: a stranger elsewhere cannot lock the owner out at the usual place. A success or an
    administrator's reset starts the account's count anew.
    """
    trail = AuditEvent.objects.filter(at__gt=now - WINDOW)
    wrong = trail.filter(action="登录", result="失败", address=address).order_by("-at")
    cleared = trail.filter(
        Q(action="登录", result="成功", address=address) | Q(action="重置密码"), object=username
    )
    own = wrong.filter(object=username)
    if last := cleared.order_by("-at").values_list("at", flat=True).first():
        own = own.filter(at__gt=last)
    # The wait ends when enough of the failures have left the window
    ends = [
        *own.values_list("at", flat=True)[LIMIT - 1 : LIMIT],
        *wrong.values_list("at", flat=True)[ADDRESS_LIMIT - 1 : ADDRESS_LIMIT],
    ]
    return max((ceil((at + WINDOW - now) / timedelta(minutes=1)) for at in ends), default=0)
