"""HTML from Python: whatever is not marked as HTML is escaped, so nothing that a user typed can act in the page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files

HIDDEN_CONTROLS = {code: None for code in range(32) if code not in (9, 10, 13)}  # no HTML page may hold them


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """Return a value as HTML: itself if it is HTML, else its text with every special character escaped."""
    return value if isinstance(value, Html) else Html(html.escape(str(value).translate(HIDDEN_CONTROLS)))


def tag(name: str, *content: object, **attributes: object) -> Html:
    """Return an element; `class_` stands for the attribute class, an underscore inside a name for a hyphen."""
    given = "".join(f' {key.strip("_").replace("_", "-")}="{escaped(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{joined(content)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Return parts one after the other."""
    return Html(between.join(escaped(part) for part in parts))


def section(identity: str, title: str, *content: object) -> Html:
    """Return a section with its heading, which names it for those who listen."""
    heading = tag("h2", title, id=f"{identity}-title")
    return tag("section", heading, *content, id=identity, aria_labelledby=f"{identity}-title")


def paragraphs(text: str) -> Html:
    """Return text as paragraphs, parted at empty lines."""
    return joined(tag("p", " ".join(part.split())) for part in text.split("\n\n") if part.strip())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, caption: object = "") -> Html:
    """Return a table that scrolls by itself on a narrow screen; numbers to the right, the first column as headers."""
    rows = [list(row) for row in rows]
    numeric = [bool(rows) and all(is_number(row[k]) for row in rows) for k in range(len(columns))]
    kind = [{"class_": "number"} if right else {} for right in numeric]
    head = tag("thead", tag("tr", *(tag("th", name, scope="col", **kind[k]) for k, name in enumerate(columns))))
    body = tag("tbody", *(
        tag("tr", *(
            tag("th", cell, scope="row", **kind[k]) if k == 0 else tag("td", cell, **kind[k])
            for k, cell in enumerate(row)
        ))
        for row in rows
    ))
    said = tag("caption", caption) if caption else ""
    label = {"role": "group", "aria_label": plain(caption) or "table"}
    return tag("div", tag("table", said, head, body), class_="scroll", tabindex="0", **label)


def code(text: str, label: str) -> Html:
    """Return lines to be copied; they scroll by themselves, by keyboard too."""
    return tag("pre", tag("code", text), tabindex="0", role="group", aria_label=label)


def is_number(cell: object) -> bool:
    """Return whether a cell of a table is a number as we print them, or empty."""
    shown = str(cell).strip().strip("%").replace(",", "").replace("−", "-").strip()
    return not shown or shown.removeprefix("-").removeprefix("+").replace(".", "", 1).replace("e-", "", 1).isdigit()


def plain(value: object) -> str:
    """Return a caption as the text of an attribute."""
    return "figure" if isinstance(value, Html) else str(value)


def page(title: str, body: Iterable[object], *, description: str) -> str:
    """Return a whole page; style is inside, and the policy in its head forbids the browser to fetch anything."""
    style = Html(files("coopsim.report").joinpath("style.css").read_text(encoding="utf-8"))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = joined(
        [
            Html('<meta charset="utf-8">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(f'<meta name="description" content="{escaped(description)}">'),
            Html('<meta name="color-scheme" content="light dark">'),
            tag("title", title),
            tag("style", style),
        ],
        "\n",
    )
    return (f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n'
            f'{joined(body, chr(10))}\n</body>\n</html>\n')
