"""Why a pair signed no cultural agreement in a year, and the smallest change that would have made it sign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coopsim.analysis.again import config_of, run_to, simulated
from coopsim.analysis.explain import Explanation, contribution_table, explain
from coopsim.analysis.lever_search import levers_of
from coopsim.analysis.levers import Lever, Scene, cut_out, deviations_of
from coopsim.analysis.why_not_words import in_force, what_if, why
from coopsim.analysis.words import capital, factor, listed, the
from coopsim.config import Config, load_config
from coopsim.errors import ConfigError, ResultsError
from coopsim.interventions import Rules
from coopsim.mechanisms import bilateral
from coopsim.mechanisms.mechanism import probability
from coopsim.param import nearest
from coopsim.results.results import Results
from coopsim.world.agreements import NEVER, TERMS
from coopsim.world.world import World

if TYPE_CHECKING:
    from coopsim.model import CoopModel

Pair = str | tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """Why a pair did not sign in a year; or why it did.

    Attributes
    ----------
    pair : (str, str)
        Codes, in the order of the world.
    year : int
    status : str
        "not signed", "in force" (an agreement left nothing to sign), "off" (the mechanism was), or "signed".
    sentences : tuple of str
    table : DataFrame
        term, contribution to the log of the yearly hazard of signature, factor, meaning: as in `explain`.
    hazard, chance : float
        Yearly hazard of signature, and chance of it within the year, had nothing been in force.
    luck : float
        The uniform number that decided: the pair signs if it is below the chance.
    levers : tuple of Lever
        What might have been different, the best first; only for "not signed".
    explanation : Explanation, optional
        Of the agreement that was signed.
    """

    pair: tuple[str, str]
    year: int
    status: str
    sentences: tuple[str, ...]
    table: pd.DataFrame
    hazard: float
    chance: float
    luck: float
    levers: tuple[Lever, ...] = ()
    explanation: Explanation | None = None

    @property
    def answer(self) -> Lever | None:
        """The smallest single change that would have brought the signature, None if none would."""
        return self.levers[0] if self.levers and self.levers[0].verdict == "enough" else None

    @property
    def lever_table(self) -> pd.DataFrame:
        """One row per lever: name, verdict, now, needed, change, unit, deviations, chance_if_more, what (in words)."""
        rows = [
            (x.name, x.verdict, x.now, x.needed, x.change, x.unit, x.size, x.chance_if_more, x.phrase)
            for x in self.levers
        ]
        columns = ["lever", "verdict", "now", "needed", "change", "unit", "deviations", "chance_if_more", "what"]
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        if self.explanation is not None:
            return str(self.explanation)
        lines = [" ".join(self.sentences)]
        if len(self.table):
            lines += ["", f"  {'term':<12} {'ln h':>7} {'factor':>8}  meaning"]
            lines += [
                f"  {row['term']:<12} {row['contribution']:>+7.2f} {factor(row['factor']):>8}  {row['meaning']}"
                for row in self.table.to_dict("records")
            ]
            total = self.table["contribution"].sum()
            lines.append(f"  {'total':<12} {total:>+7.2f} {self.hazard:>8.2g}  yearly hazard of signature")
        return "\n".join(lines)


def why_not(
    found: Results | Config | str | Path, pair: Pair, year: int, seed: int | None = None
) -> WhyNot:
    """Say why a pair signed no cultural agreement in a year, or why it did.

    The run is simulated again up to that year; the same configuration and seed give the same run.

    Parameters
    ----------
    found : Results, Config, str or Path
        A run, or a configuration, the name of a bundled scenario or the path of a scenario file.
    pair : str or (str, str)
        Two codes: "FRA-DEU" or ("FRA", "DEU").
    year : int
        A simulated year.
    seed : int, optional
        That of the run, or 1.

    Raises
    ------
    ConfigError
        If the world has no such states, or the year is not simulated.
    ResultsError
        If the run cannot be repeated by this version of coopsim.

    Examples
    --------
    >>> found = coopsim.why_not(results, "PER-OMN", 2031)
    >>> print(found)
    >>> found.answer.intervention
    """
    results = found if isinstance(found, Results) else None
    if results is not None:
        config, last = config_of(results), int(results.manifest["last_year"])
        seed = int(results.manifest["seed"]) if seed is None else seed
    else:
        config = found if isinstance(found, Config) else load_config(str(found))
        last = config.start_year + config.years
    codes, year = pair_codes(pair), simulated(config, year, last)
    look = _Look(codes)
    model = run_to(
        config, 1 if seed is None else seed, year,
        {"perceive commonality": look.before_discoveries, "sign agreements": look.before_signing},
    )
    told = look.tell(model)
    if results is not None and seed == int(results.manifest["seed"]):
        _check_same(results, told)
    return told


def pair_codes(pair: Pair) -> tuple[str, str]:
    """Return two different codes.

    Raises
    ------
    ConfigError
        If it is not a pair.
    """
    codes = [code.strip().upper() for code in (pair.split("-") if isinstance(pair, str) else pair)]
    if len(codes) != 2 or codes[0] == codes[1] or not all(codes):
        raise ConfigError(f"pair = {pair!r} must be two different codes, such as FRA-DEU")
    return codes[0], codes[1]


def _check_same(results: Results, told: WhyNot) -> None:
    """Refuse to explain a run that comes out differently now."""
    ledger = results.agreements
    between = ledger["parties"] == "-".join(told.pair)
    signed = between & (ledger["signed"] == told.year) & (ledger["topic"] == "culture")
    if bool(signed.any()) != (told.status == "signed"):
        raise ResultsError(
            "run again, these results come out differently: they were made by another version of coopsim, or with "
            "other libraries or processor settings; run the scenario again"
        )


class _Look:
    """Watches one pair in one year."""

    def __init__(self, codes: tuple[str, str]) -> None:
        self.codes = codes
        self.rows = (0, 1)
        self.scene: Scene | None = None
        self.discovered: Any = None
        self.tied = -1
        self.hazard = self.luck = 0.0
        self.terms: dict[str, float] = {}

    def before_discoveries(self, model: CoopModel) -> None:
        """Keep what the pair knew to have in common."""
        self._find(model.world)
        self.discovered = cut_out(model.world, self.rows).dyads.discovered

    def before_signing(self, model: CoopModel) -> None:
        """Keep the pair as it stands, its score and its luck."""
        world, rules = model.world, model.rules
        self._find(world)
        a, b = (np.array([row], dtype=np.int64) for row in self.rows)
        params = rules.parameters["bilateral"]
        assert isinstance(params, bilateral.BilateralParams)
        self.hazard = float(bilateral.hazards(world, params, a, b)[0])
        self.terms = dict(zip(TERMS, bilateral.contributions(world, params, a, b)[0].tolist(), strict=True))
        position = int(np.flatnonzero((world.pairs[0] == a) & (world.pairs[1] == b))[0])
        stream = model.streams("bilateral", model.year)
        self.luck = float(stream.uniform_at("sign", np.array([position]))[0])
        self.tied = int(world.dyads.agreement[self.rows])
        piece = cut_out(world, self.rows)
        self.scene = Scene(
            codes=self.codes, names=_names(world, self.rows), year=model.year, piece=piece,
            rules=Rules(dict(rules.parameters), dict(rules.switches)),
            deviations=deviations_of(world, float(getattr(rules.parameters["interest"], "scale"))),  # noqa: B009
            discovered=piece.dyads.discovered if self.discovered is None else self.discovered,
            needed=float(-np.log1p(-self.luck)),
        )

    def _find(self, world: World) -> None:
        rows = sorted(_row(world, code) for code in self.codes)
        self.rows = (rows[0], rows[1])
        self.codes = (str(world.states.iso3[rows[0]]), str(world.states.iso3[rows[1]]))

    def tell(self, model: CoopModel) -> WhyNot:
        """Return what was seen."""
        self._find(model.world)
        rows = model.world.agreements.rows
        between = (rows["a"] == self.rows[0]) & (rows["b"] == self.rows[1]) & (rows["topic"] == 0)
        new = np.flatnonzero(between & (rows["signed"] == model.year))
        if self.scene is None:
            pair = capital(listed(_names(model.world, self.rows)))
            opening = f"{pair} signed no cultural agreement in {model.year}."
            return self._told(model, "off", (opening, "Nobody could: the mechanism 'bilateral' is off."))
        if new.size:
            return self._signed(model, int(new[-1]))
        if self.tied != NEVER:
            return self._told(model, "in force", in_force(self.scene, rows[self.tied], self.hazard))
        levers = levers_of(self.scene)
        reasons = why(self.scene, self.terms, self.hazard, self.luck)
        return self._told(model, "not signed", (*reasons, *what_if(self.scene, levers)), levers=levers)

    def _signed(self, model: CoopModel, agreement: int) -> WhyNot:
        from coopsim.experiment.run import results_of

        explanation = explain(results_of(model, command=""), agreement)
        # The run stopped in the year of signature: it cannot tell what became of the agreement.
        explanation = Explanation(agreement, explanation.sentences[:-1], explanation.table)
        return self._told(model, "signed", explanation.sentences, explanation=explanation)

    def _told(self, model: CoopModel, status: str, sentences: tuple[str, ...], **more: Any) -> WhyNot:
        return WhyNot(
            self.codes, model.year, status, sentences, contribution_table(self.terms), self.hazard,
            float(probability(np.array(self.hazard))), self.luck, **more,
        )


def _row(world: World, code: str) -> int:
    known = [str(known) for known in world.states.iso3]
    if code not in known:
        hint = nearest(code, known)
        raise ConfigError(f"this world has no state '{code}'{hint if 'did you mean' in hint else ''}")
    return known.index(code)


def _names(world: World, rows: tuple[int, int]) -> tuple[str, str]:
    return the(str(world.states.name[rows[0]])), the(str(world.states.name[rows[1]]))
