"""Why a gap is open: everybody, grouped by what stands against one more duty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from patrolplan.audit import complete
from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Demand, Problem, Slot
from patrolplan.roster import Roster
from patrolplan.rules.checks import REASONS
from patrolplan.rules.command.spec import Command
from patrolplan.rules.verdict import posts_named
from patrolplan.units import overlap

FREE = later("could take it")
"""The group of those whom no hard rule keeps away."""

MayTake = Callable[[Problem, Roster, int, Slot], Finding | None]
"""The first hard finding if a person were given a slot, or None; `patrolplan.audit.may_take` is one."""


class Obstacle(NamedTuple):
    """People whom the same thing keeps from filling a gap.

    Attributes
    ----------
    phrase
        In a few words, such as ``on rest``.
    people
        How many.
    sample
        The finding that one of them would have, or None.
    """

    phrase: str
    people: int
    sample: Finding | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Whom a gap asks for: any of these qualifications or ranks, or anyone."""

    label: str = ""
    qualification: str = ""
    rank: str = ""

    def fits(self, problem: Problem, person: int, slot: Slot) -> bool:
        """Whether a person is of this kind throughout a slot."""
        who = problem.people[person]
        if not self.label:
            return True
        if self.qualification and who.holds(self.qualification, problem.last_date(slot.end)):
            return True
        return bool(self.rank) and who.rank is not None and who.rank >= problem.ranks.index(self.rank)


def who_could_not(problem: Problem, roster: Roster, gap: Finding, may_take: MayTake) -> list[Obstacle]:
    """Everybody who does not already serve the gap's place, by what stands against a duty there.

    The gap is judged in its first shift: somebody on rest in one shift may be on duty in another. Those who could
    take it come first, the others by number.

    Returns
    -------
    list
        Empty if no shift that is planned now could fill the gap.
    """
    whole = complete(problem, roster)
    slots = filling_slots(problem, gap)
    if not slots:
        return []
    kind = kind_asked(problem, gap)
    posts = {slot.post for slot in slots}
    groups: dict[str, tuple[int, Finding | None]] = {}
    for person in range(len(problem.people)):
        if serves(whole, person, posts, slots[0], kind.fits(problem, person, slots[0])):
            continue
        phrase, sample = _why(problem, whole, person, slots, kind, may_take)
        count, first = groups.get(phrase, (0, sample))
        groups[phrase] = (count + 1, first)
    found = [Obstacle(phrase, count, sample) for phrase, (count, sample) in groups.items()]
    return sorted(found, key=lambda one: (one.phrase != FREE, -one.people, one.phrase))


def asked_for(problem: Problem, gap: Finding) -> str:
    """The kind of people that a gap lacks, such as ``armed`` or ``Ipda or above``; empty if anyone would do."""
    return kind_asked(problem, gap).label


def filling_slots(problem: Problem, gap: Finding) -> list[Slot]:
    """The possible duties of the first shift and date that could fill a gap."""
    turns = filling_turns(problem, gap)
    return turns[0] if turns else []


def filling_turns(problem: Problem, gap: Finding) -> list[list[Slot]]:
    """The possible duties that could fill a gap or a part of it, those of one shift and date together."""
    posts = _posts(problem, gap)
    span = gap.start or 0, gap.end or 0
    found: dict[tuple[int, int], list[Slot]] = {}
    for slot in problem.slots:
        if not slot.training and slot.post in posts and overlap((slot.start, slot.end), span):
            found.setdefault((slot.day, slot.shift), []).append(slot)
    return list(found.values())


def _posts(problem: Problem, gap: Finding) -> frozenset[int]:
    if gap.post:
        return frozenset({problem.post_index[gap.post]}) if gap.post in problem.post_index else frozenset()
    rule = next((one for one in problem.rules if one.id == gap.rule), None)
    if rule is not None and rule.name == "command":
        at = cast(Command, rule.spec).at
        return posts_named(problem, at) if at else frozenset(range(len(problem.posts)))
    demand = _demand(problem, gap)
    return demand.posts if demand is not None else posts_named(problem, [gap.site])


def _demand(problem: Problem, gap: Finding) -> Demand | None:
    """The need behind a cover finding."""
    kinds = {"PP101": ("staff",), "PP102": ("qualified", "rank")}.get(gap.code, ())
    for demand in problem.demands:
        if (
            demand.kind in kinds
            and demand.place == gap.place
            and demand.label == gap.label
            and _is_at(problem, demand, gap)
        ):
            return demand
    return None


def _is_at(problem: Problem, demand: Demand, gap: Finding) -> bool:
    """Whether a need binds the place of a cover finding."""
    if len(demand.posts) == 1:
        return gap.post == problem.posts[next(iter(demand.posts))].key
    sites = {problem.sites[problem.posts[post].site].name for post in demand.posts}
    return not gap.post and gap.site == (sites.pop() if len(sites) == 1 else demand.where)


def kind_asked(problem: Problem, gap: Finding) -> Kind:
    """The kind of people that a gap lacks."""
    rule = next((one for one in problem.rules if one.id == gap.rule), None)
    if rule is not None and rule.name == "command":
        spec = cast(Command, rule.spec)
        rank, qualification = spec.rank or "", spec.qualification or ""
        label = _(" or ").join(
            part for part in (_("{rank} or above").format(rank=rank) if rank else "", qualification) if part
        )
        return Kind(label, qualification, rank)
    demand = _demand(problem, gap)
    if demand is None or demand.kind == "staff":
        return Kind()
    if demand.kind == "rank":
        return Kind(_("{label} or above").format(label=demand.label), rank=demand.label)
    return Kind(demand.label, qualification=demand.label)


def serves(roster: Roster, person: int, posts: Collection[int], slot: Slot, fits: bool) -> bool:
    """Whether a person of the kind that is asked for already stands there in that time."""
    span = (slot.start, slot.end)
    return fits and any(
        stretch.post is not None and stretch.post in posts and overlap((stretch.start, stretch.end), span)
        for duty in roster.of(person)
        if duty.kind == "duty"
        for stretch in duty.stretches
    )


def _why(
    problem: Problem, roster: Roster, person: int, slots: Sequence[Slot], kind: Kind, may_take: MayTake
) -> tuple[str, Finding | None]:
    fitting = [slot for slot in slots if kind.fits(problem, person, slot)]
    if not fitting:
        return _("not {label}").format(label=kind.label), None
    sample: Finding | None = None
    for slot in fitting:
        found = may_take(problem, roster, person, slot)
        if found is None:
            return FREE, None
        sample = sample or found
    assert sample is not None
    return _phrase(problem, roster, person, fitting[0], sample), sample


def _phrase(problem: Problem, roster: Roster, person: int, slot: Slot, finding: Finding) -> str:
    span = (slot.start, slot.end)
    if finding.code == "PP201":
        for absence in problem.people[person].absences:
            until = slot.start + 1 if absence.starts_only else slot.end
            if absence.reason and overlap((slot.start, until), (absence.start, absence.end)):
                return absence.reason
    if finding.code == "PP202":
        running = [duty for duty in roster.of(person) if overlap(span, (duty.start, duty.end))]
        if not running:
            return _("on duty on the same date")
        return _("on call") if all(duty.on_call for duty in running) else _(REASONS["PP202"])
    return _(REASONS[finding.code]) if finding.code in REASONS else finding.message
