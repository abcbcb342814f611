"""Words for codes."""

from coopsim.analysis.again import config_of
from coopsim.analysis.words import the
from coopsim.errors import ResultsError
from coopsim.results.results import Results
from coopsim.rng import Streams
from coopsim.world.build import facts_for


def state_names(results: Results) -> dict[str, str]:
    """Return the names of the states by ISO code."""
    first = results.states.drop_duplicates("iso3")
    return dict(zip(first["iso3"], first["name"], strict=True))


def names_in_sentences(results: Results) -> dict[str, str]:
    """Return the names of the states by ISO code, with "the" where a sentence needs it."""
    return {code: the(name) for code, name in state_names(results).items()}


def organisation_names(results: Results) -> dict[str, str]:
    """Return the names of the international organisations by id; empty if this version cannot rebuild the world."""
    try:
        config = config_of(results)
    except ResultsError:
        return {}
    facts = facts_for(config.world, Streams(int(results.manifest["seed"]))("world", config.start_year))
    return {str(code): str(name) for code, name in zip(facts.io_id, facts.io_name, strict=True)}


def agreement_names(results: Results) -> dict[int, str]:
    """Return the names of conventions, and of the organisations that treaties founded, by id of the agreement.

    The ledger numbers conventions in the order of the conferences that adopted them, and founding treaties in the
    order of the organisations.
    """
    ledger, events = results.agreements, results.events
    conventions = ledger.loc[ledger["form"] == "convention", "id"]
    conferences = events.loc[events["kind"] == "conference", "who"]
    founding = ledger.loc[ledger["form"] == "multilateral", "id"]
    pairs = [*zip(conventions, conferences, strict=False), *zip(founding, organisation_names(results).values(),
                                                               strict=False)]
    return {int(row): str(name) for row, name in pairs}
