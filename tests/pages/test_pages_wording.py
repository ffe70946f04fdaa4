import itertools

import pytest


@pytest.fixture
def wording(component):
    return component("wording")


@pytest.mark.parametrize(
    "value", ["*bold*", "`code`", ":red[x]", "$a$", "<b>", "[x](y)", "# head", "1. item", "~~x~~", "a | b", "!x"]
)
def test_markdown_in_data_is_escaped(wording, value):
    shown = wording.plain(value)
    assert shown.replace("\\", "").replace("\u2060", "") == value
    assert all(before == "\\" for before, mark in itertools.pairwise(shown) if mark in "*`[]$<>#~|!")


@pytest.mark.parametrize(
    "value",
    ["http://x.example", "HTTPS://X", "www.x.example", "WWW.X.EXAMPLE", "a@b.example", ":tada:", ":material/home:"],
)
def test_what_would_become_a_link_or_icon_is_parted(wording, value):
    assert "\u2060" in wording.plain(value)


def test_long_values_are_cut_and_lines_joined(wording):
    assert wording.plain("one\ntwo") == "one two"
    assert wording.plain("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("share", "said"), [(0.913, "91 in 100"), (1.0, "100 in 100"), (0.9999, "99.9 in 100"), (0.0, "0 in 100")]
)
def test_shares_are_said_in_hundredths_and_never_rounded_to_certainty(wording, share, said):
    assert wording.in_100(share) == said


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abcdefg"), "a, b, c, d and 3 more")]
)
def test_lists_are_said_in_a_sentence(wording, items, said):
    assert wording.listing(items) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (42, "42 s"), (120, "2 min"), (3600, "1 h"), (4800, "1 h 20 min")]
)
def test_durations_are_said_as_people_say_them(wording, seconds, said):
    assert wording.duration(seconds) == said


def test_moments_are_said_relative_to_now(wording):
    now = 1_790_000_000.0
    assert wording.when(now - 10, now) == "just now"
    assert wording.when(now - 1200, now) == "20 min ago"
    assert wording.when(None) == ""
    assert "2025" in wording.when(now - 400 * 86400, now)
