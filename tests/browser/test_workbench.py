"""The analysts' story: from the list to a series, a point dragged, a scenario handed in, another approves, reviews change."""

import re
import shutil

import pytest

from tests.browser.conftest import served, visiting


@pytest.fixture(scope="module")
def own_site(demo_store, tmp_path_factory):
    """A demo of one's own: what is approved here changes the reviews."""
    _url, folder = demo_store
    own = tmp_path_factory.mktemp("workbench") / "demo"
    shutil.copytree(folder, own)
    with served(f"sqlite:///{own / 'kangtu.db'}", own) as address:
        yield address


def act_as(seen, name: str) -> None:
    """Become another of the demo's people."""
    seen.page.click("#kt-account summary")
    with seen.page.expect_navigation():
        seen.page.click(f"#kt-account button:has-text('{name}')")
    seen.settle()


def chances(seen) -> list[str]:
    """The percents of the table of both versions, the model's first."""
    return re.findall(r"约(\d+)%", seen.page.locator("#workbench-versions").inner_text())


def drag_down(seen, square: int, pixels: int) -> None:
    handle = seen.page.locator(".kt-handle").nth(square)
    handle.wait_for()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x, y + pixels / 2)
    seen.page.mouse.move(x, y + pixels)
    seen.page.mouse.up()


def test_an_analyst_adjusts_another_approves_and_the_review_shows_both_versions(chromium, own_site):
    with visiting(chromium, own_site) as visit:
        seen = visit("/queue?kind=may_miss&show=all", language="zh")
        act_as(seen, "分析员甲")
        smoking = seen.page.locator("tbody:has-text('15岁以上人群吸烟率')").first  # likely to miss; less is better
        smoking.locator(".kt-why a").click()
        seen.settle(".kt-handle")
        address = seen.address()
        model = chances(seen)[0]

        drag_down(seen, 1, 40)
        seen.page.wait_for_function("() => document.querySelectorAll('.kt-year-grid input')[1].value !== ''")
        seen.page.wait_for_selector("#workbench-versions :text('未保存')")
        dragged = chances(seen)
        assert dragged[0] == model and dragged[1] != model

        seen.page.locator("#workbench-kind").select_option("policy")
        seen.page.locator("#workbench-text").fill("控烟条例2027年起施行，预计缩小一半差距。")
        seen.page.wait_for_function(
            "before => !document.querySelector('#workbench-versions').innerText.includes(`约${before}%`)",
            arg=dragged[1],
        )
        under_policy = chances(seen)[1]
        assert int(dragged[1]) < int(under_policy) < int(model)
        seen.page.click("#workbench-submit")
        seen.page.wait_for_selector("#workbench-message :text('待另一人审批')")

        seen.go("/adjustments")
        assert "这是您自己提交的，须由另一人审批" in seen.page.inner_text("#main")
        assert not seen.page.locator("button:text-is('批准')").count()
        act_as(seen, "分析员乙")
        standing = int(re.search(r"(\d+)项生效", seen.heading())[1])
        seen.page.click("button:text-is('批准')")
        seen.page.wait_for_selector(f"#main h1:has-text('{standing + 1}项生效')", timeout=60_000)
        seen.settle()

        seen.go(address.replace("/workbench", "/indicator").split("&sort")[0])
        shown = seen.page.inner_text(".kt-verdict")
        assert f"约{model}%" in shown and f"约{under_policy}%" in shown
        assert "模型" in shown and "研判" in shown and "分析员甲" in shown and "分析员乙" in shown
