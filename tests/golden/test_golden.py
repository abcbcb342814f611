"""The baseline is what it was: a few numbers of ten years; refresh on purpose with pytest --update-golden."""

import numpy as np

from coopsim.model import CoopModel
from worlds import run, short_config


def gini(values):
    ordered = np.sort(values.astype(float))
    rank = np.arange(1, len(ordered) + 1)
    return float(((2 * rank - len(ordered) - 1) * ordered).sum() / (len(ordered) * ordered.sum()))


def summary(model):
    world = model.world
    a, b = world.pairs
    rows = world.agreements.rows
    cultural = rows[(rows["form"] == 0) & (rows["topic"] == 0)]
    degree = world.dyads.tied.sum(axis=1)
    off = ~np.eye(world.size, dtype=bool)
    return {
        "density": float(world.dyads.tied[a, b].mean()),
        "cultural agreements ever": len(cultural),
        "lapsed": int((cultural["end_reason"] == 1).sum()),
        "largest degree": int(degree.max()),
        "degree gini": gini(degree),
        "mean log hazard at signature": float(cultural["why"][cultural["signed"] > 2025].sum(axis=1).mean()),
        "mean trust": float(world.dyads.trust[off].mean()),
        "mean trust of tied": float(world.dyads.trust[world.dyads.tied].mean()),
        "mean understanding": float(world.dyads.understanding[off].mean()),
        "mean capacity": float(world.states.capacity.mean()),
        "mean knowledge": float(world.states.knowledge.mean()),
        "public money, million $": float((world.dyads.spending_ministry + world.dyads.spending_agency).sum()),
        "private money, million $": float(world.dyads.spending_private.sum()),
        "students": float(world.dyads.flows[0].sum()),
        "other treaties": int((rows["topic"] > 0).sum()),
    }


# Tolerance: the numbers are sums of up to 195^2 terms; another build of NumPy may add them in another order.


def test_ten_years_of_the_baseline_are_what_they_were(golden):
    model = CoopModel("baseline", rng=1)
    model.run_for(10)
    golden.check("baseline", summary(model), rtol=1e-9)


def test_a_small_synthetic_world_is_what_it_was(golden):
    golden.check("synthetic", summary(run(short_config(30, 10))), rtol=1e-9)
