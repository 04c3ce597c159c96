"""Why each gap is open, person by person: who could take it, who could only by leaving another place, who cannot."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patrolplan.analysis.explanation import Kind, filling_turns, kind_asked, serves
from patrolplan.analysis.gaps import GapGroup
from patrolplan.audit import Candidates, Leaving, complete
from patrolplan.errors import Place
from patrolplan.findings import Finding
from patrolplan.language import _
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty, Roster
from patrolplan.rules.checks import REASONS
from patrolplan.units import duration_text, overlap


class Answer(enum.StrEnum):
    """Whether somebody could fill a gap.

    `COULD`: as things are. `COULD_MOVE`: from another post that has people to spare. `LEAVES_SHORT`: from a post that
    would then be short. `CANNOT`: a hard rule stands against it.
    """

    COULD = "could"
    COULD_MOVE = "could move"
    LEAVES_SHORT = "leaves short"
    CANNOT = "cannot"


ORDER = tuple(Answer)


@dataclass(frozen=True, slots=True)
class Reason:
    """People to whom the same applies.

    Attributes
    ----------
    phrase
        In a few words.
    people
        Indices.
    sample
        The finding that one of them would have, or None.
    rule, place
        The rule behind it, and where it stands; empty where it is a fact of the person.
    where, short
        The place that they would leave short, and by how many people; of `LEAVES_SHORT` alone.
    """

    answer: Answer
    phrase: str
    people: tuple[int, ...]
    sample: Finding | None = None
    rule: str = ""
    place: Place = Place()
    where: str = ""
    short: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """How somebody could fill a gap: a duty that is taken, and the duty that is given up for it, if any."""

    person: int
    slot: Slot
    instead_of: Duty | None = None


@dataclass(frozen=True)
class ExplainedGap:
    """A gap with the reasons of all people in its first shift.

    Attributes
    ----------
    asked
        Whom it asks for.
    shifts
        Shifts of single dates that could serve it; 0 if none is planned there at that time.
    reasons
        Those who could first, then by number.
    steps
        Whoever could fill one of its windows without leaving anything short: to be confirmed by an audit.
    """

    gap: GapGroup
    asked: Kind
    shifts: int
    reasons: tuple[Reason, ...]
    steps: tuple[Step, ...] = ()

    @property
    def kind(self) -> str:
        """Whom it asks for in a word, such as ``armed``; empty for anyone."""
        return self.asked.label


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is said about one person and one shift."""

    answer: Answer
    phrase: str
    sample: Finding | None = None
    step: Step | None = None
    where: str = ""
    short: int = 0


@dataclass
class Interviewer:
    """Asks everybody about gaps of one roster.

    Parameters
    ----------
    problem
        The facts.
    roster
        The roster; given duties are added where it lacks them.
    """

    problem: Problem
    roster: Roster
    _whole: Roster = field(init=False)
    _candidates: Candidates = field(init=False)
    _leaving: Leaving = field(init=False)
    _rules: Mapping[str, Place] = field(init=False)

    def __post_init__(self) -> None:
        self._whole = complete(self.problem, self.roster)
        self._candidates = Candidates(self.problem, self.roster)
        self._leaving = Leaving(self.problem, self._whole)
        self._rules = {rule.id: rule.place for rule in self.problem.rules}

    def explain(self, gap: GapGroup) -> ExplainedGap:
        """The reasons of everybody in the first shift of a gap, and whoever could fill any of its shifts."""
        kind = kind_asked(self.problem, gap.findings[0])
        turns = [turn for finding in gap.findings for turn in filling_turns(self.problem, finding)]
        reasons: tuple[Reason, ...] = ()
        steps: list[Step] = []
        for number, slots in enumerate(turns):
            verdicts = self._ask(slots, kind)
            steps += [one.step for one in verdicts.values() if one.step is not None]
            if not number:
                reasons = self._grouped(verdicts)
        return ExplainedGap(gap, kind, len(turns), reasons, tuple(steps))

    def _ask(self, slots: Sequence[Slot], kind: Kind) -> dict[int, _Verdict]:
        posts = {slot.post for slot in slots}
        found = {}
        for person in range(len(self.problem.people)):
            if not serves(self._whole, person, posts, slots[0], kind.fits(self.problem, person, slots[0])):
                found[person] = self._judge(person, slots, kind)
        return found

    def _judge(self, person: int, slots: Sequence[Slot], kind: Kind) -> _Verdict:
        fitting = [slot for slot in slots if kind.fits(self.problem, person, slot)]
        if not fitting:
            return _Verdict(Answer.CANNOT, _("not qualified: {kind}").format(kind=kind.label))
        best: _Verdict | None = None
        for slot in fitting:
            verdict = self._at(person, slot)
            if best is None or ORDER.index(verdict.answer) < ORDER.index(best.answer):
                best = verdict
            if best.answer is Answer.COULD:
                break
        assert best is not None
        return best

    def _at(self, person: int, slot: Slot) -> _Verdict:
        finding = self._candidates.obstacle(person, slot)
        if finding is None:
            return _Verdict(Answer.COULD, _("could take it as things are"), None, Step(person, slot))
        duty = self._running(person, slot) if finding.code in ("PP202", "PP203") else None
        if duty is None:
            return _Verdict(Answer.CANNOT, self._phrase(person, slot, finding), finding)
        if self._candidates.obstacle(person, slot, (duty,)) is not None:
            return _Verdict(Answer.CANNOT, _(REASONS["PP202"]), finding)
        short = self._leaving.shortfalls(duty, slot.post)
        if not short:
            post = self.problem.posts[duty.post or 0].key
            words = _("could move from {post}, which has people to spare").format(post=post)
            return _Verdict(Answer.COULD_MOVE, words, finding, Step(person, slot, duty))
        first = short[0]
        what = first.demand.where + (f" ({first.demand.label})" if first.demand.label else "")
        words = _("could, but then {post} is short by {short}").format(post=what, short=first.short)
        return _Verdict(Answer.LEAVES_SHORT, words, finding, where=what, short=first.short)

    def _running(self, person: int, slot: Slot) -> Duty | None:
        """The only planned duty of somebody at the time of a slot."""
        span = (slot.start, slot.end)
        running = [
            duty
            for duty in self._whole.of(person)
            if not duty.on_call and overlap(span, (duty.start, duty.end)) and duty.start >= self.problem.start
        ]
        return running[0] if len(running) == 1 and running[0].kind == "duty" else None

    def _grouped(self, verdicts: Mapping[int, _Verdict]) -> tuple[Reason, ...]:
        groups: dict[tuple[Answer, str, str], list[int]] = {}
        firsts: dict[tuple[Answer, str, str], _Verdict] = {}
        for person, one in verdicts.items():
            rule = one.sample.rule if one.sample is not None and one.answer is Answer.CANNOT else ""
            key = (one.answer, one.phrase, rule)
            groups.setdefault(key, []).append(person)
            firsts.setdefault(key, one)
        found = [self._reason(tuple(groups[key]), one, key[2]) for key, one in firsts.items()]
        return tuple(sorted(found, key=lambda one: (ORDER.index(one.answer), -len(one.people), one.phrase)))

    def _reason(self, people: tuple[int, ...], one: _Verdict, rule: str) -> Reason:
        listed = rule if self._is_listed(one.sample) else ""
        place = self._place(one.sample, one.answer)
        return Reason(one.answer, one.phrase, people, one.sample, listed, place, one.where, one.short)

    @staticmethod
    def _is_listed(sample: Finding | None) -> bool:
        return sample is not None and sample.code not in ("PP201", "PP202", "PP210")

    def _place(self, sample: Finding | None, answer: Answer) -> Place:
        if sample is None or answer is not Answer.CANNOT or sample.code in ("PP201", "PP202"):
            return Place()
        return sample.place

    # -- words ---------------------------------------------------------------------------------------------------

    def _phrase(self, person: int, slot: Slot, finding: Finding) -> str:
        """What stands against it, with the numbers in which people differ."""
        if finding.code == "PP201":
            return self._absence(person, slot)
        if finding.code == "PP202":
            running = [duty for duty in self._whole.of(person) if overlap((slot.start, slot.end), _span(duty))]
            if not running:
                return _("on duty on the same date")
            return _("on call") if all(duty.on_call for duty in running) else _(REASONS["PP202"])
        if finding.code == "PP204":
            return self._rest(person, slot, finding)
        if finding.code == "PP210":
            return self._unqualified(person, slot, finding)
        if finding.actual is None or finding.required is None:
            return _(REASONS[finding.code]) if finding.code in REASONS else finding.message
        limit = finding.message.rpartition("; ")[2]
        amount = f"{finding.actual:g} {finding.unit}".strip()
        if finding.code == "PP205":
            return _("would have {amount} of duty: {limit}").format(amount=amount, limit=limit)
        return f"{_(REASONS[finding.code])}: {limit}" if finding.code in REASONS else finding.message

    def _unqualified(self, person: int, slot: Slot, finding: Finding) -> str:
        """Which qualifications are missing or run out, if it is these."""
        who, last = self.problem.people[person], self.problem.last_date(slot.end)
        missing = [name for name in self.problem.posts[slot.post].requires if not who.holds(name, last)]
        if not missing:
            return finding.message
        expired = any(name in who.qualifications for name in missing)
        words = _("no longer qualified: {what}") if expired else _("not qualified: {what}")
        return words.format(what=", ".join(missing))

    def _absence(self, person: int, slot: Slot) -> str:
        for absence in self.problem.people[person].absences:
            until = slot.start + 1 if absence.starts_only else slot.end
            if absence.reason and overlap((slot.start, until), (absence.start, absence.end)):
                return absence.reason
        return _(REASONS["PP201"])

    def _rest(self, person: int, slot: Slot, finding: Finding) -> str:
        rest, required = round((finding.actual or 0) * 60), duration_text(round((finding.required or 0) * 60))
        if finding.start == slot.start:
            ended = self.problem.zone.moment_text(slot.start - rest)
            return _("rest: only {rest} since {ended}, of {required}").format(
                rest=duration_text(rest), ended=ended, required=required
            )
        begins = self.problem.zone.moment_text(slot.end + rest)
        return _("rest: the next duty begins {begins}, after {rest} of {required}").format(
            begins=begins, rest=duration_text(rest), required=required
        )


def _span(duty: Duty) -> tuple[int, int]:
    return duty.start, duty.end
