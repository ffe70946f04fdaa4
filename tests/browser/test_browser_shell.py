import re

import pytest
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


@pytest.mark.parametrize("path", ["", "data", "prepare"])
def test_a_phone_shows_the_page_without_sideways_scrolling(visit, path):
    page = visit(path, width=390, height=844)
    if path:
        expect(page.get_by_role("button", name=re.compile(r"Step \d of 6"))).to_be_visible()
    width = page.evaluate("document.scrollingElement.scrollWidth")
    main = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert max(width, main) <= 390


def test_dark_and_light_follow_the_system(visit):
    grounds = {}
    for scheme in ("light", "dark"):
        page = visit("", scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        grounds[scheme] = ground
    assert grounds == {"light": "rgb(251, 251, 248)", "dark": "rgb(20, 25, 26)"}
