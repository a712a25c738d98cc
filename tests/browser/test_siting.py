"""A planner works the Ordos question: locks, forbids, adds on the map, cancels once, keeps, compares, puts before a review."""

import re
import shutil

import pytest

from tests.browser.conftest import served, visiting
from tests.browser.test_planner import run_newest_job

FREE, LOCKED, FORBIDDEN = "候选点", "已锁定", "已禁用"
# The middle of the nth site of a layer of the map, on the screen, with its id.
PLACE = """
([layer, nth]) => {
  const plot = document.querySelector("#siting-map .js-plotly-plot");
  const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
  const { xaxis: { range: x }, yaxis: { range: y } } = plot._fullLayout;
  const trace = plot.data.find((one) => one.meta === "candidates" && one.name.startsWith(`${layer} (`));
  return [
    box.left + ((trace.x[nth] - x[0]) / (x[1] - x[0])) * box.width,
    box.bottom - ((trace.y[nth] - y[0]) / (y[1] - y[0])) * box.height,
    trace.customdata[nth][1],
  ];
}
"""


@pytest.fixture(scope="module")
def own_store(demo_store, tmp_path_factory):
    """A demo of one's own: scenarios are kept in it. (database URL, data folder)."""
    own = tmp_path_factory.mktemp("siting") / "demo"
    shutil.copytree(demo_store[1], own)
    return f"sqlite:///{own / 'kangtu.db'}", own


def click_on(seen, layer: str, nth: int) -> str:
    """Click on a site of the map; gives its id once the page has said what became of it."""
    seen.page.locator("#siting-map").scroll_into_view_if_needed()
    x, y, site_id = seen.page.evaluate(PLACE, [layer, nth])
    seen.page.mouse.click(x, y)
    seen.settle()
    return site_id


def said(seen, words: str) -> None:
    seen.page.wait_for_selector(f"#siting-said:has-text('{words}')")


def worked_out(seen, store) -> None:
    """Press the button and let the worker's part be done."""
    seen.page.click("#siting-run")
    seen.page.wait_for_selector(".siting-progress:has-text('排队等待计算')")
    run_newest_job(store)
    seen.page.wait_for_function("() => new URLSearchParams(location.search).has('job')", timeout=30_000)
    seen.settle()


def keep(seen, name: str) -> None:
    seen.page.fill("#siting-name", name)
    seen.page.click("#siting-save")
    seen.page.wait_for_function("() => new URLSearchParams(location.search).has('scenario')")
    seen.settle(".siting-own")


def reached(text: str) -> float:
    return float(re.search(r"([\d.]+)\s?%", text).group(1))


def test_the_ordos_question_from_the_map_to_the_review(chromium, own_store):
    with served(*own_store) as address, visiting(chromium, address) as visit:
        seen = visit("/siting", language="zh")
        assert "25个点、30公里内可覆盖" in seen.heading()
        keep(seen, "原方案")
        before = reached(seen.heading())

        locked = click_on(seen, FREE, 0)
        said(seen, LOCKED)
        forbidden = click_on(seen, FREE, 3)
        said(seen, LOCKED)
        seen.page.wait_for_selector("#siting-map:has-text('已锁定 (2)')")
        assert click_on(seen, LOCKED, 1) == forbidden
        said(seen, FORBIDDEN)
        seen.page.wait_for_selector("#siting-map:has-text('已禁用 (1)')")
        seen.page.locator("#siting-map").scroll_into_view_if_needed()
        box = seen.page.locator("#siting-map .nsewdrag").bounding_box()
        seen.page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.9 * box["height"])
        said(seen, "新增点1")
        seen.page.wait_for_selector("#siting-added-list li:has-text('新增点1')")

        seen.page.click("#siting-run")
        seen.page.wait_for_selector(".siting-progress:has-text('排队等待计算')")
        seen.page.click("#siting-cancel")
        seen.page.wait_for_selector("#siting-message:has-text('已取消')")
        worked_out(seen, own_store)
        assert "25个点、30公里内可覆盖" in seen.heading() and reached(seen.heading()) <= before
        answer = seen.page.request.get(f"{address}/download/siting.geojson?{seen.address().partition('?')[2]}").json()
        sites = {one["properties"]["site_id"] for one in answer["features"] if one["properties"]["kind"] == "site"}
        assert locked in sites and forbidden not in sites
        assert "最优，已证明" in seen.page.inner_text(".siting-cards")

        keep(seen, "锁一个、禁一个")
        seen.page.click(".kt-choice-with .dash-dropdown")
        seen.page.click("text=原方案 >> nth=-1")
        seen.page.wait_for_selector("table:has-text('仅此方案有的点')")
        assert "锁一个、禁一个" in seen.page.inner_text("table:has-text('仅此方案有的点')")

        seen.page.fill("#siting-note", "请确定新增站点")
        seen.page.click("#siting-put")
        seen.page.wait_for_selector(".siting-own:has-text('已提交会商')")
        for path in ("/", "/behind"):
            seen.go(path)
            paper = seen.page.inner_text("section:has(> h2:has-text('提交本次会商的选址方案'))")
            assert "锁一个、禁一个" in paper and "请确定新增站点" in paper and "最优，已证明" in paper
        seen.page.click("a:has-text('锁一个、禁一个')")
        seen.settle(".siting-own")

        seen.page.click(".siting-removing summary")
        seen.page.click("#siting-remove")
        seen.page.wait_for_function("() => !location.search.includes('scenario')")
        seen.settle()
        assert "锁一个、禁一个" not in seen.page.inner_text(".siting-scenarios")
        seen.go("/")
        assert "锁一个、禁一个" in seen.page.inner_text("#main")
