"""A real browser for the tests of pages: Chromium without a window, driven through its debugging pipe."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
MISSING = "needs Chromium (on Debian: apt-get install chromium)"
_SECONDS = 60.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


@dataclass
class Page:
    """A page that was opened: what it asked for, and what it complained of."""

    send: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        """The value of an expression, evaluated in the page."""
        answer = self.send("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def resize(self, width: int, height: int = 800, *, phone: bool = False) -> None:
        """Show the page in a window, or on a phone, of so many CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.send("Emulation.setDeviceMetricsOverride", size)

    def prefer(self, scheme: str) -> None:
        """Have the device prefer ``dark`` or ``light``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", {"features": features})

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what is seen as PNG."""
        answer = self.send("Page.captureScreenshot", {"captureBeyondViewport": whole})
        path.write_bytes(base64.b64decode(answer["data"]))

    def print_pdf(self) -> bytes:
        """The page as it is printed, in the sizes that its style asks for."""
        answer = self.send("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        return base64.b64decode(answer["data"])

    def press(self, key: str, code: int) -> None:
        """Press a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code})


class _Pipe:
    """Commands and answers of the debugging protocol, one JSON text after another, each ended by a zero byte."""

    def __init__(self, process: subprocess.Popen[bytes], read: int, write: int) -> None:
        self._process, self._read, self._write = process, read, write
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, values: Mapping[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": values} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._read, 1 << 20)
            assert data, "the browser ended"
            self._rest += data
        text, self._rest = self._rest.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextmanager
def opened(path: Path, folder: Path, *, width: int = 1280, height: int = 800) -> Iterator[Page]:
    """A page from a file in a fresh browser, loaded.

    Parameters
    ----------
    folder
        Where the browser may keep what it keeps.
    """
    to_browser, ours_out = os.pipe()
    ours_in, from_browser = os.pipe()

    def as_three_and_four() -> None:
        high = [os.dup2(one, 90 + index) for index, one in enumerate((to_browser, from_browser))]
        for number, one in zip((3, 4), high, strict=True):
            os.dup2(one, number)

    process = subprocess.Popen(
        [BROWSER, *_FLAGS, f"--user-data-dir={folder / 'browser'}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(3, 4, to_browser, from_browser),
        preexec_fn=as_three_and_four,
    )
    os.close(to_browser)
    os.close(from_browser)
    pipe = _Pipe(process, ours_in, ours_out)
    try:
        target = pipe.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = pipe.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]

        def send(method: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
            answer = pipe.send(method, values or {}, session)
            _note(page, pipe.events)
            return answer

        page = Page(send)
        for domain in ("Page", "Runtime", "Log", "Network"):
            send(f"{domain}.enable")
        page.resize(width, height)
        send("Page.navigate", {"url": path.resolve().as_uri()})
        _await_loading(page)
        yield page
        _note(page, pipe.events)
    finally:
        process.terminate()
        process.wait(_SECONDS)
        os.close(ours_in)
        os.close(ours_out)


def _await_loading(page: Page) -> None:
    end = time.monotonic() + _SECONDS
    while page.run("document.readyState + location.protocol") != "completefile:":
        assert time.monotonic() < end, "the page does not load"
        time.sleep(0.02)


def _note(page: Page, events: list[dict[str, Any]]) -> None:
    """Keep what the page asked for and complained of, and forget the events."""
    for event in events:
        values = event.get("params", {})
        method = event.get("method")
        if method == "Network.requestWillBeSent":
            page.requests.append(values["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            page.complaints.append(json.dumps(values["exceptionDetails"]))
        elif method == "Log.entryAdded":
            page.complaints.append(values["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            page.complaints.append(json.dumps(values["args"]))
    events.clear()
