"""Measures of the world of today and of its twins: one function per fact."""

from __future__ import annotations

import numpy as np

from coopsim.validation.samples import Pair, Run, Twins
from coopsim.validation.statistics import least_squares, poisson, within
from coopsim.world.activities import ASSISTANCE, EDUCATION
from coopsim.world.column import Bools, Floats

SETTLED = slice(21, 31)  # years in which a run has forgotten its start


def late(run: Run, name: str) -> float:
    """Return the mean of an indicator over years 21 to 30."""
    return float(run.series[name][SETTLED].mean())


def signatures(run: Run) -> float:
    """Return signatures a year after the first decade."""
    return float(run.series["signed"][11:].mean())


def culture_share_of_treaties(run: Run) -> float:
    """Return new cultural agreements per new treaty of any topic."""
    culture, other = run.series["signed"][1:].sum(), run.series["other_treaties"][1:].sum()
    return float(culture / (culture + other))


def degree_gini(run: Run) -> float:
    """Return gini coefficient of partners."""
    return late(run, "degree_gini")


def assortativity(run: Run) -> float:
    """Return degree assortativity."""
    return late(run, "assortativity")


def lapse_share(run: Run) -> float:
    """Return agreements lapsed a year per agreement in force, after the first decade."""
    return float(run.series["lapsed"][11:].sum() / run.series["agreements"][11:].sum())


def largest_reach(run: Run) -> float:
    """Return share of the other states that the best connected is tied to, years 21 to 30."""
    return late(run, "max_degree") / (run.world.size - 1)


def gain_of_the_top(run: Run) -> float:
    """Return partners that the best connected state has more after ten years, per year."""
    return float((run.series["max_degree"][10] - run.series["max_degree"][0]) / 10)


def activism_is_not_power(run: Run) -> float:
    """Return correlation of partners with log GDP."""
    degree = run.world.dyads.tied.sum(axis=1)
    return float(np.corrcoef(degree, np.log(run.world.states.gdp))[0, 1])


def assistance_share(run: Run) -> float:
    """Return share of assistance in programmes."""
    return late(run, "share_assistance")


def negotiation_share(run: Run) -> float:
    """Return share of support to negotiations in programmes."""
    return late(run, "share_negotiation")


def order_of_activities(run: Run) -> float:
    """Return least of mobility, events and education, less assistance: above 0 if assistance comes fourth."""
    least = min(late(run, f"share_{name}") for name in ("mobility", "events", "education"))
    return least - late(run, "share_assistance")


def heritage_adopters(run: Run, year: int) -> float:
    """Return share of states party to the convention of the 1972 type after some years."""
    return float(run.series["adoption_heritage"][year])


def heritage_10(run: Run) -> float:
    """Return parties after 10 years."""
    return heritage_adopters(run, 10)


def heritage_15(run: Run) -> float:
    """Return parties after 15 years."""
    return heritage_adopters(run, 15)


def heritage_20(run: Run) -> float:
    """Return parties after 20 years."""
    return heritage_adopters(run, 20)


def heritage_30(run: Run) -> float:
    """Return parties after 30 years."""
    return heritage_adopters(run, 30)


def heritage_50(run: Run) -> float:
    """Return parties after 50 years."""
    return heritage_adopters(run, 50)


def diversity_5(run: Run) -> float:
    """Return parties to the convention of the 2005 type after 5 years."""
    return float(run.series["adoption_diversity"][5])


def diversity_11(run: Run) -> float:
    """Return parties after 11 years."""
    return float(run.series["adoption_diversity"][11])


def diversity_18(run: Run) -> float:
    """Return parties after 18 years."""
    return float(run.series["adoption_diversity"][18])


def members_absent(run: Run) -> float:
    """Return members absent from the universal organisation, mean over the run."""
    return float(run.series["members_absent"][1:].mean())


def length_of_absence(run: Run) -> float:
    """Return years of absence per return; NaN if nobody came back."""
    returns = run.series["returns"].sum()
    return float(run.series["members_absent"].sum() / returns) if returns else float("nan")


def dues_of_eight(run: Run) -> float:
    """Return share of the eight largest payers in all dues."""
    dues = np.sort(run.kept["dues"])
    return float(dues[-8:].sum() / dues.sum())


def students_abroad(run: Run) -> float:
    """Return students abroad after the first year, million."""
    return float(run.series["mobile_students"][1] / 1e6)


def north_hosts(run: Run) -> float:
    """Return share of students abroad who are in the north."""
    return late(run, "north_share_of_hosts")


def top_hosts(run: Run) -> float:
    """Return share of students abroad in the five largest hosts."""
    return late(run, "top5_host_share")


def poor_leave_more(run: Run) -> float:
    """Return students leaving per head: lowest third of capacity over the highest."""
    states = run.world.states
    rate, capacity = run.kept["flows"].sum(axis=1) / states.population, run.kept["capacity"]
    low, high = np.quantile(capacity, (1 / 3, 2 / 3))
    below, above = capacity <= low, capacity >= high
    return float(np.average(rate[below], weights=states.population[below])
                 / np.average(rate[above], weights=states.population[above]))


def stay_share(run: Run) -> float:
    """Return share of people abroad who stay for good."""
    return late(run, "stay_share")


def _trade_effect(run: Run, language: Floats) -> float:
    world = run.world
    trade, distance = run.kept["trade"], world.dyads.distance
    exporter, importer = np.nonzero(trade > 0)
    columns = np.column_stack([
        np.log(trade[exporter, importer]), language[exporter, importer],
        np.log(np.maximum(distance, 200.0))[exporter, importer], world.dyads.colonial[exporter, importer],
    ])
    left = within(columns, exporter, importer)
    return float(least_squares(left[:, 0], left[:, 1:])[0])


def language_raises_trade(run: Run) -> float:
    """Return effect of a common official language on log trade in cultural goods, exporter and importer effects."""
    return _trade_effect(run, run.world.dyads.common_language.astype(np.float64))


def all_languages_raise_trade(run: Run) -> float:
    """Return effect of full understanding of each other's languages, over that of a common official language."""
    return _trade_effect(run, run.kept["language_overlap"]) / language_raises_trade(run)


def south_exports(run: Run) -> float:
    """Return share of the south in exports of cultural goods."""
    return late(run, "trade_south_share")


def top_exporter(run: Run) -> float:
    """Return share of the largest exporter of cultural goods."""
    return late(run, "trade_top_exporter")


def institutes_and_students(run: Run) -> float:
    """Return the elasticity of students hosted to the number of states in which one teaches much, size held equal."""
    world = run.world
    taught = world.dyads.taught
    places = (taught > np.median(taught[taught > 0])).sum(axis=1)
    hosted = world.dyads.stock.sum(axis=0)
    known = (places > 0) & (hosted > 0)
    x = np.column_stack([np.log(places[known]), np.log(world.states.gdp[known])])
    return float(least_squares(np.log(hosted[known]), x)[0])


def teaching_and_hosts(run: Run) -> float:
    """Return the elasticity of what China teaches in a state, in money, to the GDP of the state."""
    states = run.world.states
    home = states.iso3.tolist().index("CHN")
    host = np.arange(run.world.size) != home
    worth = run.world.dyads.taught[home] * states.dose_cost
    return float(poisson(worth[host], np.log(states.gdp[host])[:, None])[0])


def missions_of_large_states(run: Run) -> float:
    """Return mean number of missions of the 42 largest economies."""
    largest = np.argsort(-run.world.states.gdp)[:42]
    return float(run.world.dyads.missions[largest].sum(axis=1).mean())


def most_missions(run: Run) -> float:
    """Return largest network of missions."""
    return float(run.world.dyads.missions.sum(axis=1).max())


def assistance_to_the_south(run: Run) -> float:
    """Return money for assistance from north to south over the GDP of the north, per 10,000."""
    states = run.world.states
    money = run.world.dyads.dose[ASSISTANCE] * states.dose_cost[None, :]
    return float(1e4 * money[np.ix_(states.north, ~states.north)].sum() / states.gdp[states.north].sum())


def spillover_crude(run: Run) -> float:
    """Return rate of treaties on other topics, tied over untied pairs."""
    return late(run, "spillover_crude")


def spillover_stratified(run: Run) -> float:
    """Return the same among pairs alike in interest and trust."""
    return late(run, "spillover_stratified")


def practices_in_common(run: Run) -> float:
    """Return share of practices that two states have in common after fifty years."""
    return float(run.series["practice_overlap"][-1])


def _student_gravity(run: Run, term: int) -> float:
    """Return a coefficient of log flows of students: distance, language, colonial tie, GDP of host and of origin."""
    world = run.world
    flows = run.kept["flows"]
    origin, host = np.nonzero(flows > 0)
    gdp = np.log(world.states.gdp)
    x = np.column_stack([
        np.log(np.maximum(world.dyads.distance[origin, host], 1.0)), world.dyads.common_language[origin, host],
        world.dyads.colonial[origin, host], gdp[host], gdp[origin],
    ])
    return float(least_squares(np.log(flows[origin, host]), x)[term])


def students_and_distance(run: Run) -> float:
    """Return elasticity of flows of students to distance."""
    return _student_gravity(run, 0)


def students_and_language(run: Run) -> float:
    """Return effect of a common official language on log flows of students."""
    return _student_gravity(run, 1)


def students_and_empire(run: Run) -> float:
    """Return effect of a colonial tie on log flows of students."""
    return _student_gravity(run, 2)


def students_and_hosts(run: Run) -> float:
    """Return elasticity of flows of students to the GDP of the host."""
    return _student_gravity(run, 3)


# Twins


def turn_raises_assistance(twins: Twins) -> float:
    """Return share of assistance with the orientation over that without, years 11 to 20."""
    with_, without = (float(run.series["share_assistance"][11:21].mean()) for run in (twins.changed, twins.base))
    return with_ / without


def turn_sends_money_south(twins: Twins) -> float:
    """Return share of spending that goes south, with the orientation less without."""
    with_, without = (float(run.series["spending_south_share"][11:21].mean()) for run in (twins.changed, twins.base))
    return with_ - without


def money_moves_composition(twins: Twins) -> float:
    """Return change of all departures of students when public budgets triple, per cent."""
    more, usual = (float(run.series["students"][11:21].mean()) for run in (twins.changed, twins.base))
    return 100 * (more / usual - 1)


def _institutes_and_trade(run: Run) -> float:
    """Return how log trade goes with the teaching programmes of a pair; exporter and importer effects, gravity."""
    dyads = run.world.dyads
    exporter, importer = np.nonzero(dyads.trade > 0)
    taught = dyads.dose[EDUCATION] + dyads.dose[EDUCATION].T
    columns = np.column_stack([
        np.log(dyads.trade[exporter, importer]), np.log1p(taught[exporter, importer]),
        np.log(np.maximum(dyads.distance, 200.0))[exporter, importer], dyads.colonial[exporter, importer],
        dyads.common_language[exporter, importer],
    ])
    left = within(columns, exporter, importer)
    return float(least_squares(left[:, 0], left[:, 1:])[0])


def teaching_raises_trade(twins: Twins) -> float:
    """Return link of teaching programmes with log trade, with education less without."""
    return _institutes_and_trade(twins.changed) - _institutes_and_trade(twins.base)


def budget_without_payer(twins: Twins) -> float:
    """Return fall of the universal organisation's budget in the year after the largest payer left, per cent."""
    stays, leaves = (run.kept["universal_budgets"] for run in (twins.base, twins.changed))
    return 100 * (1 - leaves[2] / stays[2])


def followers(twins: Twins) -> float:
    """Return further exits within the decade after the largest payer left."""
    return float(twins.changed.series["exits"][3:13].sum() - twins.base.series["exits"][3:13].sum())


def half_of_states_join(run: Run) -> float:
    """Return years until half of the states are party to the convention of the 2003 type; NaN if not within the run."""
    reached = np.flatnonzero(np.array(run.kept["share"]) >= 0.5)
    return float(reached[0] + 1) if reached.size else float("nan")


def recovery_over_loss(pair: Pair) -> float:
    """Return half-life of the return of trust after a year of conflict over the half-life of its loss."""
    gap = pair.peace - pair.loss
    lost = gap[0] / pair.peace[0]
    if lost <= 0 or not 0 < gap[10] < gap[0]:
        return float("nan")
    return float((10 * np.log(2) / np.log(gap[0] / gap[10])) / (np.log(0.5) / np.log1p(-lost)))


def _half_way(trust: Floats, peace: Floats) -> float:
    reached: Bools = trust >= peace / 2
    return float(np.argmax(reached) + 1) if reached.any() else float(len(trust) + 1)


def reconciliation(pair: Pair) -> float:
    """Return years after a war until trust is half of what it is in peace, with joint programmes."""
    return _half_way(pair.with_programme, pair.peace)


def programmes_speed_it(pair: Pair) -> float:
    """Return years that reconciliation takes longer without joint programmes."""
    return _half_way(pair.without_programme, pair.peace) - reconciliation(pair)


def half_life_of_memory(memory: Floats) -> float:
    """Return years in which hostile memory halves if nothing is done."""
    return float((len(memory) - 1) * np.log(2) / np.log(memory[0] / memory[-1]))

