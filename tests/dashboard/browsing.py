"""What browser tests share."""

WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


def chart(page, title):
    """The data that a chart shows, by its title."""
    return page.evaluate("title => window.__coopsim.charts[title]", title)


def wait_for_change(page, title, version):
    """The data of a chart once it shows another run than `version`."""
    page.wait_for_function(
        "([title, version]) => window.__coopsim.charts[title].version.slice(0, 16) !== version.slice(0, 16)",
        arg=[title, version],
    )
    return chart(page, title)


def axe_violations(page):
    """What axe-core finds serious or critical, in a line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} ({', '.join(' '.join(map(str, node['target'])) for node in rule['nodes'][:4])})"
        for rule in found
        if rule["impact"] in SERIOUS
    ]
