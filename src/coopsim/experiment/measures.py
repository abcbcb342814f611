"""What a check of a scenario measures: an indicator, a column over some states or pairs, the course of a convention.

A measure is a table of a scenario file; `Measure.from_mapping` refuses what it cannot read. Measures are values: equal
ones are computed once in a run that several scenarios share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from coopsim.errors import ConfigError
from coopsim.experiment.claims import REGRESSORS
from coopsim.experiment.selections import PAIRS, STATES, pairs_selected, states_selected
from coopsim.interventions import Places
from coopsim.param import nearest, shown
from coopsim.results.indicators import INDICATORS
from coopsim.results.moment import Moment
from coopsim.results.tables import STATES as STATE_COLUMNS
from coopsim.world.activities import ACTIVITIES
from coopsim.world.dyads import Dyads
from coopsim.world.world import World

KINDS = ("indicator", "states", "pairs", "norm", "body", "claims")
ENTRIES = {
    "indicator": "name of an indicator",
    "states": "column of the table of states, or `signed`: agreements signed in the year",
    "pairs": "column of dyads, or one of `agreement`, `friends`, `people`, `students`, `spending`, `public_spending`, "
             "`import_share`, `dose`, `dose_<activity>`",
    "norm": "name of a convention: the share of states that adopted it",
    "body": "id of an international organisation: its budget",
    "claims": "coefficient of a logit of the settlement of claims: " + ", ".join(REGRESSORS),
    "who": "states, or rows of pairs: codes, regions, organisations; all if not given",
    "with": "columns of pairs; all if not given",
    "one_way": "true: only from `who` to `with`",
    "outside": "an organisation: leave out pairs of two members",
    "among": "list of what states or pairs were at the start",
    "of": "mean, sum, or share (of all) over states or pairs",
    "year": "calendar year; the last if not given",
    "years": "instead: mean from one year to another, such as [2030, 2035]",
    "reaches": "instead of a value: years until this level is reached; one more than the run if it never is",
    "minus": "an indicator or another measure to subtract", "times": "factor on `minus`",
    "per": "an indicator or another measure to divide by",
}
OF = ("mean", "sum", "share")
# Columns of dyads of another shape, or that hold for one year only and are cleared at its end.
NOT_PAIRS = ("dose", "flows", "other_treaties", "incident", "settled", "event_boost")
Names = str | tuple[str, ...]
PairColumn = Callable[[Moment], Any]

DERIVED_PAIRS: dict[str, PairColumn] = {
    "agreement": lambda m: m.world.dyads.tied,
    "friends": lambda m: np.minimum(m.world.dyads.trust, m.world.dyads.trust.T) > 0.6,
    "people": lambda m: m.world.dyads.flows.sum(axis=0),
    "students": lambda m: m.world.dyads.flows[0],
    "spending": lambda m: _public(m) + m.world.dyads.spending_private,
    "public_spending": lambda m: _public(m),
    "dose": lambda m: m.world.dyads.dose.sum(axis=0),
    # Of all cultural goods that column imports, those from row.
    "import_share": lambda m: m.world.dyads.trade / np.maximum(m.world.dyads.trade.sum(axis=0), 1e-12)[None, :],
}
DERIVED_STATES: dict[str, PairColumn] = {"signed": lambda m: _signed(m.world)}


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    name : str
        Of the indicator, column or convention.
    who, partner : str or tuple of str
    among : tuple of str
    one_way : bool
    outside : str
    of : str
    first, last : int
        Calendar years over which it is averaged.
    reaches : float or None
    minus, per : Measure or None
    times : float
    """

    kind: str
    name: str
    who: Names = "all"
    partner: Names = "all"
    among: tuple[str, ...] = ()
    one_way: bool = False
    outside: str = ""
    of: str = "mean"
    first: int = 0
    last: int = 0
    reaches: float | None = None
    minus: Measure | None = None
    times: float = 1.0
    per: Measure | None = None

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any] | str, start: int, end: int) -> Self:
        """Read the table of a scenario file; years after the end of the run count as its last.

        Parameters
        ----------
        table : mapping or str
            A word alone is the name of an indicator.
        start, end : int
            The starting year and the last year of the run.

        Raises
        ------
        ConfigError
            If an entry is unknown or not allowed.
        """
        table = {"indicator": table} if isinstance(table, str) else table
        for key in table:
            if key not in ENTRIES:
                raise ConfigError(f"measure: unknown entry '{key}'{nearest(key, list(ENTRIES))}")
        kinds = [kind for kind in KINDS if kind in table]
        if len(kinds) != 1:
            raise ConfigError(f"measure = {shown(table)} is not allowed: must have one of {', '.join(KINDS)}")
        kind, name = kinds[0], table[kinds[0]]
        _check_name(kind, name)
        first, last = _years(table, start, end)
        of, reaches = table.get("of", "mean"), table.get("reaches")
        if of not in OF:
            raise ConfigError(f"measure: of = {shown(of)} is not allowed: must be one of {', '.join(OF)}")
        inner = {key: cls.from_mapping(_dated(table[key], table), start, end)
                 for key in ("minus", "per") if key in table}
        return cls(
            kind=kind, name=name, who=_names(table, "who"), partner=_names(table, "with"),
            among=_among(table, kind), one_way=bool(table.get("one_way", False)),
            outside=str(table.get("outside", "")), of=of, first=first, last=last,
            reaches=None if reaches is None else float(reaches), times=float(table.get("times", 1.0)), **inner,
        )

    @property
    def bare(self) -> Measure:
        """The measure of a single year without what is subtracted, divided or averaged: what a run has to watch."""
        return replace(self, first=0, last=0, reaches=None, minus=None, per=None, times=1.0)

    def needs(self, start: int, end: int) -> dict[Measure, set[int]]:
        """Return what a run has to watch, and in which years."""
        own = set(range(start + 1, end + 1)) if self.reaches is not None else set(range(self.first, self.last + 1))
        found = {self.bare: own}
        for inner in (self.minus, self.per):
            for bare, years in ({} if inner is None else inner.needs(start, end)).items():
                found[bare] = found.get(bare, set()) | years
        return found

    def value(self, watched: Mapping[tuple[Measure, int], float], start: int, end: int) -> float:
        """Return the number from what a run has watched."""
        bare = self.bare
        if self.reaches is not None:
            reached = (year for year in range(start + 1, end + 1) if watched[bare, year] >= self.reaches)
            value = float(next(reached, end + 1) - start)
        else:
            value = float(np.mean([watched[bare, year] for year in range(self.first, self.last + 1)]))
        if self.minus is not None:
            value -= self.times * self.minus.value(watched, start, end)
        if self.per is not None:
            value /= self.per.value(watched, start, end) or np.nan
        return value

    def watch(self, world: World) -> Callable[[Moment], float]:
        """Return how to read the measure in any year of a run, given its starting world.

        Raises
        ------
        ConfigError
            If it names a state, region or organisation that the world does not have.
        """
        if self.kind == "norm":
            return self._adoption
        if self.kind == "body":
            row = Places.of(world).organisation(self.name)
            return lambda moment: float(moment.world.international.budget[row])
        if self.kind == "states":
            chosen = states_selected(world, self.who, self.among)
            column = DERIVED_STATES.get(self.name) or _state_column(self.name)
        else:
            chosen = pairs_selected(world, self.who, self.partner, self.among, one_way=self.one_way,
                                    outside=self.outside)
            column = DERIVED_PAIRS.get(self.name) or _pair_column(self.name)
        return lambda moment: _pooled(column(moment), chosen, self.of)

    def _adoption(self, moment: Moment) -> float:
        found = [norm for norm in moment.world.norms.items if norm.name == self.name]
        return float(found[0].adopted.mean()) if found else 0.0

    def __str__(self) -> str:
        text = {"body": f"budget of {self.name}", "claims": f"effect of {self.name} on settling a claim",
                "norm": f"adoption of {self.name}"}.get(self.kind, self.name.replace("_", " "))
        if self.kind in ("states", "pairs"):
            who = " ".join((self.who,) if isinstance(self.who, str) else self.who)
            partner = " ".join((self.partner,) if isinstance(self.partner, str) else self.partner)
            whom = f"{who} {'to' if self.one_way else 'and'} {partner}" if self.kind == "pairs" else who
            text += f", {whom}" if whom not in ("all and all", "all") else ""
            text += f", {' '.join(self.among).replace('_', ' ')}" if self.among else ""
            text += f", outside {self.outside}" if self.outside else ""
            text = f"{self.of} of {text}" if self.of != "mean" else text
        if self.reaches is not None:
            text = f"years until {text} reaches {self.reaches:g}"
        else:
            text += f" {self.first}" + (f"–{self.last}" if self.last > self.first else "")
        if self.minus is not None:
            text += f" less {'' if self.times == 1 else f'{self.times:g} × '}{self.minus}"
        return text + (f" per {self.per}" if self.per is not None else "")


def _pooled(values: Any, chosen: Any, of: str) -> float:
    if of == "mean":
        return float(values[chosen].mean()) if chosen.any() else float("nan")
    total = float(values[chosen].sum())
    return total if of == "sum" else total / (float(values.sum()) or float("nan"))


def _state_column(name: str) -> PairColumn:
    return next(spec.values for spec in STATE_COLUMNS if spec.name == name)


def _pair_column(name: str) -> PairColumn:
    activity = name.removeprefix("dose_")
    if activity in ACTIVITIES and activity != name:
        return lambda moment: moment.world.dyads.dose[ACTIVITIES.index(activity)]
    return lambda moment: getattr(moment.world.dyads, name)


def _public(moment: Moment) -> Any:
    return moment.world.dyads.spending_ministry + moment.world.dyads.spending_agency


def _signed(world: World) -> Any:
    rows = world.agreements.rows
    new = (rows["signed"] == world.year) & (rows["a"] >= 0) & (rows["topic"] == 0)
    return np.bincount(np.concatenate([rows["a"][new], rows["b"][new]]), minlength=world.size)


def _check_name(kind: str, name: Any) -> None:
    doses = [f"dose_{activity}" for activity in ACTIVITIES]
    known = {
        "indicator": list(INDICATORS), "states": [*(spec.name for spec in STATE_COLUMNS), *DERIVED_STATES],
        "pairs": [*(name for name in Dyads.columns() if name not in NOT_PAIRS), *DERIVED_PAIRS, *doses],
        "norm": [name],
        "body": [name],
        "claims": list(REGRESSORS),
    }[kind]
    if not isinstance(name, str) or name not in known:
        raise ConfigError(f"measure: {kind} = {shown(name)} is not known{nearest(str(name), known)}")


def _names(table: Mapping[str, Any], key: str) -> Names:
    names = table.get(key, "all")
    if isinstance(names, list | tuple) and names and all(isinstance(name, str) for name in names):
        return tuple(names)
    if not isinstance(names, str) or not names:
        raise ConfigError(f"measure: {key} = {shown(names)} is not allowed: must be a name or a list of names")
    return names


def _among(table: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    words = table.get("among", [])
    known = list(STATES) if kind == "states" else [*PAIRS, *STATES] if kind == "pairs" else []
    if not isinstance(words, list | tuple) or not all(word in known for word in words):
        raise ConfigError(f"measure: among = {shown(words)} is not allowed: must be a list of "
                          f"{', '.join(known) or 'nothing'}")
    return tuple(words)


def _years(table: Mapping[str, Any], start: int, end: int) -> tuple[int, int]:
    years = table.get("years", [table.get("year", end)] * 2)
    good = isinstance(years, list | tuple) and len(years) == 2
    if not good or not all(isinstance(year, int) and year >= start for year in years) or years[0] > years[1]:
        raise ConfigError(f"measure: year = {shown(years)} is not allowed: must be a year from {start} on, or "
                          "years = [from, to]")
    return min(years[0], end), min(years[1], end)


def _dated(inner: Any, table: Mapping[str, Any]) -> Any:
    """Return an inner measure with the years of the outer one, if it has none of its own."""
    inner = {"indicator": inner} if isinstance(inner, str) else inner
    if not isinstance(inner, Mapping):
        raise ConfigError(f"measure: {shown(inner)} is not allowed: must be an indicator or a measure")
    if "year" in inner or "years" in inner:
        return inner
    return {**inner, **{key: table[key] for key in ("year", "years") if key in table}}
