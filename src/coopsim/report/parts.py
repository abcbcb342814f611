"""Sections that every report has: what differs, how to repeat it, where it comes from, what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopsim.analysis.words import listed
from coopsim.config import Config
from coopsim.config.vocabulary import parameter_table
from coopsim.mechanisms import MECHANISMS, PRESETS
from coopsim.report.markup import Html, code, joined, paragraphs, section, table, tag
from coopsim.report.scenario import change_words, scenario_text, setting_row
from coopsim.report.svg import Chart, figure_html

MOST_ROWS = 24
SETTING_COLUMNS = ("setting", "here", "default", "unit", "evidence", "meaning and source of the default")
WORDS = (("background", "Background"), ("notice", "What to look at"), ("expectation", "Expected by the author"))
NOTE_EXPECTED = "What the author expected is quoted, not tested, here."


def masthead(title: str, question: str, facts: str, contents: Sequence[tuple[str, str]]) -> Html:
    """Return title, question, one line of facts and the contents."""
    links = (tag("li", tag("a", name, href=f"#{identity}")) for identity, name in contents)
    asked = tag("p", question or "The scenario asks no question of its own.", class_="question")
    return tag(
        "header", tag("h1", title), asked, tag("p", facts, class_="facts"),
        tag("nav", tag("ul", *links), aria_label="Contents"),
    )


def tiles(values: Sequence[tuple[str, str, str]]) -> Html:
    """Return a few large numbers: name, number, remark."""
    return tag("dl", *(
        tag("div", tag("dt", name), tag("dd", number, tag("small", remark))) for name, number, remark in values
    ), class_="tiles")


def scenario_section(words: Mapping[str, Any]) -> Html:
    """Return what the scenario's author wrote about it."""
    parts = [joined([tag("h3", title), paragraphs(str(words[key]))]) for key, title in WORDS if words.get(key)]
    note = tag("p", NOTE_EXPECTED, class_="note") if words.get("expectation") else ""
    if not parts:
        parts.append(tag("p", "Its author wrote nothing more about it."))
    return section("scenario", "The scenario", *parts, note)


def settings_section(config: Config) -> Html:
    """Return the settings that are not the defaults, and the interventions."""
    found = config.differences()
    if config.preset != Config().preset:
        found = {key: value for key, value in found.items() if not _by_preset(config, key)}
    assumed = sum(row["evidence"] == "assumed" for row in parameter_table())
    rest = (f"Every other setting has its default. {assumed} of the model's {len(parameter_table())} parameters are "
            "assumptions: no data speak to them.")
    rows = _preset_row(config) + [setting_row(key, value) for key, value in found.items()]
    if rows:
        told = table(SETTING_COLUMNS, rows, caption="Settings that differ from the defaults")
    else:
        told = tag("p", "Nothing: this is the default world.")
    changes = [change.to_mapping() for change in config.interventions]
    dated = table(("year", "kind", "what"), [(row["year"], row["kind"], change_words(row)) for row in changes],
                  caption="Interventions, by year") if changes else ""
    return section("settings", "What differs from the default", told, dated, tag("p", rest, class_="note"))


def _by_preset(config: Config, key: str) -> bool:
    group, _, name = key.partition(".")
    return group == "mechanisms" and config.mechanisms[name] == (name in PRESETS[config.preset])


def _preset_row(config: Config) -> list[tuple[object, ...]]:
    """Return the preset as a row, which stands for all the switches that it sets."""
    usual = Config().preset
    if config.preset == usual:
        return []
    off = [name for name in MECHANISMS if name not in PRESETS[config.preset]]
    return [("preset", config.preset, usual, "", "", f"switches off {listed(off)}")]


def long(told: Html, rows: int, summary: str) -> Html:
    """Return a table as it is, or folded away if it has many rows."""
    return tag("details", tag("summary", summary), told) if rows > MOST_ROWS else told


def figures_section(charts: Sequence[Chart], provenance: str) -> Html:
    """Return the figures, numbered."""
    drawn = (figure_html(chart, number, provenance) for number, chart in enumerate(charts, 1))
    return section("figures", "Figures", tag("div", *drawn, class_="figures"))


def methods_section(text: str) -> Html:
    """Return the paragraph for a paper."""
    said = tag("p", "A paragraph to paste into a paper, and to shorten:", class_="note")
    return section("methods", "Methods", said, tag("blockquote", tag("p", text)))


def scenario_block(config: Config) -> Html:
    """Return the scenario file that gives the configuration."""
    said = tag("p", "If the file of the scenario is lost, this one gives the same configuration (the same hash):")
    return joined([said, code(scenario_text(config), "scenario file")])


def provenance_section(rows: Sequence[tuple[str, object]], hashes: Mapping[str, str]) -> Html:
    """Return versions, times and hashes."""
    files = tag(
        "details", tag("summary", f"SHA-256 of the {len(hashes)} bundled tables"),
        table(("table", "SHA-256"), list(hashes.items())),
    ) if hashes else tag("p", "The world is synthetic: no data were read.", class_="note")
    return section("provenance", "Provenance", table(("what", "value"), rows), files)


def limits_section(*own: str) -> Html:
    """Return what cannot be concluded: of this design, and of the model whatever the design."""
    always = (
        "The model is a laboratory for mechanisms, not an oracle. It shows what follows from stated rules; it does not "
        "predict who will sign with whom.",
        "What turns programmes into trust and understanding is assumed: no study that we know of measures it. Compare "
        "scenarios rather than levels, and ask whether a sign survives other plausible values.",
        "Agreements of the starting world are drawn so that their number and pattern are plausible; single pairs of "
        "states mean nothing. Adverse events that name states are hypothetical.",
        "States are single actors without governments, elections, minorities or diasporas of opinion; population and "
        "wealth do not change; one year is the smallest step.",
    )
    return section("limits", "What this cannot say", tag("ul", *(tag("li", said) for said in (*own, *always))))


def footer(version: str) -> Html:
    """Return the last line of the page."""
    return tag("footer", tag("p", f"Written by coopsim {version} (coopsim report). The page is complete in itself: it "
                                  "fetches nothing, and may be printed, mailed or archived as it is."))
