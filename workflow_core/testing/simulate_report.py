"""What many simulated lives tell of a program: what never happened, where cases stay, what is to be done each week, how long cases take."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_core.definition import Escalate, Program, Stage, Workflow
from workflow_core.definition.program import several_stages
from workflow_core.engine.words import open_places
from workflow_core.errors import Problem
from workflow_core.i18n import N_, Label, Labels, translate
from workflow_core.testing.simulate_life import Lived

ENOUGH = 5
"""A trap is only told where at least so many cases came into it: of fewer, chance says nothing."""
GRAVE = ("simulated_failed", "trap", "stuck", "goes_round")
"""What speaks against a program: the rest are warnings."""
LONG = 56
"""And lay there for so many days: who has just come in may still find a way out."""


@dataclass
class SimulationResult:
    """What a run found out about one workflow.

    :param cases: how many were lived; :param weeks: for how long each was looked at; :param seed: of the run.
    :param ends: final stage → cases; :param open: stage → cases that still stood there after the last week.
    :param failed: code of a fault of the program → cases; :param still: stage → cases in which nobody could do anything more.
    :param round: stage → cases in which so many things were done that they go round in a circle. :param unopened: cases that chance found no record for.
    :param barred: stage → for how many days every way had been refused in each case that stood there at the end. :param freed: the same of cases for which
        a way opened later. :param refusals: stage → reason → how often, of the cases that are still or barred.
    :param days: of the cases that ended, how long each took, in order.
    :param stays: stage → days of each stay, in order. :param work: role → week of a case's life → things done. :param counts: what happened how often.
    """

    program: str
    workflow: str
    title: str
    cases: int
    weeks: int
    seed: int
    ends: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    still: Counter[str] = field(default_factory=Counter)
    barred: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    freed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    refusals: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    round: Counter[str] = field(default_factory=Counter)
    unopened: int = 0
    days: list[int] = field(default_factory=list)
    stays: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    work: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    counts: dict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the program."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counts = {name: dict(sorted(self.counts[name].items())) for name in ("ways", "done", "missed", "late", "timers", "held_back", "papers")}
        return {
            "program": self.program,
            "workflow": self.workflow,
            "cases": self.cases,
            "weeks": self.weeks,
            "seed": self.seed,
            "ended": len(self.days),
            "median_days": percentile(self.days, 50),
            "p90_days": percentile(self.days, 90),
            "ends": dict(sorted(self.ends.items())),
            "open": dict(sorted(self.open.items())),
            "failed": dict(sorted(self.failed.items())),
            "still": dict(sorted(self.still.items())),
            "round": dict(sorted(self.round.items())),
            "not_simulated": self.unopened,
            "stages": {
                stage: {"stays": len(days), "median_days": percentile(days, 50), "p90_days": percentile(days, 90)} for stage, days in sorted(self.stays.items())
            },
            "work": {
                role: {"per_case": round(weeks.total() / self.cases, 3), "weeks": [round(weeks[n] / self.cases, 4) for n in range(max(weeks) + 1)]}
                for role, weeks in sorted(self.work.items())
            },
            "counts": counts,
            "problems": [one.as_dict() for one in self.problems],
        }


def percentile(values: Sequence[int], share: int) -> int | None:
    """The least of the ordered values that so many of a hundred do not exceed; None of none."""
    if not values:
        return None
    return values[min(len(values) - 1, max(0, -(-share * len(values) // 100) - 1))]


def add_up(program: Program[Any], workflow: Workflow[Any, Any], lives: Iterable[Lived], *, weeks: int, seed: int) -> SimulationResult:
    """The result of many lives."""
    report = SimulationResult(program.name, workflow.name, workflow.title, 0, weeks, seed)
    for one in lives:
        report.cases += 1
        if one.unopened:
            report.unopened += 1
            continue
        if one.failed:
            report.failed[one.failed] += 1
        elif one.end:
            report.ends[one.end] += 1
            report.days.append(one.days)
        else:
            report.open[one.stage] += 1
            report.still[one.stage] += one.still
            report.round[one.stage] += one.round
            if one.still or one.barred >= LONG:
                report.barred[one.stage] += [one.barred] * (not one.still)
                report.refusals[one.stage].update(one.refusals)
        for stage, days in one.freed:
            report.freed[stage].append(days)
        for stage, days in one.stays:
            report.stays[stage].append(days)
        for (role, week), n in one.work.items():
            report.work[role][week] += n
        for name, counted in one.counts.items():
            report.counts[name].update(counted)
    report.days.sort()
    for stays in report.stays.values():
        stays.sort()
    report.still, report.round = +report.still, +report.round
    report.problems = list(_problems(program, workflow, report))
    return report


def _problems(program: Program[Any], workflow: Workflow[Any, Any], report: SimulationResult) -> Iterable[Problem]:
    counts = report.counts
    for code, n in sorted(report.failed.items()):
        message, hint = N_("{n} cases were stopped by a fault of the program: {error}"), N_("see which effect or function fails: care plugin check NAME")
        yield Problem("simulated_failed", message, hint=hint, values={"n": n, "error": code})
    if report.unopened:
        message, hint = (
            N_("{n} cases are not simulated: chance finds no record that is taken"),
            N_("say in odds what stands in it: care plugin simulate --help"),
        )
        yield Problem("not_simulated", message, hint=hint, values={"n": report.unopened})
    if report.cases - report.unopened < ENOUGH or report.weeks * 7 < LONG:
        message = N_("it is too short to tell whether cases are caught: {cases} cases, {weeks} weeks")
        hint = N_("live at least {enough} cases for {long} weeks: --cases, --weeks")
        yield Problem("too_short", message, hint=hint, values={"cases": report.cases, "weeks": report.weeks, "enough": ENOUGH, "long": -(-LONG // 7)})
    came = {stage for stage, _ in _entered(report)}
    beyond = _beyond(program, workflow, report, came)
    for stage in workflow.stages:
        if stage.name not in came:
            if stage.name in beyond:
                hint = N_("try it in a test: a scenario carries out batches, and fills lines")
                message = N_("how cases come to the stage {stage} is not simulated: it hangs on a batch or a line")
                yield Problem("not_simulated", message, stage.name, hint, {"stage": Label(stage.title)})
                continue
            hint, values = _why(workflow, stage, counts["reasons"])
            yield Problem("never_reached", N_("no case ever came to the stage {stage}"), stage.name, hint, {"stage": Label(stage.title), **values})
    traps = list(_traps(workflow, report))
    yield from traps
    yield from _stuck(workflow, report, {one.place for one in traps})
    for way in workflow.transitions:
        if not counts["ways"][way.name] and any(stage.name in came for stage in way.sources) and way.target.name in came:
            reason = _reason(way.name, counts["reasons"])
            hint = N_("most often: {reason}") if reason else ""
            yield Problem("never_taken", N_("nobody ever took the way {way}"), way.name, hint, {"way": Label(way.title), "reason": reason})
    for timer in workflow.timers:
        if not counts["timers"][timer.name] and any(stage.name in came for stage in timer.stages):
            held = counts["held_back"][timer.name]
            hint = N_("it fell due {n} times, and was held back each time") if held else N_("cases leave its stages before it falls due")
            yield Problem("never_fired", N_("the timer {timer} never rang"), timer.name, hint, {"timer": timer.name, "n": held})
    for stages, tasks in workflow.tasks.items():
        for task in tasks:
            escalates = any(isinstance(one, Escalate) for one in task.late)
            here = any(stage.name in came for stage in several_stages(stages))
            if here and escalates and not counts["late"][task.name]:
                yield Problem(
                    "never_late", N_("the task {task} was never late: what is to happen then was not seen"), task.name, "", {"task": Label(task.title)}
                )
            if here and not counts["done"][task.name]:
                reason = _reason(task.name, counts["reasons"])
                hint = N_("most often: {reason}") if reason else ""
                yield Problem("never_done", N_("nobody ever did the task {task}"), task.name, hint, {"task": Label(task.title), "reason": reason})


def _beyond(program: Program[Any], workflow: Workflow[Any, Any], report: SimulationResult, came: Collection[str]) -> set[str]:
    """The stages that nobody came to because a batch or a line decides it over many cases, and those behind them: a case is lived alone.

    A few may have come there by chance; that tells nothing of those behind.
    """
    batches = program.all_batches()
    planned = {id(one) for batch in batches for one in (*batch.may, batch.then)}
    planned |= {id(limit.waiting.fire) for limit in workflow.limits if limit.waiting is not None}
    chance = {way.target.name for way in workflow.transitions if id(way) in planned and len(report.stays.get(way.target.name, ())) < ENOUGH}
    came = set(came) - chance
    found: set[str] = set()
    grown = True
    while grown:
        grown = False
        for way in workflow.transitions:
            behind = all(stage.name in found for stage in way.sources if stage.name not in came) and any(stage.name in found for stage in way.sources)
            if way.target.name not in found and way.target.name not in came and (id(way) in planned or behind):
                found.add(way.target.name)
                grown = True
    return found


def _entered(report: SimulationResult) -> Iterable[tuple[str, int]]:
    return ((stage, len(days)) for stage, days in report.stays.items())


def _traps(workflow: Workflow[Any, Any], report: SimulationResult) -> Iterable[Problem]:
    """Stages into which cases come and from which none was ever seen to find an end: one in which it lies, or several in which it goes round."""
    edges: Mapping[tuple[str, str], int] = report.counts["edges"]
    ending = {stage.name for stage in workflow.stages if stage.final}
    grown = True
    while grown:
        grown = False
        for source, target in edges:
            if target in ending and source not in ending:
                ending.add(source)
                grown = True
    caught = [stage for stage in workflow.stages if stage.name not in ending and len(report.stays.get(stage.name, ())) >= ENOUGH]
    caught = [stage for stage in caught if sum(days >= LONG for days in report.stays[stage.name]) >= ENOUGH or _goes_on(stage.name, caught, edges, report)]
    lying = {stage.name for stage in caught}
    round_about = [stage for stage in caught if any(source == stage.name and target in lying and target != source for (source, target) in edges)]
    for stage in caught:
        if stage not in round_about:
            n = report.open[stage.name] or len(report.stays[stage.name])
            reason = next((text for way in workflow.transitions if stage in way.sources and (text := _reason(way.name, report.counts["reasons"]))), "")
            hint = N_("most often: {reason}") if reason else N_("give it a way out that somebody can take")
            yield Problem("trap", N_("{n} cases lie in the stage {stage} for ever"), stage.name, hint, {"n": n, "stage": Label(stage.title), "reason": reason})
    if round_about:
        n = sum(report.open[stage.name] for stage in round_about)
        hint = N_("a case goes round in them and finds no way to an end")
        message = N_("{n} cases go round for ever: {stages}")
        values = {"n": n, "stages": Labels(stage.title for stage in round_about)}
        yield Problem("goes_round", message, round_about[0].name, hint, values)
    for stage in workflow.stages:
        if (n := report.round[stage.name]) and stage not in round_about:
            hint = N_("so much is done in a case that it finds no end: see what opens tasks, or what leads back")
            yield Problem("goes_round", N_("{n} cases go round for ever: {stages}"), stage.name, hint, {"n": n, "stages": Labels([stage.title])})


def _stuck(workflow: Workflow[Any, Any], report: SimulationResult, told: Collection[str]) -> Iterable[Problem]:
    """Stages that some cases leave and others cannot: nobody can do anything more, or every way has been refused for more than twice as long as in any case
    that got away.

    :param told: the stages that are told as traps.
    """
    for stage in workflow.stages:
        freed = max(report.freed.get(stage.name, ()), default=0)
        lying = sum(days >= LONG and days > 2 * freed for days in report.barred.get(stage.name, ()))
        n = report.still[stage.name] + (lying if lying >= ENOUGH else 0)
        if not n or stage.name in told:
            continue
        said = report.refusals[stage.name]
        reason = open_places(translate(said.most_common(1)[0][0])) if said else ""
        hint = N_("most often: {reason}") if reason else N_("give it a way out that somebody can take")
        yield Problem("stuck", N_("{n} cases are stuck in the stage {stage}"), stage.name, hint, {"n": n, "stage": Label(stage.title), "reason": reason})


def _goes_on(stage: str, caught: Sequence[Stage], edges: Mapping[tuple[str, str], int], report: SimulationResult) -> bool:
    """Whether cases leave a stage for others of the same trap again and again: it goes round, however short each stay."""
    names = {one.name for one in caught}
    return sum(n for (source, target), n in edges.items() if source == stage and target in names and target != source) >= 3 * max(ENOUGH, report.open[stage])


def _why(workflow: Workflow[Any, Any], stage: Stage, reasons: Counter[str]) -> tuple[str, dict[str, Any]]:
    """What spoke against coming to a stage: of the ways that lead there, what was said most often."""
    said: Counter[str] = Counter()
    for way in workflow.transitions:
        if way.target == stage:
            said.update({key.split("\0", 1)[1]: n for key, n in reasons.items() if key.startswith(f"{way.name}\0")})
    if said:
        return N_("most often: {reason}"), {"reason": open_places(translate(said.most_common(1)[0][0]))}
    return N_("no way that a case took leads there"), {}


def _reason(name: str, reasons: Counter[str]) -> str:
    said = Counter({key.split("\0", 1)[1]: n for key, n in reasons.items() if key.startswith(f"{name}\0")})
    return open_places(translate(said.most_common(1)[0][0])) if said else ""
