"""The pages: one module each, with a component `Page`; their order is that of the navigation."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple


class Entry(NamedTuple):
    """One page.

    Attributes
    ----------
    path : str
        In the address, "" for the front page.
    module : str
        Name of its module in this package.
    title : str
        Key of its title in the catalogue.
    """

    path: str
    module: str
    title: str


_ALL = (
    Entry("", "explore", "shell.explore"),
    Entry("ties", "ties", "shell.ties"),
    Entry("state", "state", "shell.state"),
    Entry("agreements", "agreements", "shell.agreements"),
    Entry("compare", "compare", "shell.compare"),
    Entry("live", "live", "shell.live"),
    Entry("lessons", "lessons", "shell.lessons"),
    Entry("share", "share", "shell.share"),
)
PAGES = tuple(entry for entry in _ALL if find_spec(f"{__name__}.{entry.module}") is not None)
