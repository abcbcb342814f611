"""From facts to a world: fill the columns, found the organisations, sign the agreements already in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from coopsim.errors import ConfigError
from coopsim.param import nearest
from coopsim.rng import Stream
from coopsim.world import initial
from coopsim.world.activities import ACTIVITIES, AGENCY, CULTURE, MINISTRY, MIX, OTHER_TOPICS
from coopsim.world.agreements import NEVER
from coopsim.world.chronology import chronology, facts_of_year
from coopsim.world.column import Floats
from coopsim.world.dyads import Dyads
from coopsim.world.facts import Facts
from coopsim.world.founding import found_organisations, no_organisations
from coopsim.world.history import begin, founding_treaty
from coopsim.world.initial import InitialParams
from coopsim.world.organisations import InternationalOrganisations
from coopsim.world.states import States
from coopsim.world.synthetic import synthetic_facts
from coopsim.world.tables import real_facts
from coopsim.world.world import World

# Reference interest for placing missions: defaults of MODEL M1. Embassies are facts of the starting world, so
# they must not move when a scenario changes how interest works.
REFERENCE_MEMORY_WEIGHT = 0.8  # MODEL M13: how far hostile memory depresses trust
REFERENCE_INTEREST = {"base": -0.8, "mass": 1.8, "proximity": 0.6, "affinity": 0.8}


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """Which states: all real ones, some real ones, or synthetic ones.

    With `history`, states and organisations enter in the years in which they did, and `data` may name a folder with
    the user's own dated tables.
    """

    codes: tuple[str, ...] | None = None
    synthetic: int = 0
    organisations: int = 0
    languages: int = 6
    history: bool = False
    data: str = ""


def facts_for(spec: WorldSpec, stream: Stream) -> Facts:
    """Return the facts that a `WorldSpec` asks for.

    Raises
    ------
    ConfigError
        If it names a state that the tables do not have.
    """
    if spec.synthetic:
        return synthetic_facts(spec.synthetic, spec.languages, stream)
    facts = real_facts()
    if spec.history:  # organisations in the order in which they are founded
        facts = facts.with_bodies(np.argsort(facts.io_founded, kind="stable"))
    if spec.codes is None:
        return facts
    known = {str(code): row for row, code in enumerate(facts.iso3)}
    for code in spec.codes:
        if code not in known:
            raise ConfigError(f"world.states: '{code}' is no ISO 3166-1 alpha-3 code of the 195 states"
                              f"{nearest(code, list(known)) if len(code) == 3 else ''}")
    return facts.subset(np.array([known[code] for code in sorted(spec.codes)], dtype=np.int64))


def build_world(spec: WorldSpec, settings: InitialParams, year: int, stream: Stream) -> World:
    """Build the world at the start of `year`.

    Parameters
    ----------
    spec : WorldSpec
    settings : InitialParams
    year : int
        First simulated year; agreements in force were signed before it.
    stream : Stream
        Randomness of the starting world.
    """
    facts = facts_for(spec, stream)
    if spec.history:
        dated = chronology(facts, year, spec.data)
        facts = facts_of_year(facts, dated, year, spec.data)
    states = _states(facts, settings, stream)
    world = World(
        year=year,
        states=states,
        dyads=_dyads(facts, states.traits),
        organisations=no_organisations(),
        international=_international(facts),
        language_codes=facts.language_codes,
        religions=facts.religion_names,
        variants=settings.variants,
        event_orientation=settings.event_orientation,
        spent=False,
    )
    _complete_dyads(world, settings)
    world.organisations = found_organisations(facts, world.states, spec.organisations, stream)
    if spec.history:
        world.remember_reference()
        world = begin(world, dated, stream)
    _found_bodies(world)
    if spec.history and dated.ties is not None:
        _sign_known_agreements(world, stream)
    elif settings.density > 0 and world.size > 1:
        _sign_initial_agreements(world, settings, stream)
    world.remember_reference()
    return world


def _states(facts: Facts, settings: InitialParams, stream: Stream) -> States:
    size = len(facts.iso3)
    income = initial.income_index(facts.population, facts.gdp)
    capacity = initial.initial_capacity(income, facts.gdp, facts.heritage_sites, facts.literacy)
    knowledge = initial.initial_knowledge(facts.literacy, facts.school_life)
    known = float(settings.activism == "data")
    activism = initial.lasting_activism(
        known * facts.activism_score, known * facts.activism_reliability,
        settings.activism_spread if settings.activism != "ones" else 0.0, stream.normal("activism", size),
    )
    zeros = np.zeros(size)
    return States(
        iso3=facts.iso3.copy(),
        name=facts.name.copy(),
        region=facts.region.copy(),
        subregion=facts.subregion.copy(),
        north=facts.north.copy(),
        latitude=facts.latitude.copy(),
        longitude=facts.longitude.copy(),
        population=facts.population.copy(),
        gdp=facts.gdp.copy(),
        income=income,
        ideal_point=facts.ideal_point.copy(),
        activism=activism,
        campaign=zeros.copy(),
        pull=zeros.copy(),
        partners=np.zeros((size, (size + 63) // 64), dtype=np.uint64),
        shared_pull=zeros.copy(),
        activity=np.ones(size),
        capacity=capacity,
        investment=np.zeros((size, 3)),
        compliance=np.zeros((size, 3)),
        institutions=zeros.copy(),
        knowledge=knowledge,
        languages=facts.languages.copy(),
        main_language=_main_language(facts.official),
        digital_access=np.clip(facts.internet, 0, 1),
        arms_length=np.clip(facts.arms_length, 0, 1),
        autonomy=np.clip(facts.autonomy, 0, 1),
        need=1 - (capacity.mean(axis=1) + knowledge) / 2,
        austerity=np.ones(size),
        budget=zeros.copy(),
        dues=zeros.copy(),
        dose_cost=np.ones(size),
        exited=np.zeros(size, dtype=bool),
        event_reach=np.ones(size),
        reciprocity=zeros.copy(),
        traits=_traits(facts.subregion, settings, stream),
        knowledge_investment=zeros.copy(),
        departures=zeros.copy(),
        stayers=zeros.copy(),
        returnees=zeros.copy(),
        recent_exit=zeros.copy(),
        barrier_floor=zeros.copy(),
        assistance_received=zeros.copy(),
        assistance_fields=np.zeros((size, 3)),
    )


def _main_language(official: NDArray[np.bool_]) -> NDArray[np.int64]:
    spread = np.where(official, official.sum(axis=0)[None, :], -1)
    main = np.argmax(spread, axis=1) if official.shape[1] else np.zeros(len(official), dtype=np.int64)
    return np.where(official.any(axis=1), main, -1).astype(np.int64)


def _dyads(facts: Facts, traits: NDArray[np.int64]) -> Dyads:
    size = len(facts.iso3)

    def empty() -> Floats:
        return np.zeros((size, size))

    def whole() -> Floats:
        return np.ones((size, size)) - np.eye(size)

    def none() -> NDArray[np.bool_]:
        return np.zeros((size, size), dtype=bool)

    official = facts.official.astype(np.float64)
    common_language = (official @ official.T > 0) & ~np.eye(size, dtype=bool)
    religion = np.clip(facts.religions @ facts.religions.T, 0, 1)
    np.fill_diagonal(religion, 0.0)
    colonial = facts.ruled | facts.ruled.T
    same_subregion = facts.subregion[:, None] == facts.subregion[None, :]
    return Dyads(
        distance=initial.great_circle(facts.latitude, facts.longitude),
        contiguous=facts.contiguous.copy(),
        common_language=common_language,
        religion=religion,
        colonial=colonial,
        ruled=facts.ruled.copy(),
        history=initial.shared_history(common_language, religion, colonial, same_subregion, facts.contiguous),
        practice=shared_practice(traits),
        joint=empty(),
        discovered=whole(),
        commonality=empty(),
        perceived=empty(),
        affinity=empty(),
        interest=0.5 * whole(),
        interest_shift=empty(),
        trust=empty(),
        trust_baseline=empty(),
        memory=facts.memory.copy(),
        incident=none(),
        understanding=empty(),
        understanding_baseline=empty(),
        missions=none(),
        reach=whole(),
        facilitation=np.ones((size, size)),
        programme_reach=whole(),
        agreement=np.full((size, size), NEVER, dtype=np.int32),
        comembership=empty(),
        spending_ministry=empty(),
        spending_agency=empty(),
        spending_private=empty(),
        dose=np.zeros((len(ACTIVITIES), size, size)),
        distrust=empty(),
        trust_dose=empty(),
        understanding_dose=empty(),
        contact=empty(),
        language_overlap=initial.language_overlap(facts.languages),
        event_boost=np.ones((size, size)),
        taught=empty(),
        flows=np.zeros((3, size, size)),
        stock=empty(),
        diaspora=empty(),
        host_contact=empty(),
        virtual=empty(),
        barrier=empty(),
        trade=empty(),
        other_treaties=np.zeros((len(OTHER_TOPICS), size, size)),
        settled=none(),
        open_claim=none(),
    )


def _traits(subregion: NDArray[np.str_], settings: InitialParams, stream: Stream) -> NDArray[np.int64]:
    """Draw practices, shape (S, F): half of a state's follow the prototype of its subregion."""
    size, features = len(subregion), settings.features
    _, region = np.unique(subregion, return_inverse=True)
    prototype = _whole(stream.uniform("prototype", (int(region.max()) + 1, features)), settings.variants)
    own = _whole(stream.uniform("trait", (size, features)), settings.variants)
    follows = stream.uniform("follows", (size, features)) < 0.5
    return np.where(follows, prototype[region], own).astype(np.int64)


def shared_practice(traits: NDArray[np.int64]) -> Floats:
    """Return the share of equal traits, shape (S, S); zero diagonal."""
    size, features = traits.shape
    practice = np.zeros((size, size))
    for k in range(features):
        practice += traits[:, k][:, None] == traits[:, k][None, :]
    practice /= features
    np.fill_diagonal(practice, 0.0)
    return practice


def _whole(uniform: Floats, number: int) -> NDArray[np.int64]:
    return (uniform * number).astype(np.int64)


def _complete_dyads(world: World, settings: InitialParams) -> None:
    """Fill the columns that follow from others by formula."""
    states, dyads = world.states, world.dyads
    dyads.commonality = 0.5 * dyads.history + 0.5 * dyads.practice
    dyads.perceived = dyads.commonality.copy()
    dyads.affinity = np.exp(-initial.political_distance(states.ideal_point))
    np.fill_diagonal(dyads.affinity, 0.0)
    dyads.trust_baseline = initial.structural_trust(states.ideal_point, dyads.history, states.income)
    dyads.trust = dyads.trust_baseline * (1 - REFERENCE_MEMORY_WEIGHT * dyads.memory)
    dyads.understanding_baseline = initial.structural_understanding(dyads.commonality, dyads.language_overlap)
    dyads.understanding = dyads.understanding_baseline.copy()
    interest = initial.strategic_interest(
        states.gdp, dyads.distance, states.ideal_point, dyads.interest_shift, **REFERENCE_INTEREST
    )
    _open_missions(world, interest + 0.15 * dyads.history, settings.mission_scale)


def _open_missions(world: World, pull: Floats, scale: float) -> None:
    counts = initial.mission_counts(world.states.gdp, world.states.mean_capacity, scale)
    attractive = pull - np.diag(np.full(world.size, np.inf))
    order = np.argsort(-attractive, axis=1, kind="stable")
    world.dyads.missions = np.zeros((world.size, world.size), dtype=bool)
    np.put_along_axis(world.dyads.missions, order, np.arange(world.size) < counts[:, None], axis=1)


def _international(facts: Facts) -> InternationalOrganisations:
    number = len(facts.io_id)
    return InternationalOrganisations(
        id=facts.io_id.copy(),
        name=facts.io_name.copy(),
        kind=facts.io_kind.copy(),
        founded=facts.io_founded.copy(),
        grant=np.zeros(number),
        budget=np.zeros(number),
        fields=facts.io_fields.copy(),
        treaty=np.zeros(number, dtype=np.int64),
        members=facts.members.copy(),
    )


def _found_bodies(world: World) -> None:
    """Enter the founding treaties of the international organisations and their members into the ledger."""
    international = world.international
    for row in range(len(international)):
        international.treaty[row] = treaty = founding_treaty(world, row)
        # The year of accession is not known for most; -1 says so.
        world.agreements.join(treaty, np.flatnonzero(international.members[row]), NEVER)


def _sign_initial_agreements(world: World, settings: InitialParams, stream: Stream) -> None:
    """Draw which pairs have an agreement in force at the start, and since when."""
    states, dyads = world.states, world.dyads
    a, b = world.pairs
    log_odds = initial.agreement_propensity(
        states.population, states.gdp, dyads.distance, dyads.common_language, dyads.colonial,
        states.ideal_point, states.activism,
    ).take(a * world.size + b)
    chance = expit(log_odds + initial.intercept_for(log_odds, settings.density))
    signs = stream.uniform("initial agreement", len(a)) < chance
    a, b, pair = a[signs], b[signs], np.flatnonzero(signs)
    age = 1 + _whole(stream.uniform_at("initial age", pair), settings.oldest_agreement)
    _enter_agreements(world, a, b, pair, world.year + 1 - age, stream)


def _sign_known_agreements(world: World, stream: Stream) -> None:
    """Enter the agreements that the user's file knows of, each with the year of its last signature."""
    assert world.timeline is not None
    assert world.timeline.dated.ties is not None
    place = np.full(world.timeline.atlas.size, NEVER, dtype=np.int64)
    place[world.timeline.present] = np.arange(world.size)
    a, b, signed = world.timeline.dated.ties.T
    both = (place[a] >= 0) & (place[b] >= 0)
    a, b = place[a[both]], place[b[both]]
    _enter_agreements(world, a, b, a * world.size + b, signed[both], stream)


def _enter_agreements(
    world: World, a: NDArray[np.int64], b: NDArray[np.int64], pair: NDArray[np.int64], signed: NDArray[np.int64],
    stream: Stream,
) -> None:
    states = world.states
    share = states.activism[a] / (states.activism[a] + states.activism[b])
    initiator = np.where(stream.uniform_at("initial initiator", pair) < share, a, b)
    below = leading_chances(states.arms_length)[initiator]
    activity = (stream.uniform_at("initial activity", pair)[:, None] > below).sum(axis=1)
    world.conclude(world.agreements.sign_bilateral(
        a, b, year=signed, initiator=initiator, activity=activity, topic=CULTURE
    ))


UP_TO = np.cumsum(MIX, axis=1)[:, :-1]  # of each kind: the share of its activities up to one, the last left out


def leading_chances(arms_length: Floats) -> Floats:
    """Return the chance that an agreement leads with an activity up to each one, the last left out, by initiator.

    It follows the mix of the initiator's two public channels; shape (S, 4).
    """
    share = arms_length[:, None]
    return np.asarray((1 - share) * UP_TO[MINISTRY] + share * UP_TO[AGENCY])
