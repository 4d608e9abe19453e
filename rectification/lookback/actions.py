"""What the parties enter, with their evidence."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment
from rectification.lookback import rules
from rectification.lookback.models import Checkpoint, Lookback, LookbackView
from rectification.lookback.parties import parties_in
from rectification.lookback.rules import Party, State
from rectification.schemes.terms import quoted

NO_FILES: Mapping[int, BinaryIO] = {}


def parties_of(lookback: Lookback, post: Appointment | None) -> list[Party]:
    """The columns this post fills in, its own first."""
    township = lookback.case.township_id is not None
    return parties_in(lookback.scheme).own(post, township=township)


def entry_refusal(lookback: Lookback, post: Appointment | None, party: Party) -> str | None:
    """Why this post cannot enter a party's part now, or None."""
    if lookback.decided:
        return "回头看已经作出结论，不能再改"
    if party not in parties_of(lookback, post):
        return f"“{party.label}”不由您的岗位填写"
    return None


@transaction.atomic
def save_views(
    *,
    lookback_id: int,
    party: Party,
    answers: Mapping[int, tuple[str, str]],
    by: Appointment,
    at: datetime,
    version: int | None,
    files: Mapping[int, BinaryIO] = NO_FILES,
) -> Lookback:
    """Enter one party's part. answers: checkpoint id → (state or "", finding); what is not named stays as it is.

    files: by checkpoint id, evidence that is kept with the case and hangs on the answer beside what hangs there.
    Raises Refused for a wrong post or after the conclusion, StaleVersion, and Invalid with `finding-<id>`,
    `state-<id>` or `file-<id>` as keys.
    """
    lookback = locked(lookback_id, by, version)
    if refused := entry_refusal(lookback, by, party):
        raise Refused(refused)
    points = list(lookback.checkpoints.filter(pk__in=answers))
    if errors := _errors(points, party, answers) | _loose(points, answers, files):
        raise Invalid(errors)
    earlier = {
        view.checkpoint_id: view for view in LookbackView.objects.filter(checkpoint__in=points, party=party)
    }
    for point in points:
        state, finding = answers[point.pk]
        view = _put(earlier.get(point.pk), point, party, state, finding.strip(), by, at)
        if view and point.pk in files:
            view.attachments.add(_kept(lookback, point, party, files[point.pk], by, at))
    lookback.save_version()
    audit.record("填报回头看", obj=lookback, party=party.value)
    return lookback


def _errors(
    points: Iterable[Checkpoint], party: Party, answers: Mapping[int, tuple[str, str]]
) -> dict[str, list[str]]:
    errors = {}
    for point in points:
        state, finding = answers[point.pk]
        if state and state not in set(State):
            errors[f"state-{point.pk}"] = ["请选择巩固、下滑或反弹"]
        elif not state and finding.strip():
            errors[f"state-{point.pk}"] = [f"{quoted(point.text)}写了具体情况，请同时选择巩固、下滑或反弹"]
        elif state and (said := _view_error(point, party, State(state), finding)):
            errors[f"finding-{point.pk}"] = [said]
    return errors


def _view_error(point: Checkpoint, party: Party, state: State, finding: str) -> str | None:
    key = str(point.pk)
    return rules.view_error(rules.View(key, party, state, finding), rules.Checkpoint(key, point.text))


def _put(
    old: LookbackView | None,
    point: Checkpoint,
    party: Party,
    state: str,
    finding: str,
    by: Appointment,
    at: datetime,
) -> LookbackView | None:
    """Write one answer; an emptied one is taken back, an unchanged one keeps its author and time.

    The files of an answer taken back stay with the case.
    """
    if not state:
        if old:
            old.attachments.clear()
            old.delete()
        return None
    if old is None:
        return LookbackView.objects.create(
            checkpoint=point, party=party, state=state, finding=finding, by=by, at=at
        )
    if (old.state, old.finding) != (state, finding):
        old.state, old.finding, old.by, old.at = state, finding, by, at
        old.save()
    return old


def _loose(
    points: Iterable[Checkpoint], answers: Mapping[int, tuple[str, str]], files: Mapping[int, BinaryIO]
) -> dict[str, list[str]]:
    """Files that would hang on nothing."""
    return {
        f"file-{point.pk}": ["请先选择巩固、下滑或反弹，再附佐证"]
        for point in points
        if point.pk in files and not answers[point.pk][0]
    }


def _kept(
    lookback: Lookback, point: Checkpoint, party: Party, upload: BinaryIO, by: Appointment, at: datetime
) -> Attachment:
    """The file among the files of the case, named after what it proves; what is wrong with it is said at its field."""
    note = f"{lookback.year}年回头看，{party.label}：{point.text}"[:200]
    try:
        return evidence.store(
            case_id=lookback.case_id, upload=upload, name=upload.name, by=by, at=at, note=note
        )
    except Refused as refused:
        raise Invalid({f"file-{point.pk}": [str(refused)]}) from refused


def locked(lookback_id: int, by: Appointment, version: int | None) -> Lookback:
    """The lookback with its case, locked; raises StaleVersion."""
    rows = Lookback.objects.visible_to(by).select_related("case__scheme", "scheme", "organization")
    return lock(rows, pk=lookback_id, version=version)


def asked_of(lookback: Lookback) -> list[rules.Checkpoint]:
    """The checkpoints as the rules take them."""
    return [
        rules.Checkpoint(str(point.pk), point.text, point.problem is not None)
        for point in lookback.checkpoints.all()
    ]


def views_of(lookback: Lookback) -> list[rules.View]:
    """What was said, as the rules take it."""
    return [
        rules.View(
            str(view.checkpoint_id),
            Party(view.party),
            State(view.state),
            view.finding,
            len(view.attachments.all()),
        )
        for point in lookback.checkpoints.all()
        for view in point.views.all()
    ]


def suggested(lookback: Lookback) -> rules.Suggestion:
    """What follows from the three parties' views, with every reason; a person decides."""
    return rules.suggested(asked_of(lookback), views_of(lookback), parties_in(lookback.scheme).order)
