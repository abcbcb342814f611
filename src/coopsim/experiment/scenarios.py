"""The bundled scenarios as a table."""

import pandas as pd

from coopsim.config import load_config, scenario_files


def list_scenarios() -> pd.DataFrame:
    """Return the bundled scenarios: name, title, question, file."""
    rows = [
        {"name": name, "title": config.title, "question": config.question, "file": str(path)}
        for name, path in scenario_files().items()
        for config in (load_config(path),)
    ]
    return pd.DataFrame(rows, columns=["name", "title", "question", "file"], dtype="str")
