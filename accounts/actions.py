"""What is done to accounts and for their owners; the only writers of accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import attempts, audit, keepers, second_factor, sessions
from accounts.errors import Refused
from accounts.models import Draft, Message, PastPassword, Run, Session, SignInAttempt, SubmissionKey, User
from accounts.work import WorkState

KEYS_KEPT = timedelta(days=30)
DRAFTS_KEPT = timedelta(days=400)
ATTEMPTS_KEPT = timedelta(days=1)
PASSWORDS_KEPT = 5
RUNS_KEPT = timedelta(days=90)
MONTHS_AHEAD = 12


def create_user(*, username: str, name: str, password: str, demo: bool = False, **fields: Any) -> User:
    """Open an account that must change its password at the first sign-in (a demo account need not)."""
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已被使用，请换一个")
    user = User.objects.create_user(
        username, password, name=name, is_demo=demo, must_change_password=not demo, **fields
    )
    audit.record("建立账号", obj=username)
    return user


@transaction.atomic
def edit_user(*, user_id: int, **fields: str) -> User:
    """Correct name, telephone or e-mail of an account; what was changed is in its history."""
    user = User.objects.select_for_update().get(pk=user_id)
    changed = [name for name, value in fields.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, fields[name])
    if changed:
        user.save(update_fields=changed)
        words = [str(User._meta.get_field(name).verbose_name) for name in changed]
        audit.record("修改账号资料", obj=user.username, fields=words)
    return user


@transaction.atomic
def set_active(*, user_id: int, active: bool) -> User:
    """Switch an account on or off; it holds at the owner's next request. One's own, and the last keeper's, stay on."""
    user = User.objects.get(pk=user_id)
    if audit.actor.get().user == user and not active:
        raise Refused("不能停用自己的账号")
    only_theirs = keepers.NEVER_OFF & roles_of(user)
    if not active and (last := keepers.last_of(user, only_theirs, timezone.localdate())):
        raise Refused(keepers.last_words(user, last, "停用账号"))
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        sessions.end_all(user=user)
    audit.record("启用账号" if active else "停用账号", obj=user.username)
    return user


@transaction.atomic
def reset_password(*, user_id: int, password: str, switch_off: bool = False) -> User:
    """Give a new first password; the owner must change it at the next sign-in. Open sessions end, waits too.

    switch_off: leave the account off, for another administrator to look into and switch on.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    sessions.end_all(user=user)
    attempts.clear(user.username)
    audit.record("重置密码", obj=user.username)
    _tell_of_reset(user, "密码", switch_off)
    return user


@transaction.atomic
def reset_second_factor(*, user_id: int, switch_off: bool = False) -> User:
    """Take away a second factor that was lost; `switch_off` as for the password."""
    user = User.objects.select_for_update().get(pk=user_id)
    second_factor.remove(user=user)
    attempts.clear(user.username)
    _tell_of_reset(user, "动态口令", switch_off)
    return user


def _tell_of_reset(user: User, what: str, switch_off: bool) -> None:
    by = audit.actor.get()
    notify(
        user=user,
        title=f"您的{what}已由{by.post or '服务器管理人员'}重置；如非本人要求，请立即报告安全管理员",
    )
    if switch_off:
        set_active(user_id=user.pk, active=False)


def roles_of(user: User) -> set[str]:
    """The roles of the posts a person holds or will hold."""
    today = timezone.localdate()
    held = user.appointments.filter(Q(to_on__isnull=True) | Q(to_on__gte=today))
    return set(held.values_list("role", flat=True))


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> None:
    """The owner's own change; what was in force is remembered, so that it does not come back soon."""
    if not user.past_passwords.exists():
        PastPassword.objects.create(user=user, password=user.password, at=user.created_at)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    PastPassword.objects.create(user=user, password=user.password, at=at)
    kept = user.past_passwords.values_list("pk", flat=True)[:PASSWORDS_KEPT]
    user.past_passwords.exclude(pk__in=list(kept)).delete()
    audit.record("修改密码", obj=user.username)


def unlock(*, user: User) -> None:
    """Hear an account again before its wait is over."""
    attempts.clear(user.username)
    audit.record("解除登录锁定", obj=user.username)


class Told(NamedTuple):
    """A line for somebody's inbox; pk: the number it is to have, drawn before by whoever refers to it."""

    pk: int
    user_id: int
    title: str
    body: str = ""
    url: str = ""


def notify(*, user: User, title: str, body: str = "", url: str = "", at: datetime | None = None) -> Message:
    """Put a line into somebody's inbox and send it by e-mail."""
    message = Message(user=user, title=one_line(title), body=body, url=url)
    if at is not None:
        message.created_at = at
    message.save()
    message.send()
    return message


def notify_many(told: Sequence[Told], *, at: datetime) -> None:
    """The same for many lines by one statement; who has no e-mail address costs the workers nothing."""
    reached = User.objects.filter(pk__in={one.user_id for one in told}).exclude(email="")
    mailed = set(reached.values_list("pk", flat=True))
    columns = list(zip(*(one._replace(title=one_line(one.title)) for one in told), strict=True))
    waits = [one.user_id in mailed for one in told]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_message (id, uid, user_id, title, body, url, state, attempts, progress, error,"
            " created_at, finished_at)"
            " SELECT id, gen_random_uuid(), user_id, title, body, url, CASE WHEN waits THEN %s ELSE %s END, 0,"
            " CASE WHEN waits THEN 0 ELSE 100 END, '', %s, CASE WHEN waits THEN NULL ELSE %s END"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[])"
            " AS told (id, user_id, title, body, url, waits)",
            [WorkState.WAITING, WorkState.DONE, at, at, *map(list, columns), waits],
        )
    for one in told:
        if one.user_id in mailed:
            Message(pk=one.pk).send()


def one_line(title: str) -> str:
    """A line break somebody typed would end the mail's subject, and mail refuses such a header."""
    return " ".join(title.split())[:200]


def read_messages(*, user: User, ids: Iterable[int] | None, at: datetime) -> int:
    """Mark somebody's own messages as read, all of them for None; returns how many were new."""
    rows = Message.objects.of(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=at)


def save_draft(*, user: User, key: str, data: dict[str, Any], at: datetime) -> Draft:
    """Keep what is being typed; the newest wins."""
    draft, _ = Draft.objects.update_or_create(
        user=user, key=key[:200], defaults={"data": data, "saved_at": at}
    )
    return draft


def drop_draft(*, user: User, key: str) -> None:
    """Forget a draft: its form was submitted, or its owner does not want it."""
    Draft.objects.filter(user=user, key=key[:200]).delete()


def tidy(*, at: datetime) -> dict[str, int]:
    """Delete what has served its time; how many rows of each went.

    A submission key guards a form against being sent twice, for which a month is long; a draft is somebody's typing, so
    it stays for more than the year it belongs to. Of the audit trail nothing is ever deleted; room is made for its
    months to come.
    """
    gone = {
        "sessions": Session.objects.filter(expire_date__lt=at),
        "submission_keys": SubmissionKey.objects.filter(at__lt=at - KEYS_KEPT),
        "attempts": SignInAttempt.objects.filter(at__lt=at - ATTEMPTS_KEPT),
        "drafts": Draft.objects.filter(saved_at__lt=at - DRAFTS_KEPT),
        "runs": Run.objects.over(at - RUNS_KEPT),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_audit_partitions(%s)", [MONTHS_AHEAD])
    return {name: rows.delete()[0] for name, rows in gone.items()}
