"""How many small faults, planted in the encodings and checks of the rules, the tests of these rules find.

Faults are those of cosmic-ray and a few that planners would suffer from: start for end, first for last, a condition or
an argument left out, the history forgotten, one person taken for another.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import patrolplan
from patrolplan.errors import InputError
from patrolplan.rules.specs import SPECS

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "mutation.json"
RULES = Path("patrolplan", "rules")
SHARED = ("rules/periods.py", "rules/streaks.py", "rules/verdict.py", "model/streaks.py", "model/chains.py")
NEEDED = ("patrolplan", "tests", "configs", "examples", "benchmarks", "pyproject.toml", "README.md")
FEW = 5
"""How many rules are tried from both sides for a fault in a module that they share."""

SWAPS = {
    "start": "end",
    "end": "start",
    "first": "last",
    "last": "first",
    "first_day": "last_day",
    "last_day": "first_day",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "history": "held",
    "person": "0",
}
"""Names that are easily taken for each other; 0 stands for the first person."""

ARITHMETIC = ("Add_Sub", "Sub_Add", "Mul_FloorDiv", "Mul_Add", "FloorDiv_Mul", "Div_Mul", "Mod_FloorDiv", "Sub_BitOr")
SETS = ("BitOr_BitAnd", "BitAnd_BitOr", "BitOr_Sub")
TOO_CRUDE = ("VariableReplacer", "VariableInserter", "RemoveDecorator", "ExceptionReplacer")


@dataclass(frozen=True)
class Fault:
    """One change of one file: what stands from `begin` to `end` (line and column) becomes something else.

    With an `operator` of cosmic-ray, the change is the one that it makes at its `occurrence`; else it is `text`.
    """

    begin: tuple[int, int]
    end: tuple[int, int]
    operator: str = ""
    occurrence: int = 0
    text: str = ""

    def applied(self, source: str) -> str:
        """The source with this fault in it."""
        if self.operator:
            from cosmic_ray.mutating import mutate_code
            from cosmic_ray.plugins import get_operator

            return str(mutate_code(source, get_operator(self.operator)(), self.occurrence))
        lines = source.splitlines(keepends=True)
        before = "".join(lines[: self.begin[0] - 1]) + lines[self.begin[0] - 1][: self.begin[1]]
        after = lines[self.end[0] - 1][self.end[1] :] + "".join(lines[self.end[0] :])
        return before + self.text + after


@dataclass(frozen=True)
class Outcome:
    """What became of one fault; `why` it cannot be found, if it changes nothing."""

    file: str
    line: int
    was: str
    now: str
    killed: bool
    seconds: float
    why: str = ""


def run(*, sample: int, seed: int, rules: Sequence[str], parity_cases: int, seconds: int, write_to: Path | None) -> int:
    """Plant faults, run the tests of their rules, and print what was not found; 1 if something was not."""
    try:
        import cosmic_ray.plugins  # noqa: F401
    except ImportError:
        raise InputError("cosmic-ray is missing; install it with: pip install -e '.[dev,mutation]'") from None
    known = known_equivalents()
    outcomes: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_project(copy)
        for file in files(rules):
            name = subject(file)
            tests = arguments(file, parity_cases)
            if name not in outcomes and not passes(copy, tests, seconds):
                raise InputError(f"the tests of {name} fail, or take more than {seconds} s, without any fault")
            source = (copy / file).read_text(encoding="utf-8")
            faults = drawn(source, sample, f"{seed} {file.as_posix()}")
            found = [judge(copy, file, source, fault, tests, seconds, known) for fault in faults]
            outcomes.setdefault(name, []).extend(found)
            print(row(f"{name} {file.name}", found), flush=True)
            for one in found:
                if not one.killed and not one.why:
                    print(f"  {one.file}:{one.line}\n  - {one.was}\n  + {one.now}", flush=True)
    everything = [one for found in outcomes.values() for one in found]
    print(row("all", everything))
    if write_to is not None:
        write(write_to, outcomes, {"sample_per_file": sample, "seed": seed, "parity_cases": parity_cases})
    return 0 if all(one.killed or one.why for one in everything) else 1


# -- what is tried ---------------------------------------------------------------------------------------------------


def files(rules: Sequence[str]) -> Iterator[Path]:
    """Files in which faults are planted, relative to the project; with `rules`, only those of these subjects."""
    for name in SPECS:
        yield from (RULES / name / kind for kind in ("check.py", "encode.py") if not rules or name in rules)
    for shared in SHARED:
        if not rules or subject(Path("patrolplan", shared)) in rules:
            yield Path("patrolplan", shared)


def subject(file: Path) -> str:
    """The rule that a file belongs to, or the shared module, like ``model/chains``."""
    return file.parent.name if file.parent.name in SPECS else f"{file.parent.name}/{file.stem}"


def arguments(file: Path, parity_cases: int) -> list[str]:
    """Arguments of pytest: the cases by hand of the rules that use a file, and the parity of the first few of them."""
    name = subject(file)
    rules = [name] if name in SPECS else [rule for rule in SPECS if uses(rule, file)]
    chosen = " or ".join(["test_settled", *(f"[{rule}:" for rule in rules), *(f"[{rule}]" for rule in rules[:FEW])])
    paths = ["tests/rules/test_cases.py", "tests/parity/test_settled.py", "tests/parity/test_parity.py"]
    return [*paths, "-k", chosen, "--parity-cases", str(parity_cases)]


def uses(rule: str, module: Path) -> bool:
    """Whether a rule's check or encoding imports a shared module, itself or by way of the model of a person."""
    name = ".".join(module.with_suffix("").parts)
    sources = [(ROOT / RULES / rule / kind).read_text(encoding="utf-8") for kind in ("check.py", "encode.py")]
    return any(name in source for source in sources)


def drawn(source: str, sample: int, seed: str) -> list[Fault]:
    """So many faults at different places of a source, drawn at random; fewer where there are not so many places."""
    rng = random.Random(seed)
    places: dict[object, list[Fault]] = defaultdict(list)
    for fault in every_fault(source):
        places[fault.begin, fault.end].append(fault)
    chosen = rng.sample(sorted(places, key=repr), min(sample, len(places)))
    return sorted((rng.choice(places[place]) for place in chosen), key=lambda fault: fault.begin)


def every_fault(source: str) -> Iterator[Fault]:
    """Every fault that can be planted, except in texts, annotations and decorators."""
    silent = list(without_meaning(ast.parse(source)))
    for fault in [*own_faults(source), *faults_of_cosmic_ray(source)]:
        if not any(begin <= fault.begin and fault.end <= end for begin, end in silent):
            yield fault


def faults_of_cosmic_ray(source: str) -> Iterator[Fault]:
    """What the operators of cosmic-ray change."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        if is_of_use(name):
            operator = get_operator(name)()
            spans = [span for node in nodes for span in operator.mutation_positions(node)]
            for occurrence, (begin, end) in enumerate(spans):
                yield Fault(begin, end, name, occurrence)


def is_of_use(operator: str) -> bool:
    """Whether an operator makes faults that somebody could make, and that are not the same again."""
    kind, _, change = operator.partition("/")[2].partition("_")
    if kind == "ReplaceBinaryOperator":
        return change in ARITHMETIC + SETS
    if kind == "ReplaceComparisonOperator":
        return change in ("Is_IsNot", "IsNot_Is") or "Is" not in change
    return kind not in TOO_CRUDE


def own_faults(source: str) -> Iterator[Fault]:
    """Swapped names, and conditions, arguments and statements left out."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in SWAPS:
                yield replaced(node, SWAPS[name])
            case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name in SWAPS:
                whole = f"{ast.unparse(value)}.{SWAPS[name]}" if SWAPS[name] != "0" else "0"
                yield replaced(node, whole)
            case ast.BoolOp(op=ast.And() | ast.Or(), values=values):
                neutral = "True" if isinstance(node.op, ast.And) else "False"
                yield from (replaced(value, neutral) for value in values)
            case ast.comprehension(ifs=[condition, *_]):
                yield replaced(condition, "True")
            case ast.Call(keywords=keywords) if keywords:
                for given in keywords:
                    others = [one for one in keywords if one is not given]
                    if given.arg not in ("strict", "key"):
                        yield replaced(node, ast.unparse(ast.Call(node.func, node.args, others)))
            case ast.Expr(value=ast.Call()) | ast.AugAssign():
                yield replaced(node, "pass")


def replaced(node: ast.expr | ast.stmt | ast.keyword, text: str) -> Fault:
    """A node with something else in its place."""
    return Fault(*span_of(node), text=text)


def without_meaning(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where nothing counts: annotations, decorators, and texts with what is put into them."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(returns=returns, decorator_list=decorators, args=arguments):
                parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                annotations = [returns, *(one.annotation for one in parameters)]
                yield from (span_of(one) for one in [*decorators, *annotations] if one is not None)
                if isinstance(returns, ast.Name) and returns.id == "str" and node.name.endswith(("_text", "_words")):
                    yield span_of(node)
            case ast.ClassDef(decorator_list=decorators):
                yield from map(span_of, decorators)
            case ast.AnnAssign(annotation=annotation):
                yield span_of(annotation)
            case ast.JoinedStr():
                yield span_of(node)
            case ast.Call(func=ast.Name(id="cast"), args=[kind, *_]):
                yield span_of(kind)


def span_of(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    """Line and column of a node's beginning and end."""
    found = (getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))
    line, column, last_line, last_column = found
    return (line, column), (last_line, last_column)


# -- trying it -------------------------------------------------------------------------------------------------------


def copy_project(folder: Path) -> None:
    """A copy in which faults are planted, compiled so that a changed file is never taken for the old one."""
    unwanted = shutil.ignore_patterns("__pycache__", ".*", "results")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, folder / name)
    compile_all = ("-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "patrolplan", "tests")
    subprocess.run((sys.executable, *compile_all), cwd=folder, check=True)


def judge(
    copy: Path, file: Path, source: str, fault: Fault, tests: list[str], seconds: int, known: dict[str, str]
) -> Outcome:
    """Plant a fault, run the tests, and take it out again."""
    changed, begun = fault.applied(source), time.perf_counter()
    was, now = difference(source, changed)
    (copy / file).write_text(changed, encoding="utf-8")
    try:
        killed = not passes(copy, tests, seconds)
    finally:
        (copy / file).write_text(source, encoding="utf-8")
    spent = round(time.perf_counter() - begun, 1)
    why = "" if killed else known.get(identity(file.as_posix(), was, now), "")
    return Outcome(file.as_posix(), fault.begin[0], was, now, killed, spent, why)


def passes(copy: Path, tests: list[str], seconds: int) -> bool:
    """Whether the tests pass in time."""
    command = (sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", *tests)
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=copy, env=settings, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def difference(source: str, changed: str) -> tuple[str, str]:
    """Changed lines before and after, without indentation."""
    lines = list(difflib.unified_diff(source.splitlines(), changed.splitlines(), n=0, lineterm=""))[2:]
    was, now = ([line[1:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
    return " ".join(was), " ".join(now)


# -- what came of it -------------------------------------------------------------------------------------------------


def row(name: str, found: Sequence[Outcome]) -> str:
    """One line of the table."""
    killed, equivalent = sum(one.killed for one in found), sum(bool(one.why) for one in found)
    rate = f"{killed / (len(found) - equivalent):.0%}" if len(found) > equivalent else "-"
    return f"{name:<26}{len(found):>4} faults{killed:>5} found{equivalent:>4} change nothing{rate:>6}"


def identity(file: str, was: str, now: str) -> str:
    """What a fault is known by while lines move."""
    return f"{file}: {was} -> {now}"


def stored(path: Path) -> dict[str, Any]:
    """Results that were stored before."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def known_equivalents() -> dict[str, str]:
    """Why some faults change nothing, as stored with the results."""
    return {key_of(one): one["why"] for one in stored(RESULTS).get("equivalent", ())}


def write(path: Path, outcomes: Mapping[str, Sequence[Outcome]], settings: Mapping[str, int]) -> None:
    """Store the results; what changes nothing stays, and so do other rules, if they were drawn in the same way."""
    earlier = stored(path)
    equivalent = {key_of(one): one for one in earlier.get("equivalent", ())}
    if any(earlier.get(name) != value for name, value in settings.items()):
        earlier = {}
    again = {one.file for found in outcomes.values() for one in found}
    kept = {name: numbers for name, numbers in earlier.get("rules", {}).items() if name not in outcomes}
    rules = {**kept, **{name: tally(found) for name, found in outcomes.items()}}
    content: dict[str, Any] = {
        "date": date.today().isoformat(),
        "patrolplan": patrolplan.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        **settings,
        "all": total(rules.values()),
        "rules": {subject(file): rules[subject(file)] for file in files(()) if subject(file) in rules},
    }
    left = [one for found in outcomes.values() for one in found if not one.killed]
    content["survived"] = [one for one in earlier.get("survived", ()) if one["file"] not in again]
    content["survived"] += [entry(one) for one in left if not one.why]
    content["equivalent"] = list({**equivalent, **{key_of(entry(one)): entry(one) for one in left if one.why}}.values())
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Results written to {path}", file=sys.stderr)


def key_of(stored_fault: Mapping[str, Any]) -> str:
    """What a stored fault is known by."""
    return identity(stored_fault["file"], stored_fault["was"], stored_fault["now"])


def entry(one: Outcome) -> dict[str, object]:
    """A fault that was not found, as it is stored."""
    why = {"why": one.why} if one.why else {}
    return {"file": one.file, "line": one.line, "was": one.was, "now": one.now, **why}


def tally(found: Sequence[Outcome]) -> dict[str, float]:
    """Numbers of the faults of one rule."""
    killed, equivalent = sum(one.killed for one in found), sum(bool(one.why) for one in found)
    return total([{"faults": len(found), "killed": killed, "equivalent": equivalent}])


def total(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Sums, and the share that was found of those that change something."""
    everything = list(parts)
    sums: dict[str, float] = {name: sum(one[name] for one in everything) for name in ("faults", "killed", "equivalent")}
    counted = sums["faults"] - sums["equivalent"]
    return {**sums, "kill_rate": round(sums["killed"] / counted, 3) if counted else 1.0}
