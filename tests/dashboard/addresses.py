"""Strategies for addresses of the dashboard."""

import string
from dataclasses import replace

from hypothesis import strategies as st

from coopsim.config import GROUPS
from coopsim.dashboard.address import HIGHEST_SEED, Address
from coopsim.interventions import KINDS
from coopsim.mechanisms import MECHANISMS, PRESETS


def value_of(spec):
    """A strategy for a value that a parameter takes."""
    if spec.choices:
        return st.sampled_from(spec.choices)
    if isinstance(spec.default, bool):
        return st.booleans()
    low, high = spec.plausible or spec.bounds
    return st.integers(int(low), int(high)) if isinstance(spec.default, int) else st.floats(low, high)


PARAMETERS = {
    f"{group}.{name}": spec for group, kind in GROUPS.items() for name, spec in kind.specs().items()
}
pairs = st.sampled_from(sorted(PARAMETERS)).flatmap(lambda key: value_of(PARAMETERS[key]).map(lambda v: (key, v)))
switches = st.tuples(st.sampled_from(sorted(MECHANISMS)).map(lambda name: f"mechanisms.{name}"), st.booleans())
presets = st.sampled_from(sorted(PRESETS)).map(lambda name: ("preset", name))
synthetic = st.fixed_dictionaries({"states": st.integers(5, 60)}, optional={"languages": st.integers(1, 9)}).map(
    lambda table: ("world.synthetic", table)
)
codes = st.lists(st.sampled_from(["FRA", "DEU", "ITA", "NOR", "TRUE", "INF"]), min_size=1, max_size=4, unique=True)
real = codes.filter(lambda found: not {"TRUE", "INF"} & set(found)).map(lambda found: ("world.states", found))
values = st.lists(st.one_of(pairs, switches, presets, synthetic | real), max_size=8,
                  unique_by=lambda entry: entry[0].removesuffix("synthetic").removesuffix("states"))
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=20).filter(str.strip)
changes = st.lists(
    st.one_of(
        st.builds(lambda who, year, factor: {"kind": "budget", "year": year, "who": who, "factor": factor},
                  codes | st.just("all"), st.integers(2026, 2050), st.floats(0, 3)),
        st.builds(lambda name, year: {"kind": "convention", "year": year, "name": name, "topic": "heritage"},
                  names, st.integers(2026, 2050)),
        st.builds(lambda value: {"kind": "set_parameter", "year": 2031, "parameter": "trust.gain", "value": value},
                  st.floats(0, 1)),
    ).map(lambda table: KINDS[table["kind"]].from_mapping(table, "test")),
    max_size=3,
).map(tuple)
focus = st.fixed_dictionaries({}, optional={
    "state": st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=8),
    "agreement": st.integers(0, 999_999).map(str), "lesson": st.just("who-signs-first"), "view": st.just("presenter"),
    "form": st.sampled_from(["agreements", "projects", "conventions"]), "layout": st.sampled_from(["map", "web"]),
}).map(lambda found: tuple(found.items()))


@st.composite
def addresses(draw, arms=True):
    address = Address(
        draw(st.sampled_from(["", "state", "compare"])), draw(st.sampled_from(["baseline", "classroom"])),
        tuple(draw(values)), draw(changes), draw(st.integers(0, HIGHEST_SEED)), None, draw(focus),
        tuple(replace(arm, page="", focus=()) for arm in draw(st.lists(addresses(arms=False), max_size=2))) if arms
        else (),
    )
    return replace(address, year=draw(st.none() | st.integers(2025, 2050)))
