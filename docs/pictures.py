"""Draws the pictures of the terminal from real runs: ``python docs/pictures.py``.

Each picture is what a command prints on a terminal, as SVG without anything that is loaded from elsewhere. They are
drawn anew by hand when the views change; the roster behind them is made anew each time.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parent
OPS = "examples/kpu-kalteng/ops.yaml"
WIDTH = 96
_FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURES = {
    "solve": "solve {ops} -o {roster} --time-limit 30s",
    "person": "show {ops} {roster} --by person --person 85030431",
    "post": "show {ops} {roster} --by post --post kpu-province/gate --date 2024-11-27",
    "mistake": "validate {broken}",
}
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
 font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def run(command: str) -> str:
    """What a command prints on a terminal, with its colours."""
    master, slave = pty.openpty()
    terminal = {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    environment = {**os.environ, **terminal}
    environment.pop("NO_COLOR", None)
    arguments = [sys.executable, "-m", "patrolplan", *command.split()]
    running = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=environment,
        stdout=slave,
        stderr=slave if "validate" in command else subprocess.DEVNULL,
    )
    os.close(slave)
    said = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:
            break
        if not more:
            break
        said += more
    running.wait()
    os.close(master)
    return said.decode("utf-8").replace("\r\n", "\n")


def draw(name: str, command: str, said: str) -> None:
    """Write one picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(said.rstrip("\n")))
    picture = console.export_svg(
        title=f"patrolplan {command}", theme=DEFAULT_TERMINAL_THEME, code_format=FRAME, unique_id=f"picture-{name}"
    )
    (HERE / "pictures" / f"{name}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Draw all of them."""
    (HERE / "pictures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        roster, broken = Path(folder) / "kpu.csv", Path(folder) / "museum.yaml"
        for name, text in _FILE.findall((HERE / "tutorial.md").read_text(encoding="utf-8")):
            (Path(folder) / name).write_text(text.replace("shift: night, max", "shift: nigth, max"), encoding="utf-8")
        for name, template in PICTURES.items():
            command = template.format(ops=OPS, roster=roster, broken=broken)
            shown = template.format(ops="ops.yaml", roster="kpu.csv", broken="museum.yaml")
            said = run(command)
            for long, short in ((str(roster), "kpu.csv"), (str(broken), "museum.yaml"), (OPS, "ops.yaml")):
                said = said.replace(long, short)
            draw(name, shown, said)


if __name__ == "__main__":
    main()
