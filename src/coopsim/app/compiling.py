"""What a command does first on a machine where nothing is compiled yet: say so, and let every processor help."""

from __future__ import annotations

import sys

from coopsim.app.terminal import say


def compile_first(*, quiet: bool = False) -> None:
    """Compile the inner loops unless an earlier run has done it; on a terminal, a bar shows what is left."""
    from coopsim.experiment.compiling import are_compiled, compile_all

    if are_compiled():
        return
    if quiet:
        compile_all()
        return
    say("Compiling the inner loops for this machine: up to a minute or so, once after every installation.")
    if not sys.stderr.isatty():
        compile_all()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Compiling"), BarColumn(), TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        compile_all(lambda done, total: bar.update(task, completed=done, total=total))
