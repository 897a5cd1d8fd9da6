"""A browser opens the report: it draws, loads nothing from anywhere and complains of nothing."""

import os
import shutil

import numpy as np
import pytest
import rc_cells

from loligo.recording import Recording
from loligo.report import write_report

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


def cell() -> Recording:
    noise = rc_cells.coloured(np.random.default_rng(0), (4, 1600), 0.2, 1.0)
    return rc_cells.current_clamp((-100.0, -50.0, 0.0, 50.0), noise=noise)


def test_report_opens_quietly(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("loligo.recording.io.registry.read_with", lambda *_: cell())
    written = write_report(["one.abf", "<b>two</b>.abf"], tmp_path)
    page = browser.new_page()
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(written.page.as_uri())
    assert page.title() == "loligo report"
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [written.page.as_uri()]
    assert page.locator("table.summary tbody tr").count() == 2
    widths = page.locator("figure img").evaluate_all("images => images.map(i => i.naturalWidth)")
    assert len(widths) == 4
    assert all(width > 400 for width in widths)
    page.get_by_role("link", name="one.abf").click()
    assert page.url.endswith("#file-0")
    overflow = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(overflow)
    page.set_viewport_size({"width": 420, "height": 800})
    assert page.evaluate(overflow)
