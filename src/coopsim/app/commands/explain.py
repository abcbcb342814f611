"""`coopsim explain`: why an agreement came about, or why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, make_table, print_json, say
from coopsim.errors import ConfigError, ResultsError

if TYPE_CHECKING:
    import pandas as pd

    from coopsim.analysis.explain import Explanation
    from coopsim.analysis.levers import Lever
    from coopsim.analysis.why_not import WhyNot
    from coopsim.results import Results


@click.command(epilog="""\b
Examples:
  coopsim run baseline --years 10 --out results/ten
  coopsim explain results/ten 4000
  coopsim explain results/ten --pair FRA-DEU --year 2031
  coopsim explain results/ten 2903 --state FRA
""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("agreement_id", required=False, type=int)
@click.option("--pair", metavar="FRA-DEU", help="Two states by their ISO 3166-1 alpha-3 codes.")
@click.option("--year", type=int, metavar="YEAR", help="The year in which the pair signed, or did not.")
@click.option("--state", metavar="FRA", help="With the id of a convention: why this state joined it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@debug_option
def explain(
    folder: Path, agreement_id: int | None, pair: str | None, year: int | None, state: str | None, as_json: bool
) -> None:
    """Say why an agreement came about, or why not.

    DIR is the folder of a run; AGREEMENT_ID the id of an agreement in its table, or give --pair and --year. If the
    pair signed none in that year, the run is simulated again up to it, to find the smallest change that would have
    brought a signature.
    """
    if (agreement_id is None) == (pair is None):
        raise click.UsageError("Give either AGREEMENT_ID or --pair.")
    if year is not None and pair is None:
        raise click.UsageError("--year goes with --pair.")
    if state is not None and agreement_id is None:
        raise click.UsageError("--state goes with AGREEMENT_ID.")
    from coopsim.analysis.explain import explain as explanation_of
    from coopsim.results import Results

    results = Results.load(folder)
    if agreement_id is not None and state is not None:
        _print_accession(results, agreement_id, state, as_json=as_json)
        return
    if agreement_id is not None:
        _print([explanation_of(results, agreement_id)], as_json=as_json)
        return
    assert pair is not None
    first, second = _states(results, pair)
    held = _agreements_between(results, first, second)
    signed = held[held["signed"] == year] if year is not None else held[:0]
    if len(signed):
        _print([explanation_of(results, int(row)) for row in signed["id"]], as_json=as_json)
    else:
        _print_agreements(results, held, (first, second), year, as_json=as_json)


def _states(results: Results, pair: str) -> tuple[str, str]:
    from coopsim.param import nearest

    codes = pair.upper().split("-")
    known = sorted(set(results.states["iso3"]))
    if len(codes) != 2 or codes[0] == codes[1]:
        raise ConfigError(f"--pair {pair}: must be two different codes, such as FRA-DEU")
    for code in codes:
        if code not in known:
            hint = nearest(code, known)
            raise ConfigError(f"--pair {pair}: these results have no state '{code}'"
                              f"{hint if 'did you mean' in hint else ''}")
    return codes[0], codes[1]


def _agreements_between(results: Results, first: str, second: str) -> pd.DataFrame:
    ledger = results.agreements
    both = ledger["parties"].isin([f"{first}-{second}", f"{second}-{first}"])
    return ledger[both & (ledger["form"] == "bilateral")]


def _print(explanations: list[Explanation], *, as_json: bool) -> None:
    if as_json:
        found = [
            {"agreement": e.agreement, "sentences": list(e.sentences), "hazard": e.hazard,
             "terms": e.table.to_dict("records")}
            for e in explanations
        ]
        print_json({"explanations": found})
        return
    screen = console()
    for explanation in explanations:
        screen.print(" ".join(explanation.sentences))
        if len(explanation.table):
            screen.print()
            screen.print(_terms(explanation))


def _terms(explanation: Explanation | WhyNot) -> Any:
    records = explanation.table.to_dict("records")
    rows: list[tuple[str, ...]] = [
        (row["term"], f"{row['contribution']:+.2f}", f"×{row['factor']:.3g}", row["meaning"]) for row in records
    ]
    total = sum(row["contribution"] for row in records)
    rows.append(("total", f"{total:+.2f}", f"{explanation.hazard:.3g}", "yearly hazard of signature"))
    return make_table(("term", "ln h", "factor", "meaning"), rows, right=("ln h", "factor"))


def _print_agreements(
    results: Results, held: pd.DataFrame, states: tuple[str, str], year: int | None, *, as_json: bool
) -> None:
    """Say honestly that nothing was signed that year, and what the pair has signed instead."""
    from coopsim.analysis.names import names_in_sentences
    from coopsim.analysis.words import capital

    first_year, last_year = results.manifest["start_year"] + 1, results.manifest["last_year"]
    if year is not None and not first_year <= year <= last_year and not (held["signed"] == year).any():
        raise ConfigError(f"--year {year} is not allowed: must be a simulated year in [{first_year}, {last_year}]")
    columns = ["id", "signed", "topic", "activity", "renewals", "ended", "end_reason"]
    rows = held.sort_values("signed")[columns].astype(object).where(held[columns].notna(), None)
    told = _why_not(results, states, year) if year is not None else None
    if as_json:
        print_json({"pair": list(states), "year": year, "explanations": [],
                    "why_not": _plain(told) if told else None, "agreements": rows.to_dict("records")})
        return
    names = names_in_sentences(results)
    pair = f"{capital(names[states[0]])} and {names[states[1]]}"
    screen = console()
    if year is not None:
        screen.print(f"{pair} signed no agreement in {year}. {' '.join(told.sentences[1:]) if told else ''}".strip())
    if told is not None and len(told.table):
        screen.print()
        screen.print(_terms(told))
    if told is not None and told.levers:
        screen.print()
        screen.print(_levers(told))
    if rows.empty:
        screen.print(f"\n{pair} have no bilateral agreement in these results ({first_year - 1}–{last_year}).")
        return
    screen.print("\nTheir bilateral agreements; explain one by its id:\n")
    cells = [["in force" if c == "ended" and v is None else "" if v is None else v for c, v in row.items()]
             for row in rows.to_dict("records")]
    screen.print(make_table(["id", "signed", "topic", "activity", "renewals", "ended", "why"], cells,
                            right=("id", "signed", "renewals")))


def _why_not(results: Results, states: tuple[str, str], year: int) -> WhyNot | None:
    """Return why a pair did not sign; None, with a word on stderr, if the run cannot be repeated."""
    from coopsim.analysis.why_not import why_not

    try:
        return why_not(results, states, year)
    except ResultsError as error:
        say(f"Why not cannot be told: {error}")
        return None


def _plain(told: WhyNot) -> dict[str, Any]:
    return {
        "status": told.status, "sentences": list(told.sentences), "hazard": told.hazard, "chance": told.chance,
        "luck": told.luck, "terms": told.table.to_dict("records"),
        "levers": [
            {**row, "intervention": lever.intervention.to_mapping() if lever.intervention else None}
            for row, lever in zip(told.lever_table.to_dict("records"), told.levers, strict=True)
        ],
    }


def _levers(told: WhyNot) -> Any:
    rows = [
        (lever.name, lever.verdict, _number(lever.now), _number(lever.needed), _number(lever.size),
         f"{100 * lever.chance_if_more:.2g} %", _written(lever))
        for lever in told.levers
    ]
    columns = ("what might differ", "alone", "now", "needed", "deviations", "chance if more",
               "as an intervention of that year")
    return make_table(columns, rows, right=("now", "needed", "deviations", "chance if more"))


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < float("inf") else ""


def _written(lever: Lever) -> str:
    """Return an intervention as a scenario file writes it."""
    from coopsim.analysis.words import rounded_up
    from coopsim.param import shown

    if lever.intervention is None:
        return ""
    values = {key: value for key, value in lever.intervention.to_mapping().items() if key != "year" and value}
    written = {key: rounded_up(value, 4) if isinstance(value, float) else shown(value) for key, value in values.items()}
    return ", ".join(f"{key} = {value}" for key, value in written.items())


def _print_accession(results: Results, agreement_id: int, state: str, *, as_json: bool) -> None:
    from coopsim.analysis.accession import explain_accession

    told = explain_accession(results, agreement_id, state)
    if as_json:
        print_json({"agreement": agreement_id, "state": told.state, "year": told.year,
                    "sentences": list(told.sentences), "hazard": told.hazard, "luck": told.luck,
                    "terms": told.table.to_dict("records")})
        return
    screen = console()
    screen.print(" ".join(told.sentences))
    if len(told.table):
        rows = [(row["term"], f"{row['contribution']:.4f}", f"{100 * row['share']:.0f} %", row["meaning"])
                for row in told.table.to_dict("records")]
        rows.append(("total", f"{told.hazard:.4f}", "", "yearly hazard of joining"))
        screen.print()
        screen.print(make_table(("term", "hazard", "share", "meaning"), rows, right=("hazard", "share")))
