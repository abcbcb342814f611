"""Draw the README's figure: ``uv run python docs/figures.py`` runs the baseline and writes docs/images/."""

from __future__ import annotations

from pathlib import Path

import coopsim as cs
from coopsim.analysis.figures import main_series

IMAGES = Path(__file__).resolve().parent / "images"


def main() -> None:
    """Run fifty years with seed 1 and save the main series."""
    IMAGES.mkdir(exist_ok=True)
    figure = main_series(cs.run("baseline", seed=1))
    figure.savefig(IMAGES / "baseline.png", dpi=110, metadata={"Software": None})
    print(f"wrote {IMAGES.name}/baseline.png")


if __name__ == "__main__":
    main()
