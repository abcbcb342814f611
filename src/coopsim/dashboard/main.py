"""What Solara runs: the routes of the dashboard."""

from importlib import import_module

import solara

from coopsim.dashboard.pages import PAGES
from coopsim.dashboard.shell import Layout
from coopsim.dashboard.text import say

routes = [
    solara.Route(
        entry.path or "/",
        component=import_module(f"coopsim.dashboard.pages.{entry.module}").Page,
        label=f"{say(entry.title)} · coopsim",
        layout=Layout if not entry.path else None,
    )
    for entry in PAGES
]
