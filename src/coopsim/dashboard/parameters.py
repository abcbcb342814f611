"""Sliders for parameters: a handful in plain words, all others as they are declared."""

from __future__ import annotations

import re
from typing import Any

from coopsim.config import GROUPS, Config
from coopsim.config.vocabulary import group_titles
from coopsim.dashboard.text import say
from coopsim.param import Spec
from coopsim.param import shown as written

# The handful, by group; words stand in the catalogue under levers.<group>.<name>.
HANDFUL: dict[str, dict[str, str]] = {
    "trust": {
        "gain": "trust.gain", "forgetting": "trust.forgetting", "weight": "bilateral.trust_weight",
        "loss": "trust.loss",
    },
    "money": {
        "effort": "budgets.effort", "private": "organisations.budget_scale", "dues": "budgets.dues_share",
        "assistance": "capacity.assistance_effect",
    },
    "priorities": {
        "likeness": "bilateral.beta_commonality", "developed": "bilateral.beta_capacity",
        "heritage": "capacity.heritage_weight", "rights": "capacity.rights_weight", "teaching": "education.teaching",
    },
    "politics": {
        "interests": "interest.scale", "affinity": "interest.affinity", "popularity": "network.popularity",
        "closure": "network.closure", "term": "renewal.term", "incidents": "conflict.incident_rate",
    },
    "channels": {
        "arms_length": "channels.arms_length", "credibility": "channels.credibility_discount",
        "interest": "channels.interest_elasticity", "screens": "digital.virtual",
    },
}
LONGEST_UNIT = 12  # signs beside a slider; the explanation tells any unit
PERCENT = {
    "budgets.effort", "budgets.dues_share", "bilateral.trust_weight", "trust.gain", "trust.forgetting", "trust.loss",
    "conflict.incident_rate", "capacity.assistance_effect", "education.teaching",
}


def handful(config: Config) -> list[dict[str, Any]]:
    """Return the groups of plainly named sliders; those whose mechanisms are off wait for a richer model."""
    found: list[dict[str, Any]] = []
    for group, names in HANDFUL.items():
        on = {name: key for name, key in names.items() if config.mechanisms[key.partition(".")[0]]}
        title = say(f"levers.{group}.title")
        if on:
            levers = [_plain(group, name, key) for name, key in on.items()]
            found.append({"title": title, "levers": levers, "off": None})
        else:
            off: dict[str, Any] = {"text": say("levers.left_out"), "button": say("levers.bring_in"), "ask": "preset"}
            levers = [_plain(group, name, key) for name, key in list(names.items())[:2]]
            found.append({"title": title, "levers": levers, "off": off})
    return found


def everything(config: Config) -> list[dict[str, Any]]:
    """Return every parameter by mechanism, with a switch for each mechanism."""
    titles = group_titles()
    found = []
    for group, kind in GROUPS.items():
        levers = [lever(f"{group}.{name}", spec, name.replace("_", " ")) for name, spec in kind.specs().items()]
        entry: dict[str, Any] = {"title": titles[group], "levers": levers}
        if group in config.mechanisms:
            on = config.mechanisms[group]
            if on:
                levers.insert(0, _switch(group))
            else:
                entry["off"] = {"text": say("levers.off"), "button": say("levers.switch_on"),
                                "ask": f"mechanisms.{group}"}
        found.append(entry)
    return found


def values(config: Config, groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the value of every slider."""
    return {lever["key"]: config.value(lever["key"]) for group in groups for lever in group["levers"]}


def told(key: str, value: Any) -> str:
    """Return a setting in the words of its slider, if it has one: "Working together builds trust 8 %"."""
    shown = f"{100 * value:.3g} %" if key in PERCENT and isinstance(value, float | int) else written(value)
    return f"{_words().get(key, key)} {shown}"


def explained(sentence: str) -> str:
    """Return a sentence with the words of its slider before the name of each setting that has one."""
    for key, words in _words().items():
        sentence = re.sub(rf"(?<![\w.]){re.escape(key)}(?= is )", f"{words} ({key})", sentence)
    return sentence


def _words() -> dict[str, str]:
    """Return the words of the handful of sliders by the names of their settings."""
    return {key: say(f"levers.{group}.{name}") for group, names in HANDFUL.items() for name, key in names.items()}


def lever(key: str, spec: Spec, text: str, meaning: str = "") -> dict[str, Any]:
    """Return a slider, a switch or a choice as the widget takes it."""
    low, high = spec.plausible or spec.bounds
    if isinstance(spec.default, bool) or spec.choices:
        low, high = 0, 1  # JSON knows no infinity
    whole = isinstance(spec.default, int) and not isinstance(spec.default, bool)
    evidence = say(f"levers.evidence.{spec.evidence}")
    return {
        "key": key, "label": text, "default": spec.default, "min": low, "max": high, "step": 1 if whole else "any",
        "unit": "" if spec.unit == "1" or len(spec.unit) > LONGEST_UNIT else spec.unit, "percent": key in PERCENT,
        "choices": list(spec.choices) or None, "meaning": meaning or _capital(spec.meaning) + ".",
        "source": f"{key} · {say('levers.unit')}: {spec.unit} · {evidence}: {spec.source}",
    }


def _plain(group: str, name: str, key: str) -> dict[str, Any]:
    owner, _, parameter = key.partition(".")
    spec = GROUPS[owner].specs()[parameter]
    return lever(key, spec, say(f"levers.{group}.{name}"), say(f"levers.{group}.{name}_means"))


def _switch(group: str) -> dict[str, Any]:
    return {
        "key": f"mechanisms.{group}", "label": say("levers.switch"), "default": True, "min": 0, "max": 1, "step": 1,
        "unit": "", "percent": False, "choices": None, "meaning": say("levers.switch_means"),
        "source": f"mechanisms.{group}",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
