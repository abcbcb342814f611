"""What every page that we write must be: whole, self-contained, and readable by machines that read to people."""

import re
from html.parser import HTMLParser

NASTY = '<script>alert("x")</script> & \'quotes\''
FETCHING = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "form"}
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Reads a page: what is open at each point, ids, links, headings, attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.errors, self.seen = [], [], [], [], [], []
        self.text, self.svgs, self.tables = "", [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        given = dict(attributes)
        self.seen.append((name, given))
        if "id" in given:
            self.ids.append(given["id"])
        self.links += [value for key, value in given.items() if key in ("href", "src", "xlink:href", "data", "action")]
        if name == "svg":
            self.svgs.append(given)
        if name == "table":
            self.tables.append([])
        if name == "th":
            self.tables[-1].append(given.get("scope"))
        if re.fullmatch("h[1-6]", name):
            self.headings.append(int(name[1]))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.handle_starttag(name, attributes)
        if name not in VOID:
            self.open.pop()

    def handle_endtag(self, name):
        if not self.open or self.open.pop() != name:
            self.errors.append(name)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text += data


def missing_from_a_good_page(html):
    """Return what is wrong with a page; empty for a good one."""
    page = Page(html)
    policy = next((given["content"] for _, given in page.seen if given.get("http-equiv")), "")
    steps = zip(page.headings, page.headings[1:], strict=False)
    demands = {
        "well formed": not page.errors and not page.open,
        "unique ids": len(page.ids) == len(set(page.ids)) > 10,
        "links stay in the page": all(link[:1] == "#" and link[1:] in page.ids for link in page.links),
        "nothing that fetches": not {name for name, _ in page.seen} & FETCHING,
        "no import, no foreign address in style": "@import" not in html and not re.search(r"url\((?!#)", html),
        "a policy that forbids fetching": policy.startswith("default-src 'none'"),
        "no script": "<script" not in html,
        "one first heading, no step left out": page.headings[:1] == [1] and page.headings.count(1) == 1
        and all(after <= before + 1 for before, after in steps),
        "tables with headers": page.tables and all("col" in scopes and "row" in scopes for scopes in page.tables),
        "figures with words": all(svg["role"] == "img" and len(svg["aria-label"]) > 25 for svg in page.svgs)
        and len(re.findall("<figcaption>", html)) == len(page.svgs) > 0,
        "language and title": '<html lang="en">' in html and "<title>" in html,
    }
    return [demand for demand, met in demands.items() if not met]
