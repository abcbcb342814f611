"""From a folder to a page."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from coopsim.errors import ResultsError
from coopsim.report.markup import page

NAME = "report.html"


def write_report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write one self-contained HTML file about a stored run and return its path.

    Parameters
    ----------
    folder : str or Path
        What `coopsim run --out` or `Results.save` wrote.
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
    from coopsim.report.of_run import facts, run_page
    from coopsim.results import Results

    source = Path(folder)
    target = source / NAME if out is None else Path(out)
    results = Results.load(source)
    title, body = run_page(results, str(folder))
    text = page(title, body, description=facts(results))
    return _written(target, text)


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
