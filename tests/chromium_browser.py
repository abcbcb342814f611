"""Where Chromium is: shared by the tests of the dashboard and of the report."""

import os
import shutil


def chromium_path():
    """Where Chromium is, None if nowhere; COOPSIM_CHROMIUM names another."""
    named = os.environ.get("COOPSIM_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
