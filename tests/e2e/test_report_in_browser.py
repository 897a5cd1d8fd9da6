"""A browser opens the report: it draws, loads nothing from anywhere and complains of nothing."""

import numpy as np
import rc_cells

from loligo.recording import Recording
from loligo.report import write_report


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
    for section in page.locator("section").all():
        assert section.locator("h3", has_text="Verdicts").count() == 1
        assert section.locator("h3", has_text="What the rig did").count() == 1
        criteria = section.locator("td", has_text="patch kept")
        assert criteria.count() == 1
        sizes = section.locator("figure img").evaluate_all(
            "images => images.map(i => [i.complete, i.naturalWidth, i.naturalHeight, i.width])"
        )
        assert len(sizes) >= 3  # the sweeps, the resistance, the noise
        for complete, width, height, shown in sizes:
            assert complete
            assert width > 300
            assert height > 200
            assert 250 < shown <= width  # large enough to read, and never blown up
    page.get_by_role("link", name="one.abf").click()
    assert page.url.endswith("#file-0")
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    for width in (1100, 800, 420):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(fits), width
    page.set_viewport_size({"width": 1100, "height": 900})
    wide = "tables => tables.filter(t => t.scrollWidth > t.parentElement.clientWidth + 1).length"
    assert page.locator(".wide > table").evaluate_all(wide) == 0  # none needs scrolling
    for folded in page.locator("details").all():
        assert not folded.evaluate("element => element.open")
