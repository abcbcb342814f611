"""Words for codes."""

from coopsim.results.results import Results


def state_names(results: Results) -> dict[str, str]:
    """Return the names of the states by ISO code."""
    first = results.states.drop_duplicates("iso3")
    return dict(zip(first["iso3"], first["name"], strict=True))
