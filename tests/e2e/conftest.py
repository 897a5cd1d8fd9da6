"""A browser for the pages: Debian's chromium or Chrome, driven by Playwright."""

import os
import shutil

import pytest

REQUIRED = os.environ.get("LOLIGO_REQUIRE_BROWSER") == "1"


def missing(what: str):
    if REQUIRED:
        pytest.fail(f"{what} is missing, and LOLIGO_REQUIRE_BROWSER=1 asks for it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        missing("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
