"""Crumbs of web pages in texts: tags, entities, control and invisible characters."""

import html
import re

import pandas as pd

from sft_core.config import Roles
from sft_core.data.examples import text_columns
from sft_core.data.fixes.effect import Effect, Fix, Mask, NoParams, replace_cells

_NAMES = (
    "a|abbr|article|b|big|blockquote|body|br|button|center|code|div|em|font|footer|form|h[1-6]|head|header|hr|html|i|"
    "iframe|img|input|label|li|link|meta|nav|ol|option|p|pre|s|script|section|select|small|span|strong|style|sub|sup|"
    "table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul"
)
# Only names that HTML knows: "<user>" or "x <y> z" are somebody's own words.
_TAG = re.compile(
    rf"(?i:</?\s?(?:{_NAMES})(?:\s[^<>]*)?\s?/?>|<!--[^<>]*-->|<!doctype(?:\s[^<>]*)?>|<\?xml[^<>]*\?>|<!\[CDATA\[)"
)
# What stands between these is a program for the browser, no word of the message.
_CODE = re.compile(r"(?is)<(style|script)(?:\s[^<>]*)?>(?:(?!</?\1\b).)*</\1\s*>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")
_CONTROLS = "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad\x00]"
_CONTROL = re.compile(_CONTROLS)
_BLANKS = re.compile(r"[ \t\u00a0]{2,}|\u00a0")


def has_html(column: pd.Series) -> Mask:
    """Which cells hold tags or entities of HTML."""
    maybe = column.str.contains("[<&]", regex=True).to_numpy(dtype=bool, copy=True)
    maybe[maybe] = [
        bool(_TAG.search(cell)) or any(html.unescape(found) != found for found in _ENTITY.findall(cell))
        for cell in column[maybe]
    ]
    return maybe


def has_control(column: pd.Series) -> Mask:
    """Which cells hold control characters or invisible ones."""
    return column.str.contains(_CONTROLS, regex=True).to_numpy(dtype=bool)


def without_markup(text: str) -> str:
    """The text as it would be read on the page."""
    if "<![cdata[" in text.lower():
        text = text.replace("]]>", " ")
    plain = _CONTROL.sub("", html.unescape(_TAG.sub(" ", _CODE.sub(" ", text))))
    return _BLANKS.sub(" ", plain).strip()


def _apply(table: pd.DataFrame, _params: NoParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return replace_cells(table, {name: _clean(table[name]) for name in text_columns(roles)}, roles)


def _clean(column: pd.Series) -> pd.Series:
    dirty = has_html(column) | has_control(column)
    cells = column.to_numpy(dtype=object, copy=True)
    cells[dirty] = [without_markup(cell) for cell in cells[dirty]]
    return pd.Series(cells, index=column.index, dtype="str")


STRIP_MARKUP = Fix(
    "Remove HTML crumbs",
    NoParams,
    _apply,
    lambda _params, _rows: "HTML crumbs and control characters removed from the texts",
)
