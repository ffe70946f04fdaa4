"""How a file was read: one sentence, and each decision with a choice to change it; the preview follows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from components import glossary
from components.reading import Brought
from components.row_table import ROW_HELP
from components.wording import count, number, plain, size

from sft_core.config import ReadOptions
from sft_core.data.encodings import Candidate
from sft_core.data.reading import Preview, ReadFacts

FORMATS = {
    "csv": "CSV or TSV",
    "txt": "Plain text",
    "excel": "Excel",
    "json": "JSON",
    "jsonl": "JSON lines",
    "parquet": "Parquet",
}
_SEPARATORS = {",": ", comma", ";": "; semicolon", "\t": "tab", "|": "| bar", ":": ": colon", " ": "space"}
_QUOTES = {'"': '" double', "'": "' single", "": "none"}
_ENCODINGS = {
    "utf-8": "UTF-8 (Unicode)",
    "utf-8-sig": "UTF-8 with mark (Unicode)",
    "cp1252": "Windows-1252 (Western)",
    "utf-16": "UTF-16 (Unicode)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp932": "Shift JIS (Japanese)",
    "cp949": "CP949 (Korean)",
    "gb18030": "GB 18030 (Chinese)",
    "cp950": "Big5 (Chinese, traditional)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "mac_roman": "Macintosh (Western)",
    "iso8859-15": "ISO 8859-15 (Western)",
}
_KINDS = {
    "excel": "An Excel sheet",
    "json": "JSON",
    "jsonl": "JSON lines",
    "parquet": "A Parquet table",
}
_COUNTED = {"pictures": ("picture", "pictures")}  # what a row is, where it is no row of a table
_LOST = {"pictures": ("file", "files")}  # what cannot be read
_CLASSES = {
    "folders": "its folder",
    "names": "its file name",
    "table": "a table",
}
_CLASSES_SAID = {
    "folders": "each folder is a class",
    "names": "the class stands in the name of each file",
    "table": "a table beside them says the class",
}
_FIELDS = {
    "pictures": ("classes",),
    "csv": ("delimiter", "encoding", "quote", "header", "skip"),
    "txt": ("encoding", "header"),
    "excel": ("sheet", "header", "skip"),
    "json": ("encoding",),
    "jsonl": ("encoding",),
    "parquet": (),
}
_SAMPLES = 3  # lines shown in each character set
_LABELS = {
    "classes": "The class is said by",
    "delimiter": "Separator",
    "encoding": "Character set",
    "header": "First row",
    "quote": "Quotation marks",
    "sheet": "Sheet",
    "skip": "Rows above the table",
}
_SKIP_HELP = "Titles and notes above the column names. Blank rows do not count."
_MOST_ABOVE = 100


def sentence(seen: Preview, read: ReadFacts | None, about_columns: str = "") -> str:
    """ "An Excel sheet with 120 rows and a header row.", what its columns are, and what could not be read."""
    kind = seen.read.format or ""
    one, many = _COUNTED.get(kind, ("row", "rows"))
    rows = f"**{count(read.rows, one, many)}**" if read else size(seen.size)
    header = {True: " and a header row", False: " and no header row"}.get(seen.read.header, "")
    told = f"{_KINDS.get(kind, 'A table')} {'with' if read else 'of'} {rows}{header}"
    if kind in _COUNTED:
        told = rows if read else f"{many.capitalize()}, {rows}"
    if seen.read.classes:
        told += f": {_CLASSES_SAID[seen.read.classes]}"
    lost = ""
    if read and read.rejected["count"]:
        lost = f" {count(read.rejected['count'], *_LOST.get(kind, ('row', 'rows')))} could not be read."
    notes = "".join(f" {plain(note)}" for note in seen.notes)
    columns = f" {about_columns}." if about_columns else ""
    return f"{told}.{columns}{lost}{notes}"


def rejected(found: Mapping[str, Any], kind: str | None = None) -> None:
    """What could not be read of a file of this format: {count, rows} as in `ReadFacts.rejected`, with each reason."""
    rows: Sequence[Mapping[str, Any]] = found["rows"]
    if not rows:
        return
    words = _LOST.get(kind or "", ("row", "rows"))
    with st.expander(f"{count(found['count'], *words)} could not be read", icon=":material/block:"):
        shown = pd.DataFrame(list(rows))
        shown["row"] += 1
        columns: dict[str, Any] = {"row": st.column_config.NumberColumn("row", format="%d", help=ROW_HELP)}
        order = None
        if kind in _LOST:
            order, columns = ["content", "reason"], {"content": "file", "reason": "why"}
        said = f"{words[1].capitalize()} that could not be read, with the reason"
        st.dataframe(shown, hide_index=True, column_order=order, column_config=columns, alt=said)
        if found["count"] > len(rows):
            st.caption(f"The first {number(len(rows))} are shown.")


def choices(brought: Brought, preview: Preview | None) -> None:
    """The selectors. Without a preview (the file could not be read like this) all that might help is offered."""
    read = preview.read if preview else brought.read
    kind = read.format or "csv"
    fields = [field for field in _FIELDS[kind] if field != "sheet" or (preview and len(preview.sheets) > 1)]
    wishes: dict[str, Any] = {}
    with st.grid(3, min_column_width=150):  # as wide as the roles below, so that they line up
        if kind in FORMATS:
            wishes |= _choice(brought, read, "format", "Format", FORMATS)
        for field in fields:
            if field == "skip":
                wishes |= _above(brought, read)
            else:
                wishes |= _choice(brought, read, field, _LABELS[field], _options(field, preview))
    if wishes:
        change(brought, **wishes)


def encoding_doubt(brought: Brought, preview: Preview) -> None:
    """Where the bytes fit several character sets: the same lines in each, so that a person can tell."""
    if not preview.encodings or brought.read.encoding:
        return
    looks: dict[tuple[str, ...], Candidate] = {}
    for candidate in preview.encodings:  # the likeliest first
        looks.setdefault(tuple(candidate.preview[:_SAMPLES]), candidate)
    if len(looks) == 1:
        name = _ENCODINGS.get(preview.encodings[0].encoding, preview.encodings[0].encoding)
        said = f"The file does not say how its letters are written: it was read as {plain(name)}."
        st.caption(f":material/info: {said}", help=glossary.about("letters"))
        return
    st.markdown("**Which of these reads right?** The file does not say how its letters are written.")
    for place, (column, candidate) in enumerate(zip(st.columns(len(looks)), looks.values(), strict=True)):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f":small[**{_ENCODINGS.get(candidate.encoding, candidate.encoding)}**]")
            for line in candidate.preview[:_SAMPLES]:
                st.caption(plain(line, 90))
            st.space("stretch")
            label = "Keep this" if place == 0 else "Take this"
            if st.button(label, key=f"{brought.id}_encoding_{place}", width="stretch"):
                change(brought, encoding=candidate.encoding)


def change(brought: Brought, **wishes: Any) -> None:
    """Read the file in another way; what was guessed from the old way is guessed again."""
    read = brought.read.model_copy(update=wishes)
    if "format" in wishes:
        read = ReadOptions(format=wishes["format"])
    brought.read_as(read, same_columns=set(wishes) <= {"encoding"})
    st.rerun()


def _choice(brought: Brought, read: ReadOptions, field: str, label: str, options: dict[Any, str]) -> dict[str, Any]:
    """The selector of one field; what is wished where that is not how it is read."""
    now = getattr(read, field)
    if now not in options:
        options = {now: str(now) if now is not None else "find out", **options}
    number = _number(brought, field, now)
    chosen = st.selectbox(
        label,
        list(options),
        index=list(options).index(now),
        format_func=options.__getitem__,
        key=f"{brought.id}_as_{field}_{number}",
        help=glossary.said_in(label),
    )
    return _wish(brought, field, number, chosen) if chosen != now else {}


def _above(brought: Brought, read: ReadOptions) -> dict[str, Any]:
    """How many rows stand above the table; what is wished where that is not how it is read."""
    number = _number(brought, "skip", read.skip)
    key = f"{brought.id}_as_skip_{number}"
    chosen = st.number_input(_LABELS["skip"], 0, _MOST_ABOVE, read.skip, step=1, key=key, help=_SKIP_HELP)
    return _wish(brought, "skip", number, chosen) if chosen != read.skip else {}


def _wish(brought: Brought, field: str, number: int, chosen: Any) -> dict[str, Any]:
    st.session_state[_seen(brought, field)] = (number, chosen)
    return {field: chosen}


def _number(brought: Brought, field: str, now: Any) -> int:
    """Which selector of this field it is: another one only where another value was found than the one that it shows.

    So a choice that is made while the file is still being read reaches the next drawing, and none comes back from an
    earlier selector.
    """
    number, shown = st.session_state.get(_seen(brought, field), (0, now))
    if shown != now:
        number += 1
    st.session_state[_seen(brought, field)] = (number, now)
    return number


def _seen(brought: Brought, field: str) -> str:
    return f"seen_{brought.id}_{field}"


def _options(field: str, preview: Preview | None) -> dict[Any, str]:
    if field == "delimiter":
        return _SEPARATORS
    if field == "classes":
        return _CLASSES
    if field == "quote":
        return _QUOTES
    if field == "header":
        return {True: "column names", False: "data"}
    if field == "sheet":
        return {sheet: sheet for sheet in (preview.sheets if preview else ())}
    offered = [candidate.encoding for candidate in preview.encodings] if preview else []
    return {name: _ENCODINGS.get(name, name) for name in dict.fromkeys([*offered, *_ENCODINGS])}
