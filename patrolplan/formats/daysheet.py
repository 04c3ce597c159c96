"""One date of duty as people read it in a group chat: as a text, or as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from patrolplan.errors import InputError
from patrolplan.language import _

PIXELS_PER_INCH = 216
"""With pages 360 points wide: 1,080 pixels, the width of a phone."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """Who stands at a post, and in words what stays open there."""

    post: str
    people: tuple[str, ...]
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnSheet:
    """One shift at one site."""

    shift: str
    clock: str
    night: bool
    posts: tuple[PostLine, ...]


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """One site on one date."""

    site: str
    turns: tuple[TurnSheet, ...]


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One date of duty; all texts are on one line and in the language that is spoken.

    Attributes
    ----------
    remark
        Phases and public holiday.
    on_call
        Who is on call, with the shift.
    """

    operation: str
    date: str
    remark: str
    sites: tuple[SiteSheet, ...]
    on_call: tuple[str, ...]


def chat_text(sheets: Sequence[DaySheet]) -> str:
    """Short lines with the bold and italic marks of group chats."""
    return "\n\n".join(_day_text(sheet) for sheet in sheets) + "\n"


def _day_text(sheet: DaySheet) -> str:
    lines = [f"*{sheet.date}*" + (f" ({sheet.remark})" if sheet.remark else "")]
    for site in sheet.sites:
        lines += ["", f"*{site.site}*"]
        for turn in site.turns:
            lines.append(f"_{' '.join(part for part in (turn.shift, turn.clock) if part)}_")
            lines += [f"{post.post}: {', '.join((*post.people, *post.open))}" for post in turn.posts]
    if not sheet.sites:
        lines += ["", _("Nobody is on duty.")]
    if sheet.on_call:
        lines += ["", _("On call: {people}").format(people=", ".join(sheet.on_call))]
    return "\n".join(lines)


def picture(sheets: Sequence[DaySheet]) -> bytes:
    """A PNG image, 1,080 pixels wide and as high as it must be.

    Raises
    ------
    InputError
        If the library that draws it is not installed.
    """
    try:
        import typst
    except ModuleNotFoundError:
        message = _("pictures need the library typst, which is not installed: pip install 'patrolplan[paper]'")
        raise InputError(message) from None
    words = {"on_call": _("On call"), "nobody": _("Nobody is on duty.")}
    data = json.dumps({"days": [asdict(sheet) for sheet in sheets], "words": words}, ensure_ascii=False)
    drawn = typst.compile(_LAYOUT.encode("utf-8"), format="png", ppi=PIXELS_PER_INCH, sys_inputs={"roster": data})
    return bytes(drawn)


_LAYOUT = """
#let facts = json(bytes(sys.inputs.roster))
#set page(width: 360pt, height: auto, margin: 14pt, fill: white)
#set text(size: 11pt, font: ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Libertinus Serif"))
#set par(leading: 0.5em, spacing: 0.6em)
#let day(one) = {
  block(width: 100%, below: 8pt, stroke: (bottom: 1.5pt + black), inset: (bottom: 5pt), {
    text(size: 17pt, weight: "bold", one.date)
    linebreak()
    text(size: 9.5pt, fill: luma(80), (one.operation, one.remark).filter(part => part != "").join(" · "))
  })
  for site in one.sites {
    block(above: 10pt, below: 5pt, sticky: true, text(size: 13pt, weight: "bold", site.site))
    for turn in site.turns {
      let shade = if turn.night { rgb("#d5deef") } else { rgb("#fff2cc") }
      block(width: 100%, fill: shade, inset: (x: 6pt, y: 3pt), above: 6pt, below: 3pt, sticky: true,
        text(weight: "bold", (turn.shift, turn.clock).filter(part => part != "").join("  ")))
      grid(
        columns: (100pt, 1fr), column-gutter: 6pt, inset: (x: 6pt, y: 2.5pt),
        stroke: (bottom: 0.4pt + luma(215)),
        ..turn.posts.map(post => (
          text(weight: "medium", post.post),
          {
            post.people.join("\\n")
            if post.open.len() > 0 {
              if post.people.len() > 0 { linebreak() }
              text(weight: "bold", fill: rgb("#c00000"), post.open.join("\\n"))
            }
          },
        )).flatten()
      )
    }
  }
  if one.sites.len() == 0 { block(facts.words.nobody) }
  if one.on_call.len() > 0 {
    block(above: 10pt, text(weight: "bold", facts.words.on_call))
    block(above: 4pt, inset: (x: 6pt), one.on_call.join("\\n"))
  }
}
#for (index, one) in facts.days.enumerate() {
  if index > 0 { v(18pt) }
  day(one)
}
"""
