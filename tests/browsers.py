"""Which browser the tests and the bench drive."""

import os
import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
            "microsoft-edge", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium")  # fmt: skip
# Nothing is asked of anybody but the server on this machine.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
         ]  # fmt: skip


def browser_path():
    """DLBOOK_CHROMIUM, else the first Chromium or Chrome that is installed, else None."""
    wanted = os.environ.get("DLBOOK_CHROMIUM")
    return wanted or next(filter(None, map(shutil.which, BROWSERS)), None)
