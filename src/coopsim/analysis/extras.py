"""Libraries that a plain installation does without, loaded where they are needed."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from coopsim.errors import CoopsimError


def extra(module: str, purpose: str, *, name: str = "") -> Any:
    """Return a module of the extra `experiments`, without the warnings of its import.

    Parameters
    ----------
    module : str
        For example "SALib.analyze.sobol".
    purpose : str
        What it is for, as the beginning of the sentence "... needs SALib".
    name : str
        Name of the package, if it is not the first part of the module's.

    Raises
    ------
    CoopsimError
        If it is not installed; the message says how to install it.
    """
    try:
        with warnings.catch_warnings():
            # They warn of parts of themselves that nobody here uses, such as ema_workbench of ipyparallel.
            warnings.simplefilter("ignore")
            return import_module(module)
    except ImportError as error:
        package = name or module.partition(".")[0]
        raise CoopsimError(
            f"{purpose} needs {package}, which is not installed ({error}); install it with: "
            "pip install 'coopsim[experiments]'"
        ) from None
