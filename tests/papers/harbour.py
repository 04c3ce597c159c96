"""An operation small enough to know by heart, with everything that papers print, and names that try to do harm."""

from __future__ import annotations

from pathlib import Path

FORMULA = '=HYPERLINK("http://x")'
SCRIPT = "<script>alert(1)</script>"
CLOSING = "</script></style><img src=x onerror=alert(2)>"
ARABIC = "محمد الأمين"
HEBREW = "שלמה כהן"
COMBINING = "Nguye\u0302\u0303n Thi\u0323 A\u0301nh"
MARKUP = "#set text(red) *bold* $x$"
TURNED = "abc\u202egnp.exe"
NAMES = (FORMULA, SCRIPT, CLOSING, ARABIC, HEBREW, COMBINING, MARKUP, TURNED, "{{ 7*7 }}", "Contoh J.")

OPERATION = """\
patrolplan: 1
operation:
  name: Harbour & depot <2025>
  timezone: Asia/Pontianak
  from: 2025-03-03 07:00
  until: 2025-03-06 07:00
phases:
  quiet: {until: 2025-03-05}
  visit: {from: 2025-03-05}
shifts:
  day:   {start: "07:00", end: "19:00", handover: 15m}
  night: {start: "19:00", end: "07:00", handover: 15m, night: true}
ranks: [guard, senior, leader]
sites:
  harbour:
    name: Harbour "A" <north>
    posts:
      gate:   {task: "Check everyone & note <it>.", needs: [{staff: 2}]}
      patrol: {kind: patrol, task: Walk the quay., needs: [{staff: 1}]}
      head:   {kind: command, needs: [{staff: 1}]}
  depot:
    name: Depot
    posts:
      door: {needs: [{between: "07:00-19:00", staff: 1}]}
  command:
    name: Command post
    posts:
      duty-officer: {kind: command, needs: [{staff: 1}]}
personnel: people.csv
absences:
  - {person: P10, dates: 2025-03-03, reason: "leave <b>"}
letterhead:
  lines: [Contoh Security <Group>, Harbour branch]
  address: Quay 1
  place: Contoh City
  order: 17/2025
  dated: 2025-02-28
  classification: restricted
signatures:
  - {title: Acknowledged by, role: Director, name: "Contoh X. & Y.", rank: leader, id: "9001"}
  - {role: Planner, name: Contoh Z.}
contacts:
  - {name: Control room, phone: "555-0001"}
  - {name: Depot office, phone: "555-0002", at: depot}
rules:
  - rest: 11h
  - fairness: {of: [hours, nights], weight: 1}
"""

TURNS = {
    "D1": "2025-03-03T07:00+07:00,2025-03-03T19:00+07:00",
    "N1": "2025-03-03T19:00+07:00,2025-03-04T07:00+07:00",
    "D2": "2025-03-04T07:00+07:00,2025-03-04T19:00+07:00",
    "N2": "2025-03-04T19:00+07:00,2025-03-05T07:00+07:00",
    "D3": "2025-03-05T07:00+07:00,2025-03-05T19:00+07:00",
    "N3": "2025-03-05T19:00+07:00,2025-03-06T07:00+07:00",
}
"""Shifts by their letter and number of the date."""
STANDING = {
    "D1": {"harbour/gate": "P01 P02", "harbour/patrol": "P03", "harbour/head": "P04", "depot/door": "P05"},
    "N1": {"harbour/gate": "P06 P07", "harbour/patrol": "P08", "harbour/head": "P09"},
    "D2": {"harbour/gate": "P01 P02", "harbour/patrol": "P03", "harbour/head": "P04", "depot/door": "P05"},
    "N2": {"harbour/gate": "P06", "harbour/patrol": "P08", "harbour/head": "P09", "command/duty-officer": "P10"},
    "D3": {"harbour/gate": "P02 P03", "harbour/patrol": "P01", "harbour/head": "P04", "command/duty-officer": "P05"},
    "N3": {"harbour/gate": "P06 P07", "harbour/patrol": "P08", "harbour/head": "P09"},
}
"""Who stands where: the gate lacks one in the second night, the door everybody on the third day."""


def write_harbour(folder: Path, names: tuple[str, ...] = NAMES) -> tuple[Path, Path]:
    """The operation and its roster in a folder."""
    ranks = ["guard"] * 3 + ["leader", "senior"] + ["guard"] * 3 + ["leader", "senior"]
    rows = [
        f'P{number:02d},"{name.replace(chr(34), chr(34) * 2)}",{rank},Unit {number % 2},{number % 3},555-1{number:03d}'
        for number, (name, rank) in enumerate(zip(names, ranks, strict=True), 1)
    ]
    (folder / "people.csv").write_text("\n".join(["id,name,rank,unit,team,phone", *rows]) + "\n", encoding="utf-8")
    (folder / "ops.yaml").write_text(OPERATION, encoding="utf-8")
    lines = ["person,site,post,shift,start,end,duty,kind"]
    for turn, places in STANDING.items():
        shift = "day" if turn[0] == "D" else "night"
        for key, people in places.items():
            site, post = key.split("/")
            date = TURNS[turn][:10]
            lines += [
                f"{person},{site},{post},{shift},{TURNS[turn]},{person}/{date}/{shift},duty"
                for person in people.split()
            ]
    lines.append(f"P01,,,night,{TURNS['N2']},,standby")
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "ops.yaml", folder / "roster.csv"
