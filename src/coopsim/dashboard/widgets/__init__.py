"""Our own widgets, as Solara elements.

Each is a plain ES module in `static`, which the server hands out and browsers keep; what travels with a change is the
data alone, arrays as bytes. The year of the timeline goes from chart to chart within the browser.
"""

from coopsim.dashboard.widgets.charts import bars, lines, tiles, world_view
from coopsim.dashboard.widgets.controls import action, busy, file_input, levers, pick, shell, timeline
from coopsim.dashboard.widgets.tables import Column, table

__all__ = [
    "Column", "action", "bars", "busy", "file_input", "levers", "lines", "pick", "shell", "table", "tiles", "timeline",
    "world_view",
]
