"""How fast the dashboard answers: ``uv run python benchmarks/dashboard.py [--sessions 30] [--seconds 120]``.

First one browser moves a slider and measures, in the browser, the time until the main chart shows the whole new run,
also as a multiple of the bare model run in a process of its own: in the world of the class (40 invented states, preset
core), among real states with the preset core, and in the baseline (195 real states, every mechanism). It does so twice:
`jump_ms` puts the slider elsewhere at once, and counts from there (`first_sign_ms` until the line of a long run begins
to grow); `drag_ms` drags it with the pointer as a hand does, and counts from its release: runs begin while it moves.
Then visitors without a browser (`visitor.py`), who speak over websockets as the page does, each move a slider every ten
seconds; their answer is the last of the main charts showing the new run. Replications follow after each answer and
share the machine. Needs the extra `app`, playwright and Chromium. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright
from visitor import Visitor
from websockets.exceptions import ConnectionClosed

CHART = "Density of cultural agreements"
WAIT = f"document.querySelector('[data-key=\"trust.gain\"] input') && window.__coopsim?.charts[{json.dumps(CHART)}]"
WORLDS = {  # what is opened, and the same configuration for a bare run: scenario and changed values
    "class": ("", "classroom", {}),
    "real states, preset core": ("?scenario=baseline&preset=core", "baseline", {"preset": "core"}),
    "baseline": ("?scenario=baseline", "baseline", {}),
}
BARE = """
import json, sys, time, coopsim as cs
scenario, values, runs = json.loads(sys.argv[1])
config, times = cs.load_config(scenario).with_values(values), []
for k in range(runs + 1):
    began = time.perf_counter()
    cs.run(config.with_values({"trust.gain": 0.02 + 0.001 * k}))
    times.append(time.perf_counter() - began)
print(sorted(times[1:])[runs // 2])
"""
# Moves the slider and resolves with the milliseconds until the main chart begins to show another run, and shows it all.
JUMP = """value => new Promise(resolve => {
  const charts = window.__coopsim.charts, before = charts[CHART].version.slice(0, 16);
  const input = document.querySelector('[data-key="trust.gain"] input');
  const began = performance.now();
  let first = null;
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  const look = () => {
    const now = performance.now() - began, whole = charts[CHART].version.slice(0, 16) !== before;
    if (whole || charts[CHART].growing) first ??= now;
    whole ? resolve([first, now]) : now > 30000 ? resolve([-1, -1]) : requestAnimationFrame(look);
  };
  look();
})""".replace("CHART", json.dumps(CHART))
# Notes when the slider is released, and when the main chart last showed another run.
WATCH = """() => {
  const charts = window.__coopsim.charts, input = document.querySelector('[data-key="trust.gain"] input');
  const seen = (window.__seen = {version: charts[CHART].version.slice(0, 16), shown: 0, released: 0});
  input.addEventListener("change", () => { seen.released = performance.now(); });
  const look = () => {
    const version = charts[CHART].version.slice(0, 16);
    if (version !== seen.version) Object.assign(seen, {version, shown: performance.now()});
    requestAnimationFrame(look);
  };
  look();
}""".replace("CHART", json.dumps(CHART))
# A hand speeds up and slows down along the smoothest path (Flash and Hogan 1985), sees that it has arrived, and lets
# go: assumed here, 0.8 s on the way and 0.15 s at rest.
ON_THE_WAY, AT_REST = 0.8, 0.15
LOST = -1e9


def start_server() -> tuple[subprocess.Popen[str], str]:
    """Start the dashboard as a user does, and wait until it is warm."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coopsim", "app", "--no-browser", "--port", "0"], stderr=subprocess.PIPE, text=True,
    )
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found, "the dashboard did not start"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{found[0]}readyz", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(15)  # the warm-up compiles, runs the first scenario and starts the process for replications
    return process, found[0]


def memory(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum, in milliseconds."""
    return {name: round(float(value)) for name, value in
            zip(("median", "p95", "max"), np.quantile(times, (0.5, 0.95, 1)), strict=True)}


def opened(browser: Any, url: str) -> tuple[Page, float]:
    """Open the front page and return it with the milliseconds until its charts stand."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_function(WAIT, timeout=60_000)
    return page, 1000 * (time.perf_counter() - began)


def bare(scenario: str, values: dict[str, str], runs: int) -> float:
    """Return the milliseconds of a run in a process of its own: the median of several."""
    command = [sys.executable, "-c", BARE, json.dumps([scenario, values, runs])]
    return 1000 * float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def drag(page: Page, share: float, patience: float) -> float:
    """Drag the slider to a share of its length, as a hand does; return the milliseconds from its release to the answer.

    Nothing or less if the answer stood before the hand let go; `LOST` if none came within `patience` seconds.
    """
    slider = page.locator('[data-key="trust.gain"] input')
    box = slider.bounding_box()
    assert box is not None
    low, high, now = (float(slider.evaluate(f"input => input.{name}")) for name in ("min", "max", "value"))
    thumb = 16.0
    start, target = (box["x"] + thumb / 2 + (box["width"] - thumb) * at for at in ((now - low) / (high - low), share))
    height = box["y"] + box["height"] / 2
    page.evaluate("window.__seen.shown = 0")
    page.mouse.move(start, height)
    page.mouse.down()
    began = time.perf_counter()
    way = 0.0
    while way < 1.0:
        way = min((time.perf_counter() - began) / ON_THE_WAY, 1.0)
        page.mouse.move(start + (target - start) * way**3 * (10 - 15 * way + 6 * way**2), height)
        time.sleep(0.008)
    time.sleep(AT_REST)
    page.mouse.up()
    page.wait_for_timeout(1000 * patience)
    seen = page.evaluate("window.__seen")
    # The last of the changes counts; a short run may have been answered while the hand was at rest.
    return seen["shown"] - seen["released"] if seen["shown"] else LOST


def one_visitor(browser: Any, url: str, moves: int, run: float) -> dict[str, Any]:
    """Measure paint, and the answers to moves while replications go on; `run` is the time of a bare run [ms]."""
    paints = []
    for _ in range(5):
        page, paint = opened(browser, url)
        paints.append(paint)
        page.context.close()
    page, _ = opened(browser, url)
    jumps = []
    for k in range(moves):
        jumps.append(page.evaluate(JUMP, round(0.011 + 0.0002 * (k + 1), 4)))
        page.wait_for_timeout(400)
    page.evaluate(WATCH)
    # There and back, to places that nobody has asked for: the first drag takes up the thumb where the jumps left it.
    drags = [drag(page, (0.3 if k % 2 else 0.7) + 0.004 * k, 1 + 3 * run / 1000) for k in range(moves)]
    page.context.close()
    first, whole = zip(*jumps, strict=True)
    answers, lost = quantiles(whole), sum(t < 0 for t in whole) + drags.count(LOST)
    return {"first_paint_ms": quantiles(paints), "jump_ms": answers, "first_sign_ms": quantiles(first),
            "drag_ms": quantiles(drags), "moves": moves, "lost": lost, "bare_run_ms": round(run),
            "times_bare_run": round(answers["median"] / run, 1)}


async def class_of(url: str, pid: int, sessions: int, seconds: int) -> dict[str, Any]:
    """Let many visitors move a slider every ten seconds, out of step with each other."""
    before = memory(pid)
    visitors = [Visitor(url) for _ in range(sessions)]
    opened = [await visitor.open() for visitor in visitors]
    standing = memory(pid)
    times: list[float] = []
    lost: list[str] = []
    end = time.monotonic() + seconds

    async def follow(number: int, visitor: Visitor) -> None:
        await asyncio.sleep(10 * number / sessions)
        turn = 0
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                times.append(await visitor.move("trust.gain", away(number + sessions * turn)))
            except (TimeoutError, ConnectionClosed) as error:
                lost.append(repr(error))
            turn += 1
            await asyncio.sleep(max(0.0, 10 - (time.monotonic() - began)))

    await asyncio.gather(*(follow(number, visitor) for number, visitor in enumerate(visitors)))
    after = memory(pid)
    for visitor in visitors:
        await visitor.close()
    return {"sessions": sessions, "seconds": seconds, "open_ms": quantiles([1000 * t for t in opened]),
            "moves": len(times), "answer_ms": quantiles([1000 * t for t in times]), "lost": len(lost),
            "errors": sum(visitor.errors for visitor in visitors), "server_mb": round(after),
            "mb_per_open_session": round((standing - before) / sessions, 1),
            "mb_of_runs_kept": round(after - standing)}


def away(k: int) -> float:
    """Return a value of the slider that nobody has asked for yet, never the default."""
    return round(0.05 + 0.0001 * k, 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--moves", type=int, default=30)
    chosen = parser.parse_args()
    bares = {name: bare(scenario, values, 10) for name, (_, scenario, values) in WORLDS.items()}
    process, url = start_server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("COOPSIM_CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            )
            found: dict[str, Any] = {
                f"one in: {name}": one_visitor(browser, f"{url}{address}", chosen.moves, bares[name])
                for name, (address, _, _) in WORLDS.items()
            }
            browser.close()
        wanted = (url, process.pid, chosen.sessions, chosen.seconds)
        many = asyncio.run(class_of(*wanted)) if chosen.sessions else None
    finally:
        process.terminate()
        process.wait()
    print(json.dumps({"cores": os.cpu_count(), "load_before": round(os.getloadavg()[2], 1), **found, "class": many},
                     indent=2))


if __name__ == "__main__":
    main()
