"""`coopsim explain`: why an agreement came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopsim.app.options import debug_option
from coopsim.app.terminal import console, make_table, print_json
from coopsim.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from coopsim.analysis.explain import Explanation
    from coopsim.results import Results


@click.command(epilog="""\b
Examples:
  coopsim run baseline --years 10 --out results/ten
  coopsim explain results/ten 4000
  coopsim explain results/ten --pair FRA-DEU --year 2031
""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("agreement_id", required=False, type=int)
@click.option("--pair", metavar="FRA-DEU", help="Two states by their ISO 3166-1 alpha-3 codes.")
@click.option("--year", type=int, metavar="YEAR", help="The year in which the pair signed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@debug_option
def explain(folder: Path, agreement_id: int | None, pair: str | None, year: int | None, as_json: bool) -> None:
    """Say why an agreement came about.

    DIR is the folder of a run; AGREEMENT_ID the id of an agreement in its table, or give --pair and --year.
    """
    if (agreement_id is None) == (pair is None):
        raise click.UsageError("Give either AGREEMENT_ID or --pair.")
    if year is not None and pair is None:
        raise click.UsageError("--year goes with --pair.")
    from coopsim.analysis.explain import explain as explanation_of
    from coopsim.results import Results

    results = Results.load(folder)
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


def _terms(explanation: Explanation) -> Any:
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
    from coopsim.analysis.names import state_names

    first_year, last_year = results.manifest["start_year"] + 1, results.manifest["last_year"]
    if year is not None and not first_year <= year <= last_year and not (held["signed"] == year).any():
        raise ConfigError(f"--year {year} is not allowed: must be a simulated year in [{first_year}, {last_year}]")
    columns = ["id", "signed", "topic", "activity", "renewals", "ended", "end_reason"]
    rows = held.sort_values("signed")[columns].astype(object).where(held[columns].notna(), None)
    if as_json:
        print_json({"pair": list(states), "year": year, "explanations": [],
                    "agreements": rows.to_dict("records")})
        return
    names = state_names(results)
    pair = f"{names[states[0]]} and {names[states[1]]}"
    screen = console()
    if year is not None:
        screen.print(f"{pair} signed no agreement in {year}.")
    if rows.empty:
        screen.print(f"{pair} have no bilateral agreement in these results ({first_year - 1}–{last_year}).")
        return
    screen.print("Their bilateral agreements; explain one by its id:\n")
    cells = [["in force" if c == "ended" and v is None else "" if v is None else v for c, v in row.items()]
             for row in rows.to_dict("records")]
    screen.print(make_table(["id", "signed", "topic", "activity", "renewals", "ended", "why"], cells,
                            right=("id", "signed", "renewals")))
