import re

import pytest
from browser_page import go_to, settle
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_cold_deep_link_opens_its_page_with_the_whole_navigation(visit):
    page = visit("prepare")
    expect(page.get_by_role("heading", name="Clean and split")).to_be_visible()
    links = page.locator("[data-testid=stSidebarNavLink]")
    expect(links.filter(has_text="Data")).to_be_visible()
    expect(links.filter(has_text="main")).to_have_count(0)
    expect(page).to_have_title(re.compile("Prepare|Tuneboard"))


def test_nothing_is_fetched_from_elsewhere(chromium, dashboard):
    asked = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(dashboard.address)
        page.get_by_text("What would you like to do?").wait_for()
        page.wait_for_timeout(1000)
    assert asked
    assert [url for url in asked if not url.startswith((dashboard.address, "data:", "blob:"))] == []


def test_a_phone_shows_the_page_without_sideways_scrolling(visit):
    page = visit("", width=390, height=844)
    for path in ("", "data", "prepare"):
        go_to(page, path)
        settle(page)
        if path:
            expect(page.get_by_role("button", name=re.compile(r"Step \d of 6"))).to_be_visible()
        width = page.evaluate("document.scrollingElement.scrollWidth")
        main = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert max(width, main) <= 390, path


def test_dark_and_light_follow_the_system(visit):
    page = visit("", scheme="light")
    app = page.get_by_test_id("stApp")
    expect(app).to_have_css("background-color", "rgb(251, 251, 248)")
    page.emulate_media(color_scheme="dark")
    expect(app).to_have_css("background-color", "rgb(20, 25, 26)")
