import re

import pytest
from browser_page import settle
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=document.title='broken'>"


@pytest.fixture
def messages(tmp_path):
    topics = {"Billing": "invoice", "Delivery": "parcel"}
    rows = [f"please look at the {word} number {n},{label}" for n in range(30) for label, word in topics.items()]
    path = tmp_path / "new messages.csv"
    path.write_text("\n".join(["message,topic", *rows, rows[0], f"{HOSTILE} is what I wrote,Billing"]) + "\n")
    return path


def test_from_a_file_to_a_mended_and_split_table(visit, messages):
    page = visit("data?new=data")
    page.set_input_files("input[type=file]", messages)
    expect(page.get_by_role("heading", name="new messages.csv")).to_be_visible()
    expect(page.get_by_text("62 rows")).to_be_visible()

    page.reload()  # nothing is lost: the draft lies on the disk
    expect(page.get_by_role("heading", name="new messages.csv")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_url(re.compile("/prepare"))

    page.get_by_role("button", name="Drop duplicates").first.click()
    expect(page.get_by_text("of 62 that came")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Make this split").click()
    expect(page.get_by_text("no row lies on two sides")).to_be_visible()
    assert page.title() != "broken"


def test_what_was_deleted_can_be_undone_and_then_deleted_for_good(visit, messages):
    page = visit("data?new=data")
    page.set_input_files("input[type=file]", messages)
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_url(re.compile("/prepare"))
    page.get_by_role("link", name="Home").first.click()
    settle(page)

    def throw_away() -> None:
        page.locator("[class*=st-key-menu_]").first.get_by_role("button").click()
        page.get_by_text("Move to the trash", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Move to the trash").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        settle(page)

    throw_away()
    page.get_by_role("button", name="Undo").click()
    settle(page)
    throw_away()
    page.get_by_text("Trash", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Trash", exact=True)).to_have_count(0)


def test_a_choice_made_while_the_file_is_read_again_is_kept(visit, tmp_path):
    path = tmp_path / "odd.csv"
    rows = [f"message {n};{'xy'[n % 2]},{'ab'[n % 2]}" for n in range(60_000)]
    path.write_text("\n".join(["text;kind,label", *rows]) + "\n")
    page = visit("data?new=data")
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_text("60,000 rows", exact=True)).to_be_visible()
    settle(page)

    def choose(label: str, option: str) -> None:
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=option).click()

    choose("Separator", ", comma")
    settle(page)
    choose("Separator", "; semicolon")
    choose("First row", "data")  # it is being read again
    expect(page.get_by_text("Reading it again")).to_be_visible()
    expect(page.get_by_text("60,001 rows", exact=True)).to_be_visible()
    settle(page)
    expect(page.get_by_role("combobox", name="First row")).to_have_value("data")
    expect(page.get_by_role("combobox", name="Rows belong together by")).to_have_value("nothing")
