"""The files of a first operation."""

from __future__ import annotations

FIRST_FILES = {
    "ops.yaml": """\
# A first operation: change names, dates, needs and people. patrolplan validate ops.yaml says what is wrong.
patrolplan: 1
extends: [guard/two-shift-12h]            # shifts day and night, at most 3 nights and 4 duties in a row
operation:
  name: My site
  timezone: Asia/Jakarta
  from: 2026-01-05 06:00
  until: 2026-02-02 06:00
qualifications:
  armed: {title: carries a firearm}
sites:
  office:
    name: Head office
    posts:
      gate:
        task: Check everyone who enters.
        needs:
          - {staff: 1, qualified: {armed: 1}}
          - {between: "06:00-18:00", staff: 2}
      patrol:
        kind: patrol
        task: Walk the grounds at irregular times.
        needs: [{staff: 1}]
personnel: people.csv
absences:
  - {person: "0003", dates: 2026-01-12..2026-01-16, reason: leave}
rules:
  - rest: 11h
  - hours: {max: 48h per week}
  - fairness: {of: [hours, nights, weekends]}
""",
    "people.csv": """\
id,name,qualifications
0001,Guard A,armed
0002,Guard B,armed
0003,Guard C,armed
0004,Guard D,armed
0005,Guard E,armed
0006,Guard F,
0007,Guard G,
0008,Guard H,
0009,Guard I,
0010,Guard J,
0011,Guard K,
""",
}
"""File name to content."""
