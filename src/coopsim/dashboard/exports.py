"""What a visitor takes home: tables, figures, the scenario, a report. A real world's caveat is in each of them."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any, Literal

from coopsim.config import Config
from coopsim.config.world import world_mapping
from coopsim.dashboard.address import Address
from coopsim.dashboard.guard import StoppedError, Watch, slug
from coopsim.dashboard.text import say
from coopsim.mechanisms import PRESETS
from coopsim.results.results import Results

WORDS = ("title", "question", "background", "notice", "expectation")
WIDTH = 100


def whole(config: Config, seed: int, stop: Callable[[], bool] = lambda: False) -> Results:
    """Run a scenario with every table and every indicator; what charts show is a part of that.

    Raises
    ------
    StoppedError
        If it takes more time or room than a visitor gets, or `stop` says so.
    """
    from coopsim.experiment.run import results_of
    from coopsim.model import CoopModel

    model, watch = CoopModel(config, rng=seed), Watch()
    with model.undisturbed():
        for _ in range(config.years):
            model.step()
            watch(model)
            if stop():
                raise StoppedError(f"the run was stopped in {model.year}: it was no longer asked for")
    return results_of(model, command="coopsim app")


def caveat(config: Config) -> str:
    """Return what a reader of an export must know about the world in it."""
    return say("share.caveat_invented" if config.world.synthetic else "share.caveat_real")


def name_of(config: Config, seed: int) -> str:
    """Return what a file may be called, without its ending."""
    return f"coopsim-{slug(config.name)}-seed{seed}"


def tables(results: Results, config: Config, address: Address, kind: Literal["csv", "parquet"]) -> bytes:
    """Return every table of a run, its manifest, the scenario and a note to the reader, as a zip file."""
    about = "\n\n".join([
        say("share.readme", title=config.title or config.name, seed=int(results.manifest["seed"]), link=address.link),
        caveat(config), say("share.readme_tables"),
    ])
    with tempfile.TemporaryDirectory() as folder:
        results.save(folder, format=kind)
        files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir()) if path.is_file()}
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "caveat": caveat(config)}, indent=2, ensure_ascii=False).encode()
    files["scenario.toml"] = scenario_toml(config).encode()
    files["README.txt"] = ("\n".join(fill(part, WIDTH) for part in about.split("\n")) + "\n").encode()
    return zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip file."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return found.getvalue()


def figure(results: Results, config: Config, kind: Literal["png", "svg"]) -> bytes:
    """Return the six main series of a run as a picture, with version, seed and caveat below."""
    from coopsim.analysis.figures import CAPTION, main_series, save_figure

    drawn = main_series(results)
    for text in drawn.texts:
        if text.get_gid() == CAPTION:
            text.set_text(f"{text.get_text()}\n{caveat(config)}")
            text.set_fontsize(7.5)
    with tempfile.TemporaryDirectory() as folder:
        save_figure(drawn, Path(folder) / "figure")
        return Path(folder, f"figure.{kind}").read_bytes()


def report(results: Results, config: Config) -> bytes:
    """Return a report of a run: one self-contained page of HTML."""
    from coopsim.report.markup import page, tag
    from coopsim.report.of_run import facts, run_page

    title, (head, *rest) = run_page(results, say("share.report_source"))
    noted = tag("p", caveat(config), class_="note")
    return page(title, [head, noted, *rest], description=facts(results)).encode()


def scenario_toml(config: Config) -> str:
    """Return a scenario file that gives the same results: what differs from the defaults, and the words."""
    lines = [f"# {line}" for line in fill(caveat(config), WIDTH - 2).split("\n")]
    lines += [f"name = {_literal(slug(config.name))}"]
    lines += [f"{key} = {_words(getattr(config, key))}" for key in WORDS if getattr(config, key)]
    lines += [f"preset = {_literal(config.preset)}"]
    lines += ["", "[horizon]", f"start_year = {config.start_year}", f"years = {config.years}"]
    lines += ["", "[world]", *(f"{key} = {_literal(value)}" for key, value in world_mapping(config.world).items())]
    for group, values in config.parameters.items():
        changed = {name: getattr(values, name) for name, spec in values.specs().items()
                   if getattr(values, name) != spec.default}
        if changed:
            lines += ["", f"[parameters.{group}]", *(f"{name} = {_literal(value)}" for name, value in changed.items())]
    on = PRESETS[config.preset]
    switched = {name: state for name, state in config.mechanisms.items() if state != (name in on)}
    if switched:
        lines += ["", "[mechanisms]", *(f"{name} = {_literal(state)}" for name, state in switched.items())]
    for change in config.interventions:
        entries = change.to_mapping().items()
        lines += ["", "[[interventions]]", *(f"{key} = {_literal(value)}" for key, value in entries)]
    return "\n".join(lines) + "\n"


def _words(text: str) -> str:
    """Return text for people, over several lines if it is long."""
    text = " ".join(text.split())
    if len(text) <= WIDTH:
        return _literal(text)
    return '"""\n' + "\n".join(_literal(line)[1:-1] for line in fill(text, WIDTH).split("\n")) + '\n"""'


def _literal(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_literal(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value) if isinstance(value, float) else str(value)
