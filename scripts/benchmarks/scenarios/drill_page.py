"""The drill page in a real browser, slowed down like a cheap phone on a weak network."""

import shutil
from array import array
from typing import Any

from proving.progress import say
from proving.world import sign_in_all
from sqlalchemy import select

from benchmarks.report import Report, percentile_ms
from benchmarks.stage import Stage
from lianbing.infra.database import db
from lianbing.kernel.ids import PersonId
from lianbing.people.models.persons import Person

SLOWER = 4
SLOW_3G: dict[str, Any] = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400 * 1024 / 8,
    "uploadThroughput": 400 * 1024 / 8,
}
GOAL_MS = 100
NEXT = """() => new Promise((resolve) => {
  const place = () => document.querySelector("h1").textContent;
  const before = place();
  const began = performance.now();
  const look = () => {
    if (place() !== before && document.querySelector("[data-answer]")) {
      requestAnimationFrame(() => resolve(performance.now() - began));
    } else {
      requestAnimationFrame(look);
    }
  };
  document.querySelector("a[data-next]").click();
  look();
})"""


def next_question(stage: Stage, report: Report) -> None:
    """From the press on "next question" to the frame in which it stands; None without a browser."""
    executable = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed
    except ImportError:
        executable = None
    if executable is None:
        report.goal("next_question_ms", f"< {GOAL_MS}", None, met=None)
        return
    say("the next question on a slow phone")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        taken = _drill(stage, browser)
        browser.close()
    slowest = round(max(taken) * 1000, 1)
    report.goal("next_question_ms", f"< {GOAL_MS}", slowest, met=slowest < GOAL_MS)
    report.notes.append(
        f"next question, CPU {SLOWER} times slower, slow 3G, {len(taken)} times: "
        f"p50 {percentile_ms(taken, 50)} ms, slowest {slowest} ms"
    )


def _drill(stage: Stage, browser: Any) -> "array[float]":
    newest = db.session.scalars(select(Person.id).order_by(Person.id.desc()).limit(1)).one()
    (cookie,) = sign_in_all(stage.world.app, [PersonId(newest)]).cookies
    address = f"http://127.0.0.1:{stage.product.port}"
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/practice/")
    page.locator(".practice-tops form .btn-primary").first.click()
    page.locator("[data-answer]").wait_for()
    slow = context.new_cdp_session(page)
    slow.send("Network.emulateNetworkConditions", SLOW_3G)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taken = array("d")
    for _ in range(9):
        page.locator("[name=gave_up]").click()
        page.locator("a[data-next]").wait_for()
        page.wait_for_timeout(1500)  # a glance at the feedback
        taken.append(page.evaluate(NEXT) / 1000)
    return taken
