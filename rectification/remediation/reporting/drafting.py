"""A report as it reads: of each part the fixed sentences and the words, live while it is written, frozen once sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rectification.filings.rules import digest
from rectification.remediation.reporting import prose
from rectification.remediation.reporting import words as wording
from rectification.remediation.reporting.facts import facts_of
from rectification.remediation.reporting.models import ProgressReport, ReportState

FROZEN = (ReportState.SUBMITTED, ReportState.ACCEPTED)


@dataclass(frozen=True)
class Part:
    """One part. fixed: sentences with numbers; words: the officer's; edited: whether they are not the system's."""

    key: str
    heading: str
    fixed: str
    words: str
    edited: bool = False

    @property
    def mark(self) -> str:
        """What the system's own words were when the form was opened: words sent back unchanged stay the system's."""
        return digest({"words": self.words})[:16]

    @property
    def paragraphs(self) -> list[str]:
        """Everything it says, as paragraphs."""
        return [line.strip() for line in (self.fixed, *self.words.split("\n")) if line.strip()]


@dataclass(frozen=True)
class Drafted:
    """A report as it reads now."""

    facts: Mapping[str, Any]
    parts: list[Part]


def read(report: ProgressReport, today: date) -> Drafted:
    """The report: as it was sent, or counted anew while it is with its writer."""
    if report.state in FROZEN:
        return Drafted(report.facts, sent_parts(report))
    facts = facts_of(report, today)
    return Drafted(facts, parts_of(report.words, facts))


def parts_of(words: Mapping[str, str], facts: Mapping[str, Any]) -> list[Part]:
    """The parts: the officer's words where they were changed, else the system's."""
    return [
        Part(
            key,
            wording.heading(key),
            wording.fixed(key, facts),
            words[key] if key in words else prose.drafted(key, facts),
            key in words,
        )
        for key in wording.PARTS
    ]


def sent_parts(report: ProgressReport) -> list[Part]:
    """The parts as they went up last; empty before."""
    return [
        Part(one["key"], one["heading"], one["fixed"], one["words"], one["edited"])
        for one in report.facts.get("parts", ())
    ]


def frozen(drafted: Drafted) -> dict[str, Any]:
    """Facts and text as plain values, for keeping as sent."""
    parts = [
        {
            "key": part.key,
            "heading": part.heading,
            "fixed": part.fixed,
            "words": part.words,
            "edited": part.edited,
        }
        for part in drafted.parts
    ]
    return {**drafted.facts, "parts": parts}


def content(drafted: Drafted) -> dict[str, str]:
    """What the review keeps of each round, so that the next one marks what changed."""
    return {part.heading: "\n".join(part.paragraphs) for part in drafted.parts}


def changed_words(drafted: Drafted, typed: Mapping[str, str], marks: Mapping[str, str]) -> dict[str, str]:
    """Which typed words are the officer's own.

    What is still what the system wrote when the page was opened is left to the system, so that it follows what is
    logged later. marks: `Part.mark` of each part as the form was opened.
    """
    kept = {}
    for part in drafted.parts:
        text = "\n".join(line.rstrip() for line in typed.get(part.key, part.words).strip().splitlines())
        untouched = not part.edited and digest({"words": text})[:16] == marks.get(part.key)
        if not untouched and (part.edited or text != part.words):
            kept[part.key] = text
    return kept
