"""The ranking as the page shows it: the line, who is ticked and as what, the marks, the other modes beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.addresses import page_of
from rectification.schemes.models import Criterion
from rectification.schemes.terms import NATIONAL_TYPES, Mode, criterion_name, plain
from rectification.survey.determination_rules import township_reason_needed
from rectification.survey.models import Finding, Survey, SurveyState
from rectification.survey.ranking import Group, Row, compare

NEAR = 20
"""How many of those below the line are shown unasked: the county may take them instead."""


@dataclass
class Line:
    """A row of the ranking on the page."""

    row: Row
    chosen: bool
    choices: list[tuple[int, str]]
    primary: int | None
    kinds: list[tuple[int, str]]
    kind: int | None
    kinds_for: list[int]
    shielded: str = ""
    error: str = ""
    cut_below: bool = False

    @property
    def url(self) -> str:
        """The organization's page."""
        return page_of("survey:organization", self.row.assessment.uid)

    @property
    def score(self) -> str:
        """The score without idle zeros."""
        return plain(self.row.place.score)

    @property
    def findings(self) -> SafeString:
        """What was found, in short, and told when opened. Drawn here: a ranking has hundreds."""
        told = [(one, plain(one.deduction), timezone.localtime(one.at)) for one in self.row.findings]
        heads = ((one.criterion.number, points if one.deduction else "") for one, points, _at in told)
        return format_html(
            _FINDINGS, format_html_join("", _HEAD, heads), format_html_join("", _TOLD, map(_told, told))
        )


_FINDINGS = "<details><summary>{}</summary>\n      <ul>{}</ul>\n    </details>"
_HEAD = '<span class="finding">{}{}</span>'
_TOLD = '<li>{} 扣 {} 分：{}<span class="text-secondary">（{}，{}，{}月{}日）</span></li>'


def _told(finding: tuple[Finding, str, datetime]) -> tuple[Any, ...]:
    one, points, at = finding
    words, source = one.words or "未写具体表现", one.get_source_display()
    return one.criterion, points, words, source, one.by.user.name, at.month, at.day


@dataclass
class Board:
    """One group on the page: who is listed and the nearest below, how many more there are, the other modes."""

    group: Group
    lines: list[Line]
    below: int
    rest: list[Row]
    comparisons: list[Any]


def board(
    survey: Survey,
    group: Group,
    sent: set[int],
    everyone: bool,
    typed: dict[str, Any] | None,
    errors: dict[str, list[str]],
) -> Board:
    criteria = list(survey.scheme.criteria.all())
    ahead = [row for row in group.rows if row.place.listed or row.place.deducted or row.place.criteria]
    shown = ahead if everyone else _near(ahead, set(typed["chosen"]) if typed else set())
    lines = [_line(survey, row, criteria, sent, typed, errors) for row in shown]
    for line, following in zip(lines, [*lines, None][1:], strict=True):
        # The cut: below the last row that is in by rank (ties included)
        cut = group.selection.cut_score
        line.cut_below = cut is not None and line.row.place.score <= cut
        if following is not None and cut is not None and following.row.place.score <= cut:
            line.cut_below = False
    modes = {mode.value: mode.label for mode in Mode if mode != survey.scheme.mode}
    known = {row.place.key for row in ahead}
    rest = [row for row in group.rows if row.place.key not in known]
    return Board(group, lines, len(ahead) - len(shown), rest, compare(survey, group, modes))


def _near(ahead: list[Row], ticked: set[int]) -> list[Row]:
    """Whoever is listed, chosen or ticked, and the first few of the others."""
    room, near = NEAR, []
    for row in ahead:
        one = row.assessment
        if not (row.place.listed or one.chosen or one.township_proposes or one.pk in ticked):
            room -= 1
            if room < 0:
                continue
        near.append(row)
    return near


def _line(
    survey: Survey,
    row: Row,
    criteria: list[Criterion],
    sent: set[int],
    typed: dict[str, Any] | None,
    errors: dict[str, list[str]],
) -> Line:
    one, uid = row.assessment, str(row.assessment.uid)
    hit = row.hit(criteria)
    kinds = sorted({kind for criterion in hit for kind in criterion.national_types})
    kinds_for = [criterion.pk for criterion in hit if len(criterion.national_types) > 1]
    made_up = survey.review is not None or survey.state == SurveyState.DETERMINED
    chosen, primary, kind = one.chosen if made_up else row.place.listed, one.primary_id, one.national_type
    if typed is not None:
        chosen = one.pk in typed["chosen"]
        primary, kind = typed["chosen"].get(one.pk), typed["national"].get(one.pk)
    if primary is None and row.findings:
        primary = max(row.findings, key=lambda finding: finding.deduction).criterion_id
    return Line(
        row=row,
        chosen=chosen,
        choices=[(criterion.pk, criterion_name(criterion)) for criterion in hit],
        primary=primary,
        kinds=[(kind, NATIONAL_TYPES[kind - 1]) for kind in kinds] if kinds_for else [],
        kind=kind,
        kinds_for=kinds_for,
        shielded=_shielded(row, criteria) if one.scorer_id in sent else "",
        error="；".join(errors.get(uid, [])),
    )


def _shielded(row: Row, criteria: list[Criterion]) -> str:
    """The mark of what the township did not propose though it had to say why."""
    one = row.assessment
    if one.township_proposes or one.township_reason:
        return ""
    return (
        "乡镇未提名，未说明理由"
        if township_reason_needed(row.place, proposed=False, criteria=criteria)
        else ""
    )
