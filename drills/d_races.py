"""Two people at the same thing at the same moment, on real connections; and the same with the locks off.

Short version: tests/rectification/survey/test_at_once.py, tests/rectification/duties/test_reminders.py.
"""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from unittest import mock

from drills.frame import Outcome, Room

ASKED = "200 races (a case edited by two, approve and return, double click, two tabs): one wins; locks off: damage"
RACES = 200
CONTROLS = 10
STEP = 0.03  # between reading and writing, so that the two meet; the same with the locks on and off


def main(room: Room) -> Outcome:
    kinds = {race.__name__: race() for race in (Edit, Decide, Click, Tabs)}
    each, controls, faults, harmless, told = room.count(RACES // 4, least=5), CONTROLS, [], [], []
    run = 0
    for name, race in kinds.items():
        for _ in range(each):
            if room.hurry(60):
                break
            run += 1
            faults += [f"{name}: {damage}" for damage in [race.once()] if damage]
        with race.locks_off():
            damages = [race.once() for _ in range(controls)]
        told.append(f"{name.lower()} {sum(map(bool, damages))}/{controls}")
        harmless += (
            [] if any(damages) else [f"{name}: no damage with the locks off, so the race shows nothing"]
        )
    faults += harmless + ([f"only {run} of {4 * each} races"] if run < 4 * each else [])
    return Outcome(f"{run} races without damage; damage with the locks off: {', '.join(told)}", faults)


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Do both at once, each on a connection of its own; what each gave or was refused with."""
    from django.db import connection

    start, gave = threading.Barrier(2), [None, None]

    def do(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            gave[place] = act()
        except Exception as refused:
            gave[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in ((0, first), (1, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return gave


def judge(gave: list[object], expected: type[Exception] | tuple) -> str:
    """What is wrong with the two answers; "" where one won and the other was told so."""
    won = [one for one in gave if not isinstance(one, Exception)]
    strange = [one for one in gave if isinstance(one, Exception) and not isinstance(one, expected)]
    if strange:
        return f"{type(strange[0]).__name__}: {strange[0]}"
    return "" if len(won) == 1 else f"{len(won)} of 2 won"


def slow(function: Callable) -> Callable:
    """The same, with a moment to think after it."""

    def after(*args, **kwargs):
        gave = function(*args, **kwargs)
        time.sleep(STEP)
        return gave

    return after


@contextlib.contextmanager
def no_row_locks() -> Iterator[None]:
    """SELECT … FOR UPDATE reads without locking."""
    from django.db.models import QuerySet

    with mock.patch.object(QuerySet, "select_for_update", lambda rows, **_how: rows.all()):
        yield


class Race:
    """One thing that two may do at a time."""

    def once(self) -> str:
        """Let them do it; what was damaged, or ""."""
        raise NotImplementedError

    def locks_off(self):
        return no_row_locks()


class Edit(Race):
    """Two officers choose the type of one case, each from the version they opened."""

    def __init__(self) -> None:
        from organizations.models import Appointment
        from rectification.cases.models import Case
        from rectification.cases.type_actions import type_refusal

        posts = Appointment.objects.select_related("organization", "user").order_by("pk")
        self.case, self.post = next(
            (case, post)
            for case in Case.objects.select_related("scheme", "county", "township", "organization").order_by(
                "pk"
            )
            for post in posts.filter(role="county_officer")
            if case.county_id == post.organization_id and type_refusal(case, post) is None
        )

    def once(self) -> str:
        from django.utils import timezone

        from accounts.errors import StaleVersion
        from rectification.cases import type_actions
        from rectification.cases.models import Case

        version = Case.objects.get(pk=self.case.pk).version

        def choose(number: int) -> Callable[[], object]:
            return lambda: type_actions.choose_type(
                case_id=self.case.pk, version=version, national_type=number, by=self.post, at=timezone.now()
            )

        with mock.patch.object(type_actions, "lock", slow(type_actions.lock)):
            gave = both(choose(1), choose(2))
        return judge(gave, StaleVersion)


class Tabs(Race):
    """One officer saves the same page of a scheme's duty or plan from two tabs."""

    def __init__(self) -> None:
        from organizations.models import Appointment
        from rectification.remediation import plan_actions
        from rectification.remediation.models import Plan

        self.plan, self.post = next(
            (plan, post)
            for plan in Plan.objects.select_related("case__scheme").order_by("pk")
            for post in Appointment.objects.select_related("organization", "user").order_by("pk")
            if plan_actions.edit_refusal(plan.case, plan, post) is None
        )

    def once(self) -> str:
        from django.utils import timezone

        from accounts.errors import StaleVersion
        from rectification.remediation import plan_actions
        from rectification.remediation.models import Plan

        plan = Plan.objects.get(pk=self.plan.pk)

        def save(words: str) -> Callable[[], object]:
            return lambda: plan_actions.save_plan(
                case_id=plan.case_id,
                version=plan.version,
                by=self.post,
                at=timezone.now(),
                **dict.fromkeys(plan_actions.PARTS, words),
            )

        with mock.patch.object(plan_actions, "locked_plan", slow(plan_actions.locked_plan)):
            gave = both(save("甲"), save("乙"))
        return judge(gave, StaleVersion)


class Decide(Race):
    """One passes a submission while another returns it."""

    def __init__(self) -> None:
        from organizations.models import Appointment
        from rectification.reviews import actions
        from rectification.reviews.models import Review

        self.review, self.post = next(
            (review, post)
            for post in Appointment.objects.select_related("organization", "user").order_by("pk")
            for review in Review.objects.waiting_for(post)
            if actions.decision_refusal(review, post) is None
        )
        self.before = Review.objects.filter(pk=self.review.pk).values().get()
        self.steps = list(self.review.steps.values())

    def once(self) -> str:
        from django.utils import timezone

        from accounts.errors import Refused
        from rectification.reviews import actions
        from rectification.reviews.models import Review

        self._as_before()
        now, pk = timezone.now(), self.review.pk
        papers = {"body": "县委常委会", "document": "青委〔2026〕1号", "decided_on": timezone.localdate(now)}
        with mock.patch.object(actions, "_locked", slow(actions._locked)):
            gave = both(
                lambda: actions.pass_step(review_id=pk, by=self.post, at=now, **papers),
                lambda: actions.return_(review_id=pk, by=self.post, at=now, opinion="请补充"),
            )
        state = Review.objects.get(pk=pk).state
        damage = judge(gave, Refused)
        decisions = set(self.review.steps.values_list("decision", flat=True))
        if not damage and (state == "returned") != ("returned" in decisions):
            damage = f"{state}, but its steps say {sorted(decisions)}"
        self._as_before()
        return damage

    def _as_before(self) -> None:
        from rectification.reviews.models import Review

        Review.objects.filter(pk=self.review.pk).update(**self.before)
        for step in self.steps:
            self.review.steps.filter(pk=step["id"]).update(**step)


class Click(Race):
    """The button of one form is pressed twice."""

    def __init__(self) -> None:
        from organizations.models import Appointment
        from rectification.cases.models import Case
        from tests.cast import PostClient

        self.post = Appointment.objects.get(user__username="xian")
        self.case = Case.objects.visible_to(self.post).order_by("pk").first()
        self.pages = [PostClient(self.post), PostClient(self.post)]

    def once(self) -> str:
        from django.core.files.uploadedfile import SimpleUploadedFile

        from drills.visitors import PDF
        from rectification.evidence.models import Attachment

        mark, key = uuid.uuid4().hex, str(uuid.uuid4())

        def press(page) -> Callable[[], object]:
            return lambda: (
                page.post(
                    f"/evidence/cases/{self.case.uid}/",
                    {"note": mark, "_key": key, "file": SimpleUploadedFile("记录.pdf", PDF)},
                    HTTP_HOST="127.0.0.1",
                ).status_code
            )

        gave = both(*map(press, self.pages))
        kept = Attachment.objects.filter(note=mark).count()
        if gave != [302, 302]:
            return f"answered {gave}"
        return "" if kept == 1 else f"kept {kept} times"

    def locks_off(self):
        """Each sending has a key of its own."""
        from accounts.models import SubmissionKey

        def anybody(cls, *, user, key, path, at):
            return cls.objects.create(user=user, key=uuid.uuid4(), path=path, at=at)

        return mock.patch.object(SubmissionKey, "claim", classmethod(anybody))
