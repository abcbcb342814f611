"""`coopsim app`: the dashboard in a browser."""

from __future__ import annotations

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import say


@click.command(epilog="""\b
Examples:
  coopsim app
  coopsim app --port 8800 --no-browser
""")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Where to listen; 0.0.0.0 lets a class in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, metavar="N",
              help="Port to listen on; 0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@debug_option
def app(host: str, port: int, no_browser: bool) -> None:
    """Open the dashboard.

    It runs on this machine and needs no network. Only this machine can reach it, unless another --host is given.
    """
    from coopsim.dashboard.server import serve

    serve(host, port, open_browser=not no_browser, say=say)
