"""Who could take one more duty, and what stands against those who could not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from patrolplan.audit.audit import complete
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem, Rule, Slot
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.rules.binding import can_refuse
from patrolplan.rules.checks import LINKING, PERSONAL
from patrolplan.units import overlap

_NEVER_WORSE = ("cover", "command")
"""Rules that tie people together and that one more duty never breaks."""


class Candidates:
    """Answers for one roster; what the people have already is judged once.

    People on call count as free: they are there to be called.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    """

    def __init__(self, problem: Problem, roster: Roster) -> None:
        self._problem = problem
        self._given = roster
        self._roster = complete(problem, roster)
        order = {name: index for index, name in enumerate(PERSONAL)} | {"one_duty": len(PERSONAL)}
        hard = (rule for rule in problem.rules if rule.name in PERSONAL and can_refuse(rule))
        self._rules = sorted(hard, key=lambda rule: order[rule.name])
        self._linking = [
            rule
            for rule in problem.rules
            if rule.name in LINKING and rule.name not in _NEVER_WORSE and can_refuse(rule)
        ]
        self._linked: dict[int, tuple[Finding, ...]] = {}
        self._before: dict[tuple[Rule, int], tuple[Finding, ...]] = {}

    def judges(self, problem: Problem, roster: Roster) -> bool:
        """Whether this is about the very same problem and roster."""
        return self._problem is problem and self._given is roster

    def obstacle(self, person: int, slot: Slot, without: Collection[Duty] = ()) -> Finding | None:
        """What keeps a person from this duty: a hard finding that is not there without it; None if there is none.

        Parameters
        ----------
        without
            Duties that the person would give up for it.

        Notes
        -----
        Absence and a duty at the same time come first, then rule by rule; of instances of one rule the one that is
        furthest from kept.
        """
        added = candidate_duty(person, slot)
        given = [duty for duty in self.duties(person) if duty not in without]
        duties = sorted((*given, added), key=lambda duty: (duty.start, duty.end, duty.id))
        rules = self._rules
        if any(overlap((duty.start, duty.end), (slot.start, slot.end)) for duty in given):
            first = ("availability", "one_duty")
            rules = sorted(rules, key=lambda rule: first.index(rule.name) if rule.name in first else len(first))
        worst: Finding | None = None
        name = ""
        for rule in rules:
            if worst is not None and rule.name != name:
                break
            after = self._judge(rule, person, duties) if person in rule.people else ()
            worse = _worse(self._present(rule, person), after) if after else None
            if worse is not None and (worst is None or _weight(worse) > _weight(worst)):
                worst, name = worse, rule.name
        return worst or self._linking_obstacle(added, without)

    def _linking_obstacle(self, added: Duty, without: Collection[Duty]) -> Finding | None:
        """What of the rules that tie people together would be broken more than now."""
        if not self._linking:
            return None
        kept = [duty for duty in self._roster.duties if duty not in without]
        duties = sorted((*kept, added), key=lambda duty: (duty.start, duty.end, duty.id))
        longer = Roster(tuple(stretch for duty in duties for stretch in duty.stretches), tuple(duties))
        for number, rule in enumerate(self._linking):
            if number not in self._linked:
                self._linked[number] = self._judge_all(rule, self._roster)
            worse = _worse(self._linked[number], self._judge_all(rule, longer))
            if worse is not None:
                return worse
        return None

    def _judge_all(self, rule: Rule, roster: Roster) -> tuple[Finding, ...]:
        found = LINKING[rule.name](self._problem, rule, roster)
        return tuple(finding for finding in found if finding.severity is Severity.HARD)

    def duties(self, person: int) -> list[Duty]:
        """What a person is on duty for, without standby."""
        return [duty for duty in self._roster.of(person) if not duty.on_call]

    def _present(self, rule: Rule, person: int) -> tuple[Finding, ...]:
        key = (rule, person)
        if key not in self._before:
            self._before[key] = self._judge(rule, person, self.duties(person))
        return self._before[key]

    def _judge(self, rule: Rule, person: int, duties: Sequence[Duty]) -> tuple[Finding, ...]:
        found = PERSONAL[rule.name](self._problem, rule, person, duties)
        return tuple(finding for finding in found if finding.severity is Severity.HARD)


_latest: Candidates | None = None


def may_take(problem: Problem, roster: Roster, person: int, slot: Slot) -> Finding | None:
    """What stands against giving a person one more duty; None if nothing does.

    Many questions about one roster are quick: what it holds is judged with the first.
    """
    global _latest
    if _latest is None or not _latest.judges(problem, roster):
        _latest = Candidates(problem, roster)
    return _latest.obstacle(person, slot)


def candidate_duty(person: int, slot: Slot) -> Duty:
    """The duty that a person would have in a slot."""
    stretch = Stretch(person, slot.post, slot.shift, slot.start, slot.end, "candidate")
    return Duty(person, slot.day, slot.shift, slot.start, slot.end, "duty", "candidate", (stretch,))


def _worse(before: Sequence[Finding], after: Sequence[Finding]) -> Finding | None:
    """The first new finding if the findings of one rule weigh more in sum than before."""
    if sum(map(_weight, after)) <= sum(map(_weight, before)):
        return None
    return next(iter((Counter(after) - Counter(before)).keys()))


def _weight(finding: Finding) -> float:
    if finding.actual is None or finding.required is None:
        return 1.0
    return abs(finding.actual - finding.required)
