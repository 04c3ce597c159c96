"""How long the commands take on the examples, as medians over several runs and in comparison with a stored baseline."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import patrolplan
from benchmarks.timing import Sample, measure

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "benchmarks" / "results" / "commands.json"
EXAMPLES = {
    "minimal": ROOT / "examples" / "minimal.yaml",
    "company": ROOT / "examples" / "company" / "ops.yaml",
    "kpu": ROOT / "examples" / "kpu-kalteng" / "ops.yaml",
    "kpu-reinforced": ROOT / "examples" / "kpu-kalteng" / "ops-reinforced.yaml",
}
PROGRAM = (sys.executable, "-c", "import sys; from patrolplan.cli import main; sys.exit(main())")
"""The command line as a subprocess, with the interpreter that runs the benchmark."""
DONE, FINDINGS = 0, 1
NAME_WIDTH = 36


@dataclass(frozen=True)
class Task:
    """One measurement.

    Attributes
    ----------
    writes
        The roster that the command makes; an earlier one is removed first.
    first
        Whether to stop as soon as that roster exists.
    reads
        The roster that must exist, and the task that makes it.
    """

    name: str
    command: tuple[str, ...]
    writes: Path | None = None
    first: bool = False
    reads: tuple[Path, Task] | None = None

    def went_well(self, sample: Sample) -> bool:
        """Whether the command ended as it should; only solve and check may have findings."""
        if self.writes is not None:
            return self.writes.exists() and (self.first or sample.exit_code in (DONE, FINDINGS))
        return sample.exit_code == DONE or (sample.exit_code == FINDINGS and self.reads is not None)


@dataclass(frozen=True)
class Medians:
    """Medians over the runs of one task; `relative` is in yardsticks, see `benchmarks.timing`."""

    cpu: float
    wall: float
    relative: float
    runs: int


def run(*, runs: int, only: str, solve_seconds: int, baseline: Path | None, write_to: Path | None) -> int:
    """Measure, print a table, and compare with or write a baseline; 1 if a command failed."""
    known = read_baseline(baseline) if baseline is not None else {}
    print(f"{'':<{NAME_WIDTH}}{'runs':>5}{'cpu s':>9}{'wall s':>9}{'relative':>10}{'to baseline':>13}")
    found: dict[str, Medians] = {}
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks(Path(folder), solve_seconds):
            if only not in task.name:
                continue
            samples = list(sample(task, runs))
            if samples:
                found[task.name] = medians(samples)
                print(table_row(task.name, found[task.name], known.get(task.name)))
            failed |= not samples
    if write_to is not None and not failed:
        write_baseline(write_to, found)
    return 1 if failed else 0


def tasks(folder: Path, solve_seconds: int) -> Iterator[Task]:
    """All measurements."""
    yield Task("help", ("--help",))
    for name, path in EXAMPLES.items():
        roster = folder / f"{name}.csv"
        command = ("solve", str(path), "--time-limit", f"{solve_seconds}s", "--seed", "1", "--quiet", "-o", str(roster))
        solve = Task(f"solve {name}, {solve_seconds} s", command, roster)
        yield Task(f"validate {name}", ("validate", str(path)))
        yield Task(f"solve {name}, first roster", command, roster, first=True)
        yield solve
        yield Task(f"check {name}", ("check", str(path), str(roster)), reads=(roster, solve))


def sample(task: Task, runs: int) -> Iterator[Sample]:
    """Run a task several times, solve a third as often; nothing comes back if the command fails."""
    if task.reads is not None and not task.reads[0].exists():
        measure((*PROGRAM, *task.reads[1].command))
    for _ in range(max(1, runs // 3) if task.writes is not None else runs):
        if task.writes is not None:
            for left in task.writes.parent.glob(f"{task.writes.name}*"):
                left.unlink()
        one = measure((*PROGRAM, *task.command), task.writes if task.first else None)
        if not task.went_well(one):
            print(f"{task.name:<{NAME_WIDTH}}  failed with exit code {one.exit_code}")
            return
        yield one


def medians(samples: Sequence[Sample]) -> Medians:
    """The middle of several runs."""
    return Medians(
        cpu=round(median(one.cpu for one in samples), 3),
        wall=round(median(one.wall for one in samples), 3),
        relative=round(median(one.relative for one in samples), 3),
        runs=len(samples),
    )


def table_row(name: str, now: Medians, before: Medians | None) -> str:
    """One line of the table; the ratio compares relative processor seconds, so that the machine's speed cancels."""
    ratio = f"{now.relative / before.relative:.2f}" if before else "-"
    return f"{name:<{NAME_WIDTH}}{now.runs:>5}{now.cpu:>9.2f}{now.wall:>9.2f}{now.relative:>10.2f}{ratio:>13}"


def read_baseline(path: Path) -> Mapping[str, Medians]:
    """Medians by name; none if there is no such file."""
    if not path.exists():
        print(f"{path} does not exist; nothing to compare with. --write-baseline makes it.", file=sys.stderr)
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: Medians(**values) for name, values in stored["medians"].items()}


def write_baseline(path: Path, found: Mapping[str, Medians]) -> None:
    """Store medians with what they were measured on."""
    content = {
        "patrolplan": patrolplan.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "medians": {name: asdict(values) for name, values in found.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"Baseline written to {path}", file=sys.stderr)
