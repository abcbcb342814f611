"""From a folder to a page."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from coopsim.errors import ResultsError
from coopsim.report.markup import Html, page

NAME = "report.html"


def write_report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write one self-contained HTML file about a stored run or sweep and return its path.

    Parameters
    ----------
    folder : str or Path
        What `coopsim run --out`, `coopsim sweep --out`, `Results.save` or `SweepResults.save` wrote.
    out : str or Path, optional
        The file to write; `report.html` in the folder if not given.

    Raises
    ------
    ResultsError
        If the folder holds nothing of coopsim, or the file cannot be written.

    Examples
    --------
    >>> coopsim.run("baseline", seed=42).save("results/baseline")
    >>> coopsim.report.write_report("results/baseline")
    """
    source = Path(folder)
    target = source / NAME if out is None else Path(out)
    description, title, body = (_of_sweep if _is_sweep(source) else _of_run)(source)
    return _written(target, page(title, body, description=description))


def _of_run(folder: Path) -> tuple[str, str, list[Html]]:
    from coopsim.report.of_run import facts, run_page
    from coopsim.results import Results

    results = Results.load(folder)
    return (facts(results), *run_page(results, str(folder)))


def _of_sweep(folder: Path) -> tuple[str, str, list[Html]]:
    from coopsim.experiment.sweep_results import SweepResults
    from coopsim.report.of_sweep import facts, sweep_page

    sweep = SweepResults.load(folder)
    return (facts(sweep), *sweep_page(sweep, str(folder)))


def _is_sweep(folder: Path) -> bool:
    from coopsim.experiment.store import FORMAT

    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # the reader of runs says what is wrong
    return isinstance(found, dict) and found.get("format") == FORMAT


def _written(target: Path, text: str) -> Path:
    """Write beside the place and move into it, so that a page is whole or not there."""
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(target)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise ResultsError(f"the report cannot be written to '{target}': {error.strerror or error}") from error
    return target
