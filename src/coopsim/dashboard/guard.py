"""What a visitor may ask of a shared server: a file of a certain size, a world of a certain size, a run of some time.

A scenario file from outside is read as TOML and nothing else, by the loader of the command line and with its errors. It
can name no file: worlds come from the bundled tables or are invented. Names from outside become paths nowhere;
`slug` makes what a download may be called.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopsim.config import Config, parse_config
from coopsim.config.load import decoded
from coopsim.errors import ConfigError, CoopsimError

if TYPE_CHECKING:
    from coopsim.model import CoopModel

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visitor may ask for.

    Attributes
    ----------
    file_bytes, points : int
        Of an uploaded scenario: bytes in all, and points in a line.
    states, languages, organisations, years, interventions, replications : int
    seconds : float
        A run whose years after the first take longer is stopped between two years. The first is not counted: the
        first run on a machine compiles the model in it, which may take a minute.
    agreements, projects, claims : int
        Rows that a world may grow to.
    """

    file_bytes: int = 64_000
    points: int = 500
    states: int = 200
    languages: int = 50
    organisations: int = 8_000
    years: int = 100
    interventions: int = 50
    replications: int = 100
    seconds: float = 30.0
    agreements: int = 300_000
    projects: int = 200_000
    claims: int = 100_000


LIMITS = Limits()


class StoppedError(CoopsimError):
    """A run asked for more time or room than a visitor gets."""


def check_size(config: Config, limits: Limits = LIMITS) -> Config:
    """Return the configuration, or raise `ConfigError` naming the key that asks for more than the server gives."""
    world = config.world
    asked = {
        "horizon.years": (config.years, limits.years),
        "interventions": (len(config.interventions), limits.interventions),
    }
    if world.synthetic:
        asked |= {
            "world.synthetic.states": (world.synthetic, limits.states),
            "world.synthetic.languages": (world.languages, limits.languages),
            "world.synthetic.organisations": (world.organisations, limits.organisations),
        }
    else:
        asked["world.organisations"] = (world.organisations, limits.organisations)
    for key, (value, highest) in asked.items():
        if value > highest:
            what = f"{key} = {value}" if key != "interventions" else f"{value} interventions"
            raise ConfigError(f"{what} is not allowed on this server: must be at most {highest:,}; run coopsim on your "
                              "own machine for more")
    return config


def check_replications(number: int, limits: Limits = LIMITS) -> int:
    """Return a number of replications, or raise `ConfigError`."""
    if not 1 <= number <= limits.replications:
        raise ConfigError(f"replications = {number} is not allowed on this server: must be a whole number in [1, "
                          f"{limits.replications}]")
    return number


def read_upload(data: bytes, filename: str = "", limits: Limits = LIMITS) -> Config:
    """Return the configuration that an uploaded scenario file describes.

    Parameters
    ----------
    data : bytes
        The file, as TOML in UTF-8.
    filename : str
        What the visitor calls it; used in messages only.
    limits : Limits

    Raises
    ------
    ConfigError
        If it is too large, no TOML, says something that is not allowed, names states that its world does not have,
        or asks for more than the server gives; in the words of the command line.
    """
    where = display_name(filename)
    text = decoded(data, where, limits.file_bytes)
    for number, line in enumerate(text.splitlines(), 1):
        # Python's reader of TOML takes half a minute for a key of 31,000 parts; a key stands on one line.
        if line.count(".") > limits.points:
            raise ConfigError(f"{where}: line {number} has {line.count('.'):,} points, of {limits.points} allowed on "
                              "this server; write long text over several lines, in three quotation marks")
    config = parse_config(text, where=where, default_name=slug(where))
    try:
        check_size(config, limits).check_names()
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    return config


def display_name(filename: str) -> str:
    """Return the last part of a file name as it may stand in a message: printable, and not long."""
    last = re.split(r"[/\\]", filename)[-1]
    visible = "".join(sign for sign in last if sign.isprintable()).strip()
    return (visible if len(visible) <= LONGEST_NAME else f"{visible[: LONGEST_NAME - 2]} …") or "scenario"


def slug(name: str, fallback: str = "scenario") -> str:
    """Return a name as a file may be called anywhere: small letters, digits and hyphens, and nothing else."""
    stem = re.sub(r"\.toml$", "", name.strip(), flags=re.IGNORECASE)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or fallback


class Watch:
    """Looks at a run after each year, and stops one that takes too long or grows too large.

    Examples
    --------
    >>> watch = Watch()
    >>> while model.year < last:
    ...     model.step()
    ...     watch(model)
    """

    def __init__(self, limits: Limits = LIMITS, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.clock = limits, clock
        self.began: float | None = None

    def __call__(self, model: CoopModel) -> None:
        """Raise `StoppedError` if the run has used up its time or room."""
        limits, year = self.limits, model.year
        now = self.clock()
        self.began = now if self.began is None else self.began
        if now - self.began > limits.seconds:
            raise StoppedError(f"the run was stopped in {year}: it took more than the {limits.seconds:g} seconds that "
                               "a run may take on this server; ask for fewer years or states")
        world = model.world
        for rows, name in ((world.agreements, "agreements"), (world.projects, "projects"), (world.claims, "claims")):
            size, highest = len(rows.rows), getattr(limits, name)
            if size > highest:
                raise StoppedError(f"the run was stopped in {year}: it holds {size:,} {name}, of {highest:,} that a "
                                   "run may hold on this server; choose parameters nearer to their defaults")


__all__ = [
    "LIMITS", "Limits", "StoppedError", "Watch", "check_replications", "check_size", "display_name", "read_upload",
    "slug",
]
