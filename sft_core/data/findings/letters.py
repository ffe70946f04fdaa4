"""Crumbs of web pages and broken letters."""

from sft_core.data.findings.finding import Finding, Material, rows_are
from sft_core.data.fixes.markup import has_control, has_html
from sft_core.data.fixes.mojibake import is_broken
from sft_core.data.steps import step


def markup(material: Material) -> Finding | None:
    """Texts with HTML or control characters."""
    html, control = material.any_text(has_html), material.any_text(has_control)
    mask = html | control
    if not mask.any():
        return None
    parts = [(html, "HTML crumbs such as <br> or &amp;"), (control, "invisible control characters")]
    kinds = [(name, int(part.sum())) for part, name in parts if part.any()]
    what = " and ".join(f"{name} ({n:,})" if len(kinds) > 1 else name for name, n in kinds)
    return material.finding(
        "markup",
        mask,
        f"{rows_are(int(mask.sum()), 'holds', 'hold')} {what}.",
        "They are no part of the message, and a model may take them for a sign of a class.",
        fix=step("strip_markup"),
    )


def mojibake(material: Material) -> Finding | None:
    """Texts that were once read in the wrong encoding."""
    mask = material.any_text(is_broken)
    if not mask.any():
        return None
    return material.finding(
        "mojibake",
        mask,
        f"{rows_are(int(mask.sum()), 'has', 'have')} broken letters, such as “Ã¼” for “ü” or “â€™” for an apostrophe.",
        "The file was once read in the wrong encoding. The model knows the right words, not the broken ones.",
        fix=step("fix_mojibake"),
    )
