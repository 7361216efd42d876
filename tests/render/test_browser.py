"""The HTML page in a real browser: nothing loaded, nothing refused, nothing wider than the screen."""

import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from eksdoctor.render.html import html
from eksdoctor.triage.report import AffectedPod
from tests.process import PATIENCE
from tests.render import sample

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FRAME = """<!doctype html><title>waiting</title><body style="margin:0">
<iframe src="report.html" width="{width}" height="2000" style="border:0"></iframe>
<script>addEventListener("load", () => {{
  const root = document.querySelector("iframe").contentDocument.documentElement;
  const styled = getComputedStyle(root.querySelector("body")).maxWidth;
  document.title = `${{root.scrollWidth}} of ${{root.clientWidth}}, ${{styled}}`;
}});</script>"""


@pytest.fixture(scope="module")
def browser():
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on this machine, and CI is set")
        pytest.skip("no chromium on this machine: the HTML page is not looked at")
    return found


def look(browser, folder, report, width):
    """What the browser shows in its frame of that width, and what it said on its console."""
    (folder / "report.html").write_text(html(report), encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(width=width), encoding="utf-8")
    switches = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--allow-file-access-from-files",
        "--enable-logging=stderr",
        "--hide-scrollbars",
        "--virtual-time-budget=3000",
        f"--user-data-dir={folder / 'profile'}",
        "--dump-dom",
    )
    done = subprocess.run(
        [browser, *switches, frame.as_uri()], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    title = re.search(r"<title>(\d+) of (\d+), (.*?)</title>", done.stdout)
    assert title, done.stdout[:500]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return int(title[1]), int(title[2]), title[3], console


def unbroken(report):
    """The report with the longest names that Kubernetes allows, which no line can break at a hyphen."""
    pods = tuple(AffectedPod(f"{'n' * 63}/{'p' * 253}", "starved") for _ in range(3))
    return replace(report, verdicts=(replace(report.verdicts[0], pods=pods), *report.verdicts[1:]))


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 400, 320])
@pytest.mark.parametrize("report", [sample.other_account(), sample.blind(), unbroken(sample.meridian())])
def test_the_page_is_styled_fits_and_breaks_no_rule(browser, tmp_path, report, width):
    needed, there, styled, console = look(browser, tmp_path, report, width)
    assert there == width
    assert needed <= there
    assert styled == "960px"  # the hashed style applies
    assert console == []


@pytest.mark.browser
def test_the_console_would_have_told(browser, tmp_path):
    """The check above can fail: a style that the policy refuses is seen."""
    page = html(sample.healthy()).replace("</body>", '<p style="color:red">x</p></body>')
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    frame = tmp_path / "report.html"
    switches = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
    )
    done = subprocess.run(
        [browser, *switches, frame.as_uri()], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert "Content Security Policy" in done.stderr
