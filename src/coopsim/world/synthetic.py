"""Synthetic states of any number, for teaching and scaling (MODEL 3.5, `toy`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coopsim.rng import Stream
from coopsim.world.column import Bools
from coopsim.world.facts import Facts
from coopsim.world.initial import great_circle, income_index
from coopsim.world.organisations import IO_KINDS

EMPIRES, COLONIES, NEIGHBOURS, REGIONS, RELIGIONS = 3, 5, 3, 4, 4


def synthetic_facts(size: int, languages: int, stream: Stream) -> Facts:
    """Draw the facts of `size` states that speak `languages` languages.

    ln P ~ N(2, 1.5) (million), ln(Y/P) ~ N(ln 12,000, 1), positions uniform on the sphere, languages by Zipf's
    law with 15 % bilingual states, religions Dirichlet(.3), ideal points N(0, 1), three former empires with up
    to five colonies each, borders with the three nearest, four regional organisations by k-means on positions.
    """
    draw = stream.generator("facts")
    population = np.exp(draw.normal(2.0, 1.5, size))
    gdp = population * np.exp(draw.normal(np.log(12_000), 1.0, size))
    latitude = np.degrees(np.arcsin(draw.uniform(-1, 1, size)))
    longitude = draw.uniform(-180, 180, size)
    ideal_point = draw.normal(0, 1, size)
    religions = draw.dirichlet(np.full(RELIGIONS, 0.3), size)
    official = _official_languages(size, languages, draw)
    income = income_index(population, gdp)

    distance = great_circle(latitude, longitude)
    ruled = np.zeros((size, size), dtype=bool)
    empires = np.argsort(-gdp)[: min(EMPIRES, size // 2)]
    others = draw.permutation(np.setdiff1d(np.arange(size), empires))
    for rank, empire in enumerate(empires):
        ruled[others[rank * COLONIES : (rank + 1) * COLONIES], empire] = True

    region = _regions(latitude, longitude, min(REGIONS, size), draw)
    shared = int(np.argmax(official.sum(axis=0)))
    members = [np.ones(size, dtype=bool), *(region == k for k in range(region.max() + 1)), official[:, shared]]
    names = ["WORLD", *(f"REGION{k + 1}" for k in range(region.max() + 1)), "LANGUAGE"]
    kinds = ["universal", *(["regional"] * (region.max() + 1)), "language"]
    keep = [k for k, who in enumerate(members) if who.sum() >= 2]

    width = max(2, len(str(size)))
    second = np.where(np.arange(languages) == shared, 0.25, 0.01)
    skills = np.maximum(
        np.where(official, np.where(official.sum(axis=1, keepdims=True) > 1, 0.6, 0.9), 0.0),
        second[None, :] * (0.4 + 0.6 * income[:, None]),
    )
    return Facts(
        iso3=np.array([f"S{k + 1:0{width}d}" for k in range(size)]),
        name=np.array([f"State {k + 1}" for k in range(size)]),
        region=np.array([f"Region {k + 1}" for k in region]),
        subregion=np.array([f"Region {k + 1}" for k in region]),
        north=income > np.median(income),
        latitude=latitude,
        longitude=longitude,
        population=population,
        gdp=gdp,
        literacy=np.clip(0.60 + 0.45 * income, 0, 0.995),
        school_life=8 + 9 * income,
        internet=np.clip(0.15 + 0.8 * income, 0, 1),
        heritage_sites=np.floor(draw.poisson(1 + 5 * income)).astype(np.float64),
        ideal_point=ideal_point,
        arms_length=np.where(draw.random(size) < 0.2, 0.5, 0.0),
        autonomy=np.full(size, 0.8),
        activism_score=np.zeros(size),
        activism_reliability=np.zeros(size),
        language_codes=tuple(f"l{k + 1}" for k in range(languages)),
        languages=skills,
        official=official,
        religion_names=tuple(f"religion {k + 1}" for k in range(RELIGIONS)),
        religions=religions,
        contiguous=_nearest_neighbours(distance, min(NEIGHBOURS, size - 1)),
        ruled=ruled,
        memory=np.zeros((size, size)),
        io_id=np.array([names[k] for k in keep], dtype=str),
        io_name=np.array([names[k].title() for k in keep], dtype=str),
        io_kind=np.array([IO_KINDS.index(kinds[k]) for k in keep], dtype=np.int64),
        io_founded=np.full(len(keep), 1945, dtype=np.int64),
        io_fields=np.zeros((len(keep), 3)),
        members=np.array([members[k] for k in keep], dtype=bool).reshape(len(keep), size),
    )


def _official_languages(size: int, languages: int, draw: np.random.Generator) -> Bools:
    weight = 1.0 / np.arange(1, languages + 1)
    weight /= weight.sum()
    official = np.zeros((size, languages), dtype=bool)
    official[np.arange(size), draw.choice(languages, size, p=weight)] = True
    bilingual = draw.random(size) < 0.15
    official[np.flatnonzero(bilingual), draw.choice(languages, int(bilingual.sum()), p=weight)] = True
    return official


def _nearest_neighbours(distance: NDArray[np.float64], number: int) -> Bools:
    size = len(distance)
    contiguous = np.zeros((size, size), dtype=bool)
    if number > 0:
        away = distance + np.diag(np.full(size, np.inf))
        nearest = np.argpartition(away, number - 1, axis=1)[:, :number]
        contiguous[np.arange(size)[:, None], nearest] = True
    return contiguous | contiguous.T


def _regions(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], number: int, draw: np.random.Generator
) -> NDArray[np.int64]:
    """K-means on the sphere, until nobody changes region; at these sizes twenty rounds are enough."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    place = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
    centre = place[draw.permutation(len(place))[:number]]
    label = np.full(len(place), -1)
    for _ in range(20):
        before, label = label, np.argmax(place @ centre.T, axis=1)
        if np.array_equal(before, label):
            break
        for k in range(number):
            if (label == k).any():
                mean = place[label == k].mean(axis=0)
                centre[k] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
