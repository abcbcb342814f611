"""Write the reference pages of docs/ from the declarations in the code.

``uv run python docs/generate.py`` writes them; with ``--check`` it writes nothing, names the pages that
differ from the code and exits with 1. The pages depend on the code alone: two runs give the same bytes.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any, cast
from unittest import mock

import pandas as pd

from coopsim.config import GROUPS, HORIZON, Config
from coopsim.experiment import run
from coopsim.interventions import KINDS, Intervention
from coopsim.mechanisms import MECHANISMS, PRESETS, YEAR, Mechanism
from coopsim.mechanisms.conventions import TYPES
from coopsim.param import Params, Spec
from coopsim.results import Results
from coopsim.results.indicators import INDICATORS
from coopsim.results.tables import OUTCOMES
from coopsim.rng import Stream
from coopsim.validation.document import facts_page
from coopsim.world import initial
from coopsim.world.activities import (
    ACTIVITIES,
    END_REASONS,
    EVENT_KINDS,
    FORMS,
    INTERNATIONAL_MIX,
    MIX,
    TOPICS,
    TRUST_EFFECT,
    UNDERSTANDING_EFFECT,
)
from coopsim.world.activities import KINDS as ORGANISATION_KINDS
from coopsim.world.agreements import ACCESSION, AGREEMENT, TERMS
from coopsim.world.column import Column, Table
from coopsim.world.dyads import Dyads
from coopsim.world.initial import InitialParams
from coopsim.world.organisations import InternationalOrganisations, Organisations
from coopsim.world.states import States

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
NOTICE = "<!-- Written by docs/generate.py from the code; edit the code, not this page. -->\n"
TABLES: dict[str, type[Table]] = {
    "states": States,
    "dyads": Dyads,
    "organisations": Organisations,
    "international": InternationalOrganisations,
}
WORDS = {
    "agreements.form": FORMS,
    "agreements.activity": ACTIVITIES,
    "agreements.topic": TOPICS,
    "agreements.end_reason": [reason for reason in END_REASONS if reason],
    "organisations.kind": ORGANISATION_KINDS,
    "norms.kind": ("convention", "declaration"),
    "claims.outcome": OUTCOMES,
}
LABELS = ("Off", "Source", "Reads", "Writes")


# Markdown


def text(words: object) -> str:
    """Return words that Markdown and GitHub's mathematics leave alone."""
    kept = re.sub(r"(?<!\*)\*(\w+)\*", "\0\\1\0", str(words))  # *emphasis* of one word stays
    escaped = re.sub(r"([*$|\\])", r"\\\1", kept).replace("\0", "*")
    return escaped.replace("<", "&lt;").replace("\n", " ").strip()


def code(words: object) -> str:
    """Return words in code style, nothing for nothing."""
    return f"`{words}`".replace("|", r"\|") if str(words) else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def source_link(module: ModuleType) -> str:
    """Return a link from a page to the file of a module."""
    path = Path(str(module.__file__)).resolve().relative_to(ROOT).as_posix()
    return f"[`{path}`](../{path})"


def interval(low: float | None, high: float | None) -> str:
    """Return bounds as an interval; nothing if there are none."""
    if low in (None, float("-inf")) and high in (None, float("inf")):
        return ""
    left = "(−∞" if low in (None, float("-inf")) else f"[{low:g}"
    right = "∞)" if high in (None, float("inf")) else f"{high:g}]"
    return f"{left}, {right}"


# Docstrings


class Docstring:
    """A module's docstring, taken apart: title, equations, prose, labelled remarks."""

    def __init__(self, module: ModuleType) -> None:
        title, _, body = inspect.cleandoc(module.__doc__ or "").partition("\n")
        self.title = re.split(r"\.(?:\s|$)", title)[0]
        math = re.compile(r"^\.\. math::\n((?:[ ]+\S.*\n|\s*\n)+)", re.MULTILINE)
        self.equations = [
            dedent(chunk).strip()
            for block in math.findall(body + "\n")
            for chunk in re.split(r"\n\s*\n", block.strip("\n"))
            if chunk.strip()
        ]
        prose = math.sub("", body + "\n").strip()
        pieces = re.split(rf"(?:^|(?<=\s))({'|'.join(LABELS)}):\s", prose)
        self.prose = "\n\n".join(text(p) for p in re.split(r"\n\s*\n", pieces[0]) if p.strip())
        self.remarks = {label: text(words) for label, words in zip(pieces[1::2], pieces[2::2], strict=True)}

    @property
    def mathematics(self) -> str:
        """The equations as blocks that GitHub draws."""
        aligned = (f"\\begin{{aligned}}\n{e}\n\\end{{aligned}}" if "&" in e else e for e in self.equations)
        return "\n\n".join(f"```math\n{equation}\n```" for equation in aligned)


def module_of(mechanism: Mechanism) -> ModuleType:
    """Return the module in which a mechanism's parameters stand."""
    return sys.modules[mechanism.params.__module__]


def by_code(mechanism: Mechanism) -> tuple[int, str]:
    """Order mechanisms by their number in the specification."""
    digits = re.sub(r"\D", "", mechanism.code)
    return (int(digits or 999), mechanism.name)


def test_link(module: ModuleType) -> str:
    """Return a link to the test of a mechanism, by the name it must have."""
    path = f"tests/mechanisms/test_{module.__name__.rpartition('.')[2]}.py"
    return f"[`{path}`](../{path})"


# Pages


def equations() -> str:
    """Return docs/equations.md: from the name of a rule to its equation, code, parameters and test."""
    chosen = sorted(MECHANISMS.values(), key=by_code)
    index = table(
        ("code", "mechanism", "switch", "file"),
        ((m.code, f"[{text(m.title)}](#{m.name})", code(f"mechanisms.{m.name}"), source_link(module_of(m)))
         for m in chosen),
    )
    return f"""# Equations

Every rule of the model: its equation, where it stands in the code, what it reads and writes, its parameters,
its test and its switch. Matrices are read "row towards column"; the symbols stand beside their columns in
[columns.md](columns.md), the order of the year in [year.md](year.md). "MODEL" in a source is the
specification from which the project was built; it is not part of this repository.

{index}
{_starting_world()}{"".join(_equation(m) for m in chosen)}"""


def _starting_world() -> str:
    doc = Docstring(initial)
    return f"""
<a id="initial"></a>

## {text(doc.title)}

{doc.mathematics}

- **Code:** {source_link(initial)}
- **Parameters:** {_parameter_links("initial", InitialParams)}
"""


def _parameter_links(group: str, params: type[Params]) -> str:
    return ", ".join(
        f"[`{group}.{name}`](parameters.md#{group})" + (f" ({text(spec.symbol)})" if spec.symbol else "")
        for name, spec in params.specs().items()
    )


def _equation(mechanism: Mechanism) -> str:
    module = module_of(mechanism)
    doc = Docstring(module)
    names = _parameter_links(mechanism.name, mechanism.params)
    presets = ", ".join(name for name, members in PRESETS.items() if mechanism.name in members)
    facts = [
        f"- **Code:** {source_link(module)}",
        f"- **Test:** {test_link(module)}",
        f"- **Parameters:** {names or 'none'}",
        f"- **Switch:** `mechanisms.{mechanism.name}`; on in the presets {presets}",
        *(f"- **{label}:** {words}" for label, words in doc.remarks.items()),
    ]
    return f"""
<a id="{mechanism.name}"></a>

## {text(doc.title)}

{doc.mathematics}

{doc.prose}

{chr(10).join(facts)}
"""


def parameters() -> str:
    """Return docs/parameters.md: every parameter."""
    specs = [spec for group in GROUPS.values() for spec in group.specs().values()]
    kinds = ", ".join(f"{sum(s.evidence == kind for s in specs)} {words}" for kind, words in (
        ("measured", "measured"), ("theory", "from theory"), ("assumed", "assumed")))
    return f"""# Parameters

{len(specs)} parameters: {kinds}. A scenario file sets them under `[parameters.<group>]`, the command line
with `--set group.name=value`, Python with `config.with_values({{"group.name": value}})`. The symbol may stand
for the name. A value outside the bounds is an error, because the equations do not hold there; the plausible
range is what sliders and sensitivity analysis use. *Measured* means that data speak to the value, *theory*
that literature gives its direction or size, *assumed* that neither does: vary these before you believe a
result.

{_group("horizon", "How long a run is", HORIZON)}
{_group("initial", "The starting world", GROUPS["initial"].specs())}
{chr(10).join(_group(m.name, f"{m.code} {m.title}", m.params.specs())
              for m in sorted(MECHANISMS.values(), key=by_code))}"""


def _group(name: str, title: str, specs: dict[str, Spec]) -> str:
    rows = (
        (
            code(f"{name}.{key}"), code(spec.symbol), code(_value(spec.default)), text(spec.unit),
            text(", ".join(spec.choices) or interval(*spec.bounds)),
            text(interval(*spec.plausible)) if spec.plausible else "",
            spec.evidence, text(spec.meaning), text(spec.source),
        )
        for key, spec in specs.items()
    )
    heads = ("name", "symbol", "default", "unit", "bounds", "plausible", "evidence", "meaning", "source")
    return f'<a id="{name}"></a>\n\n## {text(title)}\n\n{table(heads, rows)}'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def columns() -> str:
    """Return docs/columns.md: every array of the world and of the ledger."""
    writers: dict[str, list[str]] = {}
    for mechanism in MECHANISMS.values():
        for name in mechanism.writes:
            writers.setdefault(name, []).append(mechanism.name)
    parts = "\n".join(_table(name, kind, writers) for name, kind in TABLES.items())
    ledger = {"agreements": AGREEMENT, "accessions": ACCESSION}
    ledgers = "\n".join(
        f"## {name}\n\n"
        + table(("field", "type"), ((code(field), code(_dtype(dtype[field]))) for field in dtype.names or ()))
        for name, dtype in ledger.items()
    )
    return f"""# Columns

What the world holds, as NumPy arrays: `model.world.dyads.trust` and so on. S is the number of states, O of
organisations, R of international organisations, L of languages. A mechanism that is switched off leaves the
columns it alone writes at a neutral value. Columns without a writer are set by the builder or by an
intervention.

{parts}
# The ledger

Append-only: an agreement is a row that gets an end; it is never deleted. `why` holds one contribution to the
log-hazard of signature for each of {", ".join(code(term) for term in TERMS)}.

{ledgers}"""


def _table(name: str, kind: type[Table], writers: dict[str, list[str]]) -> str:
    def row(key: str, declared: Column) -> tuple[str, ...]:
        meaning = text(declared.meaning) + (" (symmetric)" if declared.symmetric else "")
        unit = "" if declared.unit == "1" and types[key] != "Floats" else text(declared.unit)
        written = (f"[{writer}](equations.md#{writer})" for writer in writers.get(f"{name}.{key}", []))
        bounds = interval(declared.low, declared.high)
        return code(key), code(declared.symbol), unit, bounds, meaning, ", ".join(written)

    types = {f.name: str(f.type) for f in fields(cast(Any, kind))}
    heads = ("name", "symbol", "unit", "bounds", "meaning", "written by")
    first = text((kind.__doc__ or "").partition("\n")[0])
    return f"## {name}\n\n{first}\n\n{table(heads, (row(k, c) for k, c in kind.columns().items()))}"


def _dtype(dtype: object) -> str:
    kind = getattr(dtype, "base", dtype)
    shape = "".join(f" × {length}" for length in getattr(dtype, "shape", ()))
    return f"{kind}{shape}"


def indicators() -> str:
    """Return docs/indicators.md: every number of the table `indicators`."""
    rows = (
        (code(i.name), text(i.label), text(i.unit), "yes" if i.yearly else "", text(i.source))
        for i in INDICATORS.values()
    )
    return f"""# Indicators

The columns of `results.indicators`, one row per year, beside `year`. They are computed in
[`src/coopsim/results/indicators.py`](../src/coopsim/results/indicators.py), one short function each.

Those marked *yearly* count what happened within the year and have no meaning in the starting year. None is ever
missing: the mean of nothing is 0.

{table(("name", "meaning", "unit", "yearly", "source"), rows)}"""


def tables() -> str:
    """Return docs/results.md: every column of every table of results, read off a run of two small states."""
    tiny = {"world.synthetic": {"states": 2, "organisations": 20, "languages": 2}, "horizon.years": 1}
    found = run(Config().with_values(tiny), seed=1)
    return f"""# Results

`coopsim.run` returns, and `coopsim run --out DIR` saves, these tables and a manifest. On disk each is a
Parquet file (or CSV), and `Results.load(DIR)` reads it all back equal. `manifest.json` holds versions, the
full configuration and its hash, the seed, hashes of the data and the command: the same hash, seed and version
give the same tables.

{chr(10).join(_results_table(name, frame) for name, frame in found.tables.items())}
## Words

What stands in columns of words. A party that has `left` an agreement which has not `ended` withdrew from it.

{table(("column", "words"), ((code(name), ", ".join(map(code, known))) for name, known in WORDS.items()))}
{table(("kind of event", "what happened"), ((code(kind), text(meaning)) for kind, meaning in EVENT_KINDS.items()))}"""


def _results_table(name: str, frame: pd.DataFrame) -> str:
    if name == "indicators":
        return "## indicators\n\nOne row per year; columns: see [indicators.md](indicators.md).\n"
    doc = inspect.getdoc(Results) or ""
    meaning = re.search(rf"^{name} : DataFrame\n((?:    .*\n)+)", doc, re.MULTILINE)
    units = frame.attrs.get("units", {})
    rows = ((code(key), str(dtype), text(units.get(key, ""))) for key, dtype in frame.dtypes.items())
    first = text(dedent(meaning[1])) if meaning else ""
    return f"## {name}\n\n{first}\n\n{table(('column', 'type', 'unit'), rows)}"


def interventions() -> str:
    """Return docs/interventions.md: the dated changes that a scenario may make."""
    return f"""# Interventions

A scenario changes the world on a date with a table `[[interventions]]`, which needs `year` and `kind`; what
else it takes depends on the kind. It takes effect before the processes of its year. Wherever an entry asks
for states, write a code, a region or subregion, the id of an international organisation (its members),
`"north"`, `"south"`, `"all"`, or a list of these.

```toml
[[interventions]]
year = 2030
kind = "budget"
who = ["FRA", "DEU"]
factor = 0.5
years = 5
```

{chr(10).join(_kind(name, kind) for name, kind in sorted(KINDS.items()))}"""


def _kind(name: str, kind: type[Intervention]) -> str:
    types = {f.name.rstrip("_"): str(f.type).removesuffix(" | None") for f in fields(kind)}
    words = {"Who": "states", "int": "whole number", "float": "number", "str": "word", "Any": "value"}
    rows = []
    for key, (declared, default) in kind.entries().items():
        given = "required" if default is ... else "" if default is None else code(_value(default))
        bounds = interval(declared.low, declared.high)
        rows.append((code(key), words.get(types[key], types[key]), given, bounds, text(declared.meaning)))
    return f"""## {name}

{text((kind.__doc__ or "").partition(chr(10))[0])}

{table(("entry", "type", "default", "bounds", "meaning"), rows)}"""


def year() -> str:
    """Return docs/year.md: the order of the year."""
    def row(number: int) -> tuple[str, ...]:
        process, mechanism = YEAR[number], YEAR[number].mechanism
        doc = inspect.getdoc(process.apply) or ""
        return (
            str(number + 1), text(process.name), text(re.split(r"(?<=\.)\s", doc)[0]),
            f"[{mechanism.code} {text(mechanism.title)}](equations.md#{mechanism.name})",
            ", ".join(code(name) for name in mechanism.writes),
        )

    heads = ("step", "process", "what it does", "mechanism", "writes")
    return f"""# The order of the year

One step of the model is one year. First the year's interventions happen and agreements fall due, as Mesa
events half a year before the step; then come these processes, each seeing what the ones before it left; then
the recorder. A process whose mechanism is switched off is left out, or runs with neutral parameters where
that is what "off" means. The order is written once, as `YEAR` in
[`src/coopsim/mechanisms/__init__.py`](../src/coopsim/mechanisms/__init__.py);
[ADR 0002](adr/0002-the-order-of-the-year.md) says why it is fixed.

{table(heads, (row(number) for number in range(len(YEAR))))}"""


# Traceability: docs/traceability.toml names, for every concept of the subject, code, observables and tests.


def concepts() -> list[dict[str, Any]]:
    """Return the rows of docs/traceability.toml."""
    rows: list[dict[str, Any]] = tomllib.loads((DOCS / "traceability.toml").read_text(encoding="utf-8"))["concept"]
    return rows


def code_target(name: str) -> str:
    """Return where a name of the code is documented or stands, from docs/.

    A name is a dotted path from "coopsim", a column ("dyads.trust") or a parameter ("trust.gain").

    Raises
    ------
    LookupError
        If there is nothing of that name.
    """
    first, _, rest = name.partition(".")
    if first == "coopsim":
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            try:
                found: Any = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            module = found
            for part in parts[cut:]:
                if not hasattr(found, part):
                    raise LookupError(name)
                found = getattr(found, part)
            return "../" + Path(str(module.__file__)).resolve().relative_to(ROOT).as_posix()
    if first in TABLES and rest in TABLES[first].columns():
        return f"columns.md#{first}"
    if first in GROUPS and rest in GROUPS[first].specs():
        return f"parameters.md#{first}"
    raise LookupError(name)


def observable_target(name: str) -> str:
    """Return the page that documents an indicator, a counter ("process: counter") or a column of results."""
    if ": " in name:
        return "year.md"
    return "results.md" if "." in name else "indicators.md"


def traceability() -> str:
    """Return docs/traceability.md: every concept with its code, what it moves and what tests it."""
    def links(names: Iterable[str], target: Callable[[str], str]) -> str:
        return "<br>".join(f"[{code(name.removeprefix('coopsim.'))}]({target(name)})" for name in names)

    def row(found: dict[str, Any]) -> tuple[str, ...]:
        tests = (f"[{code(test.partition('::')[2])}](../{test.partition('::')[0]})" for test in found["tests"])
        seen = links(found["observables"], observable_target)
        under = found.get("under")
        if under:
            moved = links(under["observables"], observable_target)
            seen += f"<br>under an intervention: {moved} ({text(under['reason'])})"
        return str(found["number"]), text(found["concept"]), links(found["code"], code_target), seen, "<br>".join(tests)

    return f"""# Traceability

From every concept of the subject to the code that represents it, to a number that it moves and to a test.
The concepts are those of the course text *What is international cultural cooperation?* (European University
Institute), in our words. An observable is an indicator, a counter of a process in the table `schedule`
("process: counter"), or a column of a table of results, if need be of chosen rows only ("[kind=ngo]").
[`tests/docs/test_traceability.py`](../tests/docs/test_traceability.py) runs a small world for six years and fails
when a name below does not exist or an observable does not move; where only an intervention moves it, the test makes
that intervention and compares. The source of this page is [`traceability.toml`](traceability.toml).

{table(("#", "concept", "code", "observables", "tests"), map(row, concepts()))}"""


# Blocks of docs/odd.md: the parts of a hand-written page that the code knows better.


def counts_block() -> str:
    """Return how large the model is."""
    specs = [spec for group in GROUPS.values() for spec in group.specs().values()]
    kinds = ", ".join(f"{sum(s.evidence == kind for s in specs)} {kind}" for kind in ("measured", "theory", "assumed"))
    return (
        f"{len(MECHANISMS)} mechanisms, {len(YEAR)} processes a year, {len(specs)} parameters ({kinds}), "
        f"{len(KINDS)} kinds of intervention, {len(INDICATORS)} indicators.\n"
    )


def entities_block() -> str:
    """Return the tables of columns: which are facts, which change."""
    written = {name for mechanism in MECHANISMS.values() for name in mechanism.writes}

    def row(name: str, kind: type[Table]) -> tuple[str, ...]:
        columns = list(kind.columns())
        moving = [key for key in columns if f"{name}.{key}" in written]
        fixed = [key for key in columns if key not in moving]
        doc = text((kind.__doc__ or "").partition("\n")[0])
        return f"[{code(name)}](columns.md#{name})", doc, *(", ".join(map(code, keys)) for keys in (moving, fixed))

    heads = ("table", "what a row is", "changed by mechanisms", "set at the start, changed only by interventions")
    return table(heads, (row(name, kind) for name, kind in TABLES.items()))


def schedule_block() -> str:
    """Return the order of the year with what each mechanism reads and writes."""
    seen: dict[str, int] = {}
    rows = []
    for number, process in enumerate(YEAR, 1):
        mechanism = process.mechanism
        remarks = Docstring(module_of(mechanism)).remarks
        first = seen.setdefault(mechanism.name, number)
        touches = ("as in " + str(first),) * 2 if first < number else (
            remarks["Reads"].rstrip("."), remarks["Writes"].rstrip("."))
        rows.append((str(number), text(process.name), f"[{mechanism.code}](equations.md#{mechanism.name})", *touches))
    return table(("step", "process", "rule", "reads", "writes"), rows)


def mixes_block() -> str:
    """Return the activity mixes of the kinds of organisation, and what a dose of each activity does."""
    rows = [(kind, *(f"{share:g}" for share in mix)) for kind, mix in zip(ORGANISATION_KINDS, MIX, strict=True)]
    rows += [
        (label, *(f"{value:g}" for value in values))
        for label, values in (
            ("international organisation", INTERNATIONAL_MIX), ("*effect on trust*", TRUST_EFFECT),
            ("*effect on understanding*", UNDERSTANDING_EFFECT),
        )
    ]
    return table(("share of spending", *ACTIVITIES), rows)


def submodels_block() -> str:
    """Return every mechanism: switch, presets, what off means, how much of it is assumed."""
    def row(mechanism: Mechanism) -> tuple[str, ...]:
        specs = mechanism.params.specs().values()
        assumed = sum(spec.evidence == "assumed" for spec in specs)
        off = Docstring(module_of(mechanism)).remarks.get("Off", "What it writes stays as the starting world has it.")
        presets = (name for name, members in PRESETS.items() if mechanism.name in members)
        return (
            f"[{mechanism.code} {text(mechanism.title)}](equations.md#{mechanism.name})", code(mechanism.name),
            ", ".join(presets), off, f"[{assumed} of {len(specs)}](parameters.md#{mechanism.name})",
        )

    heads = ("mechanism", "switch", "presets", "what off means", "parameters assumed")
    return table(heads, map(row, sorted(MECHANISMS.values(), key=by_code)))


def streams_block() -> str:
    """Return which chances each stream is asked for, overheard in a run of a small world."""
    asked: dict[str, dict[str, None]] = {}
    find_key, find_keys = Stream.key, Stream.keys
    norms = "|".join(re.escape(name) for name, *_ in TYPES)

    def overhear(stream: Stream, *purposes: str) -> None:
        for purpose in purposes:
            name = re.sub(rf"\d+|{norms}", "…", purpose)
            asked.setdefault(stream.mechanism.removesuffix(" start"), {})[name] = None

    def one(stream: Stream, purpose: str) -> Any:
        overhear(stream, purpose)
        return find_key(stream, purpose)

    def several(stream: Stream, *purposes: str) -> Any:
        overhear(stream, *purposes)
        return find_keys(stream, *purposes)

    with mock.patch.object(Stream, "key", one), mock.patch.object(Stream, "keys", several):
        run(Config().with_values({"world.synthetic": {"states": 30}, "horizon.years": 6}), seed=1)
    names = ["world", *(m.name for m in sorted(MECHANISMS.values(), key=by_code))]
    return table(("stream", "chances"), ((code(name), ", ".join(asked[name])) for name in names if name in asked))


def interventions_block() -> str:
    """Return the kinds of intervention in one line."""
    return ", ".join(f"[{code(name)}](interventions.md#{name})" for name in sorted(KINDS)) + ".\n"


BLOCKS: dict[str, Callable[[], str]] = {
    "counts": counts_block,
    "entities": entities_block,
    "interventions": interventions_block,
    "mixes": mixes_block,
    "schedule": schedule_block,
    "streams": streams_block,
    "submodels": submodels_block,
}


def filled(page: str) -> str:
    """Return a hand-written page with its generated blocks written anew."""
    def block(match: re.Match[str]) -> str:
        return f"{match[1]}\n{BLOCKS[match[2]]().strip()}\n{match[3]}"

    return re.sub(r"(<!-- generated:(\w+) -->)\n.*?(<!-- end -->)", block, page, flags=re.DOTALL)


PAGES: dict[str, Callable[[], str]] = {
    "columns.md": columns,
    "equations.md": equations,
    "facts.md": facts_page,
    "indicators.md": indicators,
    "interventions.md": interventions,
    "parameters.md": parameters,
    "results.md": tables,
    "traceability.md": traceability,
    "year.md": year,
}
FILLED = ("odd.md",)


def render() -> dict[str, str]:
    """Return every page by the name of its file."""
    written = {name: NOTICE + page().rstrip() + "\n" for name, page in PAGES.items()}
    return written | {name: filled((DOCS / name).read_text(encoding="utf-8")) for name in FILLED}


def stale(folder: Path = DOCS) -> list[str]:
    """Return the names of pages that are missing or differ from the code."""
    return [
        name for name, page in render().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != page
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: docs/generate.py [--check]", file=sys.stderr)
        return 2
    old = stale()
    if arguments:
        for name in old:
            print(f"docs/{name} is out of date: run `uv run python docs/generate.py`", file=sys.stderr)
        return 1 if old else 0
    for name, page in render().items():
        if name in old:
            (DOCS / name).write_text(page, encoding="utf-8")
            print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
