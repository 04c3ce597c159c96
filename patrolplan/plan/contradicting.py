"""Rules and pins of an operation that no roster can keep all, in words with their places."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from patrolplan.analysis.explained import Contradicting, Contradiction, Part
from patrolplan.config.editing import Editor
from patrolplan.config.source import flow_text
from patrolplan.errors import Place
from patrolplan.language import _
from patrolplan.plan.loading import load_operation
from patrolplan.problem import Problem, Rule
from patrolplan.rules.pins.spec import Pin, Pins


def contradiction(operation: Path, *, time_limit: float = 30.0) -> Contradiction:
    """Look for rules and pins that contradict each other.

    Raises
    ------
    InputError
        If the operation cannot be read.
    """
    from patrolplan.engine.conflict import conflicts

    loaded = load_operation(operation)
    verdict = conflicts(loaded.problem, time_limit)
    words = _Words(loaded.problem, Editor(operation))
    sets = tuple(
        Contradicting(
            one.people,
            tuple(part for rule in one.rules for part in words.parts(rule, one.people)),
            one.is_smallest,
        )
        for one in verdict.conflicts
    )
    return Contradiction(loaded.problem, verdict.status, sets, loaded.warnings)


class _Words:
    """Rules in words, as they stand in the file."""

    def __init__(self, problem: Problem, editor: Editor) -> None:
        self._problem = problem
        self._editor = editor

    def parts(self, rule: Rule, people: tuple[int, ...]) -> list[Part]:
        """A rule as one part, its absences or required qualifications as one each."""
        if rule.name == "pins":
            return [self._pin(rule, cast(Pins, rule.spec).entries[0])]
        if rule.name == "availability" and people:
            return [
                self._absence(absence.reason, absence.start, absence.end, absence.place)
                for absence in self._problem.people[people[0]].absences
            ] or [Part(_("absences and dates of service"))]
        if rule.name == "eligibility":
            return [Part(_("what posts require, and where people may stand"), rule.place)]
        if rule.name == "one_duty":
            return [Part(_("one duty at a time, and not more on a date than allowed (one_duty)"), rule.place)]
        body = {key: value for key, value in self._editor.body_of(rule.id).items() if key != "id"}
        text = f"{rule.name}: {flow_text(body)}" if body else rule.name
        return [Part(f"{rule.id} ({text})" if rule.id != rule.name else text, rule.place)]

    def _absence(self, reason: str, start: int, end: int, place: Place) -> Part:
        zone = self._problem.zone
        when = _("until {until}").format(until=zone.moment_text(end))
        if start > self._problem.start:
            when = _("{start} to {end}").format(start=zone.moment_text(start), end=zone.moment_text(end))
            if end >= self._problem.end:
                when = _("from {start}").format(start=zone.moment_text(start))
        return Part(_("absent {when} ({reason})").format(when=when, reason=reason or _("no reason given")), place)

    def _pin(self, rule: Rule, pin: Pin) -> Part:
        who = self._problem.people[self._problem.person_index[pin.person]]
        named = f"{who.name} ({who.id})" if who.name and who.name != who.id else who.id
        what = " ".join(
            part for part in (pin.shift or "", _("at {post}").format(post=pin.post) if pin.post else "") if part
        )
        day = self._problem.zone.day_text(pin.date)
        words = _("the pin: {person} is on duty {day}") if pin.on else _("the pin: {person} is not on duty {day}")
        text = words.format(person=named, day=day) + (f" ({what})" if what else "")
        return Part(text, cast(Pins, rule.spec).place_of(pin) or self._editor.place_of_pin(rule.id, pin) or rule.place)
