"""Ask an agent of a running model: what it holds, and what it answers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from coopsim.dashboard.text import say
from coopsim.model import CoopModel
from coopsim.world.activities import FIELDS

KINDS = ("state", "organisation", "international")
MOST = 400  # agents on offer
FEW = 6


class Seen(NamedTuple):
    """What is seen of an agent.

    Attributes
    ----------
    title : str
    sentences : tuple of str
        Its answers.
    facts : tuple of (str, str)
        What it holds.
    """

    title: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def options(model: CoopModel, kind: str) -> list[dict[str, Any]]:
    """Return the agents of a kind as options of a choice."""
    if kind == "state":
        named = sorted(model.state_list, key=lambda agent: str(agent.name))
        return [{"value": str(agent.iso3), "text": f"{agent.name} ({agent.iso3})"} for agent in named]
    agents: list[Any] = model.organisation_list if kind == "organisation" else model.international_list
    return [{"value": str(agent.row), "text": str(agent.name)} for agent in agents[:MOST]]


def look(model: CoopModel, kind: str, which: str) -> Seen:
    """Return what is seen of an agent; `which` is a code for a state and a row for others."""
    if kind == "state":
        return _state(model, which)
    return _organisation(model, int(which)) if kind == "organisation" else _international(model, int(which))


def _state(model: CoopModel, code: str) -> Seen:
    agent, year = model.states[code], model.year
    rows = model.world.agreements.rows
    mine = (rows["a"] == agent.row) | (rows["b"] == agent.row)

    def others(chosen: Any) -> str:
        found = [rows["b"][k] if rows["a"][k] == agent.row else rows["a"][k] for k in np.flatnonzero(mine & chosen)]
        return ", ".join(str(model.state_list[row].name) for row in found) or say("common.none")

    closest = ", ".join(f"{other.name} ({agent.trusts(other):.2f})" for other in agent.closest(FEW))
    said = (
        say("live.state_signed", year=year, who=others(rows["signed"] == year)),
        say("live.state_ended", year=year, who=others(rows["ended"] == year)),
        say("live.state_closest", who=closest),
    )
    facts = [
        (say("live.fact_partners"), str(agent.degree)),
        (say("live.fact_region"), str(agent.region)),
        (say("live.fact_population"), say("live.million", number=f"{agent.population:,.1f}")),
        (say("live.fact_income"), f"{agent.income:.2f}"),
        (say("live.fact_ideal"), f"{agent.ideal_point:+.2f}"),
        (say("live.fact_activism"), f"{agent.activism:.2f}"),
        *((say(f"live.fact_{field}"), f"{value:.2f}") for field, value in zip(FIELDS, agent.capacity, strict=True)),
        (say("live.fact_knowledge"), f"{agent.knowledge:.2f}"),
        (say("live.fact_budget"), say("live.million_dollars", number=f"{agent.budget:,.1f}")),
        (say("live.fact_organisations"), str(len(agent.organisations()))),
    ]
    return Seen(f"{agent.name} ({code})", said, tuple(facts))


def _organisation(model: CoopModel, row: int) -> Seen:
    agent = model.organisation_list[row]
    said = (say("live.organisation_says", kind=agent.kind, home=agent.home.name, founded=int(agent.founded)),)
    facts = (
        (say("live.fact_capacity"), f"{agent.capacity:.2f}"),
        (say("live.fact_budget"), say("live.million_dollars", number=f"{agent.budget:,.2f}")),
        (say("live.fact_partners"), str(agent.partners)),
        (say("live.fact_projects"), str(agent.projects)),
    )
    return Seen(str(agent.name), said, facts)


def _international(model: CoopModel, row: int) -> Seen:
    agent = model.international_list[row]
    members = agent.members()
    names = ", ".join(str(member.name) for member in members[:FEW])
    said = (say("live.international_says", kind=agent.kind, number=len(members), names=names),)
    facts = ((say("live.fact_budget"), say("live.million_dollars", number=f"{agent.budget:,.1f}")),)
    return Seen(str(agent.name), said, facts)
