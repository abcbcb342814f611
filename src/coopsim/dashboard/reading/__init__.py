"""What the pages show, as tables and sentences, without Solara: easy to test, and the same for every page."""
