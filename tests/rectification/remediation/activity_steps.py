"""Entries of the 工作纪实 and the duties they count for, as tests need them."""

from datetime import date

from rectification.cases import member_actions
from rectification.duties.models import Duty
from rectification.remediation.activities import actions
from rectification.remediation.activities.actions import Written
from tests.cast import NOW, TODAY


def log(case, by, *, members=(), key=None, uploads=None, **words):
    """An entry of today, a visit unless said otherwise."""
    given = {"kind": "visit", "on": TODAY, "what": "与支委谈心"} | words
    written = Written(members=tuple(member.pk for member in members), **given)
    return actions.log_activity(case_id=case.pk, written=written, by=by, at=NOW, key=key, uploads=uploads)


def leader_on(case, by, name="赵某"):
    """A contact leader without an account, on the case since the spring."""
    made = member_actions.add_member(case_id=case.pk, by=by, at=NOW, kind="leader", name=name, from_on=TODAY)
    made.from_on = date(2026, 3, 1)  # before the case of the cast was determined
    made.save(update_fields=["from_on"])
    return made


def counted_duty(case, key, *, times=1, first=date(2026, 1, 1), last=date(2026, 12, 31)):
    """A duty by number, whether or not the scheme makes it by itself."""
    Duty.objects.filter(case=case, key=key, period_from_on=None).delete()
    rule = case.scheme.duty_rules.filter(key=key).first()
    made = Duty.objects.filter(case=case, key=key, period_from_on=first).first()
    made = made or Duty(scheme=case.scheme, rule=rule, key=key, case=case, organization=case.township)
    made.owner_role, made.title = "helper", key
    made.due_on = made.effective_due_on = made.period_to_on = last
    made.period_from_on, made.times, made.state = first, times, "open"
    made.save()
    return made
