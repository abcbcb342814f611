"""Make the screenshots of the dashboard, docs/images/dashboard-*.png: ``uv run python docs/images.py [PAGE ...]``.

Each page in light and dark, 1280 x 720, with a change that shows what the page is for. Look at them before you commit
them. Needs the extra `app`, playwright, Pillow (it comes with matplotlib) and Chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
CHANGE = "bilateral.trust_weight=0.6&trust.gain=0.07"
RICH = "preset=full&seed=7&trust.gain=0.07"
# Path, what must be there before the picture is taken, and how long its charts take to settle (ms).
PAGES = {
    "explore": (f"?{CHANGE}", "text=policy,", 9000),
    "ties": ("ties", ".coop-bars rect", 1500),
    "state": (f"state?{RICH}", ".coop-lines path", 3000),
    "agreements": (f"agreements?{RICH}", ".coop-grid-rows .coop-grid-row", 1500),
    "compare": ("compare?trust.gain=0.08&replications=6", ".coop-lines path", 12000),
    "live": ("live", ".coop-world", 500),
    "lessons": ("lessons", "text=Who becomes the hub?", 1000),
    "lesson": ("lessons?lesson=who-becomes-the-hub", "text=Predict", 2000),
    "share": ("share", "text=Use your own scenario", 1000),
}
EXTRA = {"explore-phone": ("explore", {"width": 390, "height": 844})}


def picture(browser: Any, url: str, name: str, page_name: str, size: dict[str, int], *, dark: bool) -> Path:
    """Take one picture and write it with few colours."""
    path, mark, settle = PAGES[page_name]
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{url}{path}")
    page.wait_for_selector(mark, timeout=90_000, state="attached")
    if page_name == "live":
        for _ in range(4):
            page.get_by_role("button", name="One year").click()
            page.wait_for_timeout(400)
    page.wait_for_timeout(settle)
    file = IMAGES / f"dashboard-{name}-{'dark' if dark else 'light'}.png"
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # All colours: a smaller palette merges those of thin lines, and legends no longer match what they explain.
    image.save(file, optimize=True)
    context.close()
    return file


def main() -> None:
    """Take the pictures asked for, or all."""
    wide = {"width": 1280, "height": 720}
    jobs = {name: (name, wide) for name in PAGES} | EXTRA
    chosen = sys.argv[1:] or list(jobs)
    process = subprocess.Popen(
        [sys.executable, "-m", "coopsim", "app", "--no-browser", "--port", "0"], stderr=subprocess.PIPE, text=True,
    )
    try:
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found, "the dashboard did not start"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("COOPSIM_CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
            )
            for name in chosen:
                for dark in (False, True):
                    file = picture(browser, found[0], name, *jobs[name], dark=dark)
                    print(f"{file.name}: {file.stat().st_size // 1024} kB")
            browser.close()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
