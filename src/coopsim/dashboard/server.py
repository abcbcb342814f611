"""The launcher: one process on one machine, nothing from the network.

Solara reads its settings when it is imported, so the environment comes first. Its front end comes from the package
`solara-assets`; by default Solara would fetch it from a content network.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import secrets
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from coopsim.errors import ConfigError, CoopsimError

HOST, PORT = "127.0.0.1", 8765
FRONT_END = "/_coopsim/vendor"  # Solara's
OURS = "/_coopsim/ours"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_SESSIONS = 200
STATIC = Path(__file__).parent / "widgets" / "static"


class ServerError(CoopsimError):
    """The dashboard cannot start."""


def environment() -> dict[str, str]:
    """Return what Solara must find in the environment before it is imported."""
    return {
        "SOLARA_APP": "coopsim.dashboard.main",
        "SOLARA_MODE": "production",
        "SOLARA_ASSETS_PROXY": "False",
        "SOLARA_ASSETS_CDN": FRONT_END,
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_THEME_LOADER": "plain",
        "SOLARA_THEME_VARIANT": "light",  # with "auto" Solara's page lacks its root element; see HEAD
        "SOLARA_THEME_TITLE": "coopsim",
        "SOLARA_SESSION_SECRET_KEY": secrets.token_hex(32),
        "SOLARA_SESSION_HTTP_ONLY": "True",
        "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
        "SOLARA_KERNEL_MAX_COUNT": str(MOST_SESSIONS),
        "SOLARA_KERNEL_MAX_PER_SESSION": "40",
        # Of a page, only what changed is walked through: half the time of a slider's answer.
        "REACTON_FAST": "1",
        # Visitors' runs share the process; linear algebra of one must not take the cores of the others.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def front_end() -> Path:
    """Return the folder of Solara's front end, as installed by `solara-assets`.

    Raises
    ------
    ServerError
        If the extra `app` is not installed.
    """
    try:
        files = distribution("solara-assets").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        parts = file.parts
        if "cdn" in parts:
            keep = len(parts) - parts.index("cdn") - 1
            return Path(str(file.locate())).resolve().parents[keep - 1]
    raise ServerError(MISSING)


MISSING = "the dashboard needs the extra 'app': pip install 'coopsim[app]', or uv sync --extra app"


def check_installed() -> None:
    """Raise `ServerError` unless the extra `app` is installed."""
    for package in ("solara", "anywidget", "ipyvuetify"):
        if importlib.util.find_spec(package) is None:
            raise ServerError(MISSING)
    front_end()


def make_app(host: str = HOST) -> Any:
    """Return the ASGI application.

    Parameters
    ----------
    host : str
        Where it will listen; on loopback, other host names are refused, so that no web page can reach it through a
        name of its own.
    """
    check_installed()
    os.environ.update(environment())
    if "solara" in sys.modules:
        raise ServerError("Solara was imported before its settings were made; start the dashboard in a fresh process")
    # Harmless: without https, a cookie cannot be sent into pages of other sites.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    import solara.server.starlette as served
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    async def page(request: Request) -> Response:
        return _as_ours(await served.root(request))

    class Fresh(StaticFiles):
        """Files that a browser keeps, but asks about: an update of coopsim shows at once."""

        def file_response(self, *args: Any, **kwargs: Any) -> Any:
            response = super().file_response(*args, **kwargs)
            response.headers["cache-control"] = "no-cache"
            return response

    async def favicon(request: Request) -> Response:
        return Response(status_code=204)

    allowed = [*LOOPBACK, "[::1]"] if host in LOOPBACK else ["*"]
    return Starlette(
        routes=[
            Mount(FRONT_END, StaticFiles(directory=front_end())),
            Mount(OURS, Fresh(directory=STATIC)),
            Route("/favicon.ico", favicon),
            Route("/", page),
            *(Route(f"/{path}", page) for path in _paths() if path),
            Mount("/", served.app),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=allowed)],
        lifespan=served.lifespan,
    )


def _paths() -> list[str]:
    from coopsim.dashboard.pages import PAGES

    return [entry.path for entry in PAGES]


# Zoom is allowed, our style comes along, and the theme is the visitor's until they choose one. The browser fetches our
# modules while Solara's page connects, not one by one when they are first drawn. And anywidget gives the code of a
# widget two seconds, after which it drops every message to that widget for ever: on a busy machine charts would stand
# still, so it gets more patience.
PATIENCE = 120_000  # milliseconds
MODULES = "".join(
    f'<link rel="modulepreload" href="{OURS}/{file.name}">' for file in sorted(STATIC.glob("*.js"))
)
HEAD = f"""<meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="{OURS}/style.css">
    <link rel="stylesheet" href="{OURS}/pages.css">
    {MODULES}
    <script>
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = (time) => timeout(Math.max(time, {PATIENCE}));
        if (!localStorage.getItem(":solara:theme.variant"))
        localStorage.setItem(":solara:theme.variant", '"auto"')</script>
    """


def _as_ours(response: Any) -> Any:
    """Give the page of Solara a language, zoom and our style."""
    if getattr(response, "media_type", "") != "text/html":
        return response
    from coopsim.dashboard.text import language

    text = bytes(response.body).decode()
    start, end = text.index('<meta name="viewport"'), text.index('<link rel="icon"')
    text = text[:start] + HEAD + text[end:]
    response.body = text.replace("<html>", f'<html lang="{language()}">', 1).encode()
    response.headers["content-length"] = str(len(response.body))
    return response


def serve(
    host: str = HOST, port: int = PORT, *, open_browser: bool = True, say: Callable[[str], None] = print
) -> None:
    """Serve the dashboard until interrupted.

    Raises
    ------
    ServerError
        If the extra `app` is missing, or the port is taken.
    ConfigError
        If the address is none of this machine.
    """
    check_installed()
    listener = _listener(host, port)
    port = listener.getsockname()[1]
    url = address_of(host, port)
    app = make_app(host)
    import uvicorn

    from coopsim.dashboard import engine

    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, lifespan="on",
                            ws="websockets-sansio")
    server = uvicorn.Server(config)
    threading.Thread(target=engine.warm_up, daemon=True).start()
    say(f"The dashboard is at {url} (Ctrl-C stops it)")
    if host not in LOOPBACK:
        say("Everyone who can reach this machine can use it.")
    if open_browser:
        threading.Timer(1.0, webbrowser.open, [url]).start()
    try:
        server.run(sockets=[listener])
    finally:
        engine.close()


def address_of(host: str, port: int) -> str:
    """Return what to type into a browser on this machine."""
    name = HOST if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _listener(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is imported, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # a browser that comes early waits instead of being refused
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise ConfigError(f"--host {host}: is no address of this machine ({error.strerror})") from None
        why = error.strerror or error
        raise ServerError(f"cannot listen on {host}, port {port}: {why}; choose another with --port") from None
    return listener
