"""The front page."""

import solara

from coopsim.dashboard import session, widgets
from coopsim.dashboard.widgets.charts import Line


@solara.component
def Page() -> None:
    """Show it."""
    found = session.use_shown()
    if found is None:
        return
    mine, base = found.mine, found.base
    first, last = int(mine.years[0]), int(mine.years[-1])
    widgets.timeline(first, last, session.shown_year(found), on_year=session.year.set)
    series = [Line("my run", mine.series("density")), Line("baseline", base.series("density"), "base", dash=True)]
    widgets.lines("density", series, first=first)
