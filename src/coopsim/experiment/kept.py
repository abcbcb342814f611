"""Runs of a check kept on disk: one line per run the moment it is finished, so that nothing is simulated twice.

A run is known by the hash of its configuration, its seed and the fingerprint of the model's source; when the source
changes, old lines no longer count.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import coopsim
from coopsim.errors import ResultsError
from coopsim.experiment.measures import Measure

FILE = "runs.jsonl"


@cache
def fingerprint() -> str:
    """Return a hash of everything that may decide a result: the modules and tables of the package."""
    package = Path(coopsim.__file__).parent
    digest = hashlib.sha256()
    rooms = ("world", "mechanisms", "interventions", "config", "results", "model", "experiment")
    files = [path for room in rooms for path in (package / room).rglob("*") if path.suffix in (".py", ".csv")]
    for path in sorted([*files, *package.glob("*.py")]):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class KeptRuns:
    """What runs gave, read from and appended to a folder.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    ResultsError
        If the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._known: dict[tuple[str, int], dict[tuple[str, int], float]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._file.is_file():
                for line in self._file.read_text(encoding="utf-8").splitlines():
                    self._read(line)
        except OSError as error:
            raise ResultsError(f"the folder {folder} cannot be written: {error.strerror or error}") from None

    def _read(self, line: str) -> None:
        try:
            row = json.loads(line)
        except ValueError:  # the last line of a run that was killed
            return
        if row["source"] == fingerprint():
            found = self._known.setdefault((row["config"], row["seed"]), {})
            found.update({(measure, year): value for measure, year, value in row["values"]})

    def get(self, config: str, seed: int, needs: dict[Measure, set[int]]) -> dict[tuple[Measure, int], float] | None:
        """Return what a run gave, if all that is needed now was watched then."""
        known = self._known.get((config, seed))
        if known is None:
            return None
        wanted = {(measure, year): (repr(measure), year) for measure, years in needs.items() for year in years}
        return {key: known[name] for key, name in wanted.items()} if set(wanted.values()) <= known.keys() else None

    def add(self, config: str, seed: int, values: dict[tuple[Measure, int], float]) -> None:
        """Append a run."""
        rows = [[repr(measure), year, value] for (measure, year), value in values.items()]
        line = json.dumps({"source": fingerprint(), "config": config, "seed": seed, "values": rows})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
