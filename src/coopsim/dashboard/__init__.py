"""The dashboard: a world that answers while you move the slider.

Everything in here needs the extra ``app``, except `address`, `guard`, `text` and `lessons`, which are plain Python.
Where to build what:

`server`
    The launcher. `server.serve(host, port, open_browser)` sets the environment before Solara is imported, serves
    Solara's front end and our own files from this machine, and runs one process. ``COOPSIM_APP_WORKERS`` is the number
    of background processes for replications (1).
`main`
    The module that Solara runs: `routes`, one `solara.Route` per entry of `pages.PAGES`, in the `shell.Layout`.
`shell`
    Header, navigation, theme, footer; reads the address once, and keeps the runs up to date.
`session`
    What one browser tab has chosen and sees. Module-level reactive variables, which Solara keeps apart per tab:

    - `session.address` : `solara.Reactive[Address]`, everything that decides the run (`address.Address`). Change it
      with `session.change(...)`, `session.set_value(key, value)`, `session.pick_scenario(name)`,
      `session.adopt(config)` (an upload).
    - `session.year` : `solara.Reactive[int]`, the year shown; `session.marked` : the state last clicked, "" for none.
    - `session.shown` : `solara.Reactive[Shown | None]`, what was last computed: `.mine` and `.base` are `engine.Run`
      (`.results` is a `coopsim.Results`; `.config`, `.seed`), `.sample` the replications so far (`engine.Sample`).
      The shell computes it; pages only read it: ``found = session.use_shown()`` returns it, or None with a waiting
      line on the page. `session.growing`: the lines of a long run while it is under way, which `panels.Chart` can draw.
      `session.status` : `.running`, `.error`; `session.cancel()` stops what is under way.
`engine`
    Runs, without Solara: `engine.simulate(config, seed, stop=...)` returns a `Run` from a server-wide cache (least
    recently used go first), stops with `guard.StoppedError` after the time or room that a visitor gets, or when
    `stop()` says so; `engine.sample(...)` runs replications in background processes. `memory` gives back what runs
    leave.
`panels`
    What pages share: `Chart(found, indicator)`, `Time(found)` (the timeline),
    `caveat(found)` for exports, `shown(number)` for sentences. `measures`, `luck`, `where`, `parameters`: what they
    show. `geography.of(config, seed)`: the map.
`pages`
    One module per page with a ``@solara.component`` ``Page()``; `pages.PAGES` is the registry (path, module, title).
    A page whose module is missing is left out of the navigation.
`widgets`
    Our own widgets (anywidget; plain ES modules in ``widgets/static``, no build step; arrays travel as bytes). As
    Solara elements: `widgets.lines`, `widgets.bars`, `widgets.world_view`, `widgets.table`, `widgets.levers`,
    `widgets.timeline`, `widgets.pick`, `widgets.action`,
    `widgets.file_input`. See each function's docstring. Every chart brings its
    legend, unit, one sentence, its numbers as a table, and downloads (CSV, SVG or PNG), follows the theme and the
    year of the timeline without asking the server.
`text`
    `say("explore.title")`: every word from ``catalogue/en/<page>.toml``.
"""
