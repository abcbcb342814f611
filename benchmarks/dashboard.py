"""How fast the dashboard answers: ``uv run python benchmarks/dashboard.py [--sessions 30] [--seconds 120]``.

First one browser moves a slider and measures, in the browser, the time from its release to the redrawn main chart,
also as a multiple of the bare model run in a process of its own: in the world of the class (40 invented states, preset
core) and in the baseline (195 real states, every mechanism). Then visitors without a browser (`visitor.py`), who
speak over websockets as the page does, each move a slider every ten seconds; their answer is the last of the main
charts showing the new run. Replications follow after each answer and share the machine. Needs the extra `app`,
playwright and Chromium. Prints one JSON object.
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
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright
from visitor import Visitor
from websockets.exceptions import ConnectionClosed

CHART = "Density of cultural agreements"
WAIT = f"document.querySelector('[data-key=\"trust.gain\"] input') && window.__coopsim?.charts[{json.dumps(CHART)}]"
BARE = """
import time, coopsim as cs
config, times = cs.load_config("SCENARIO"), []
for k in range(RUNS + 1):
    began = time.perf_counter()
    cs.run(config.with_values({"trust.gain": 0.02 + 0.001 * k}))
    times.append(time.perf_counter() - began)
print(sorted(times[1:])[RUNS // 2])
"""
# Moves the slider and resolves with the milliseconds until the main chart shows another run.
MOVE = """value => new Promise(resolve => {
  const charts = window.__coopsim.charts, before = charts[CHART].version.slice(0, 16);
  const input = document.querySelector('[data-key="trust.gain"] input');
  const began = performance.now();
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  const look = () => charts[CHART].version.slice(0, 16) !== before ? resolve(performance.now() - began)
    : performance.now() - began > 30000 ? resolve(-1) : requestAnimationFrame(look);
  look();
})""".replace("CHART", json.dumps(CHART))

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


def quantiles(times: list[float]) -> dict[str, float]:
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


def bare(scenario: str, runs: int) -> float:
    """Return the milliseconds of a run in a process of its own: the median of several."""
    code = BARE.replace("SCENARIO", scenario).replace("RUNS", str(runs))
    return 1000 * float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def one_visitor(browser: Any, url: str, moves: int, run: float) -> dict[str, Any]:
    """Measure paint, and the answers to moves while replications go on; `run` is the time of a bare run [ms]."""
    paints = []
    for _ in range(5):
        page, paint = opened(browser, url)
        paints.append(paint)
        page.context.close()
    page, _ = opened(browser, url)
    times = []
    for k in range(moves):
        times.append(page.evaluate(MOVE, round(0.011 + 0.0002 * (k + 1), 4)))
        page.wait_for_timeout(400)
    page.context.close()
    answers = quantiles(times)
    return {"first_paint_ms": quantiles(paints), "answer_ms": answers, "moves": moves,
            "lost": sum(t < 0 for t in times), "bare_run_ms": round(run),
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
    parser.add_argument("--moves", type=int, default=100)
    chosen = parser.parse_args()
    runs = {"classroom": bare("classroom", 30), "baseline": bare("baseline", 10)}
    process, url = start_server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("COOPSIM_CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            )
            one = one_visitor(browser, url, chosen.moves, runs["classroom"])
            real = one_visitor(browser, f"{url}?scenario=baseline", max(chosen.moves // 4, 1), runs["baseline"])
            browser.close()
        wanted = (url, process.pid, chosen.sessions, chosen.seconds)
        many = asyncio.run(class_of(*wanted)) if chosen.sessions else None
    finally:
        process.terminate()
        process.wait()
    print(json.dumps({"cores": os.cpu_count(), "load_before": round(os.getloadavg()[2], 1),
                      "one in the class world": one, "one in the baseline": real, "class": many}, indent=2))


if __name__ == "__main__":
    main()
