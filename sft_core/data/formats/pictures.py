"""Pictures in a zip or a folder as a table: a row for each, with its path, its class, and its side if one is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sft_core.config import ClassesFrom, ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.picture_table import NOT_THERE, Names, PictureTable, find_table, without
from sft_core.data.limits import TableLimits
from sft_core.data.own_columns import PICTURE
from sft_core.data.pictures.archive import open_source
from sft_core.data.pictures.caps import CAPS
from sft_core.data.pictures.layout import Layout, by_folders, by_names, names_offered
from sft_core.data.pictures.members import Listing, Member
from sft_core.data.pictures.opening import opened
from sft_core.errors import DataError

NOT_PICTURES = frozenset((
    ".txt", ".md", ".csv", ".tsv", ".tab", ".xls", ".xlsx", ".json", ".jsonl", ".ndjson", ".xml", ".yaml", ".yml",
    ".html", ".htm", ".pdf", ".doc", ".docx", ".rtf", ".odt", ".ods", ".py", ".ipynb", ".log", ".ini", ".cfg", ".db",
    ".sqlite", ".npy", ".npz", ".pkl", ".pickle", ".pt", ".pth", ".h5", ".hdf5", ".parquet", ".mp3", ".wav", ".mp4",
    ".mov", ".avi", ".mkv", ".exe", ".dll", ".so", ".js", ".css", ".bat", ".sh", ".url", ".lnk", ".mat", ".svg",
    ".onnx", ".safetensors",
))  # fmt: skip
IMAGE, LABEL, SPLIT = "image", "label", "split"
_IN_GROUP = 10_000
_NAMED_CLASSES = 4


@dataclass(frozen=True)
class Row:
    """One picture to be read: its record number, the file, and its visible cells."""

    number: int
    member: Member
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The rows to be, and what is left out before any picture is opened: (record number, name, reason)."""

    rows: tuple[Row, ...]
    left_out: tuple[tuple[int, str, str], ...]


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """Which files are pictures, and where their classes stand: by names and a table alone, no picture is opened."""
    with open_source(path, CAPS) as source:
        listing = source.listing
        numbered = _numbered(listing)
        pictures = [(number, member) for number, member, reason in numbered if not reason]
        if not pictures:
            raise _no_pictures(listing)
        members = [member for _number, member in pictures]
        tables = listing.members if options.classes in (None, "table") else []
        table, table_notes = find_table(source, tables, Names(members), limits)
    if options.classes == "table" and table is None:
        raise DataError(
            "There is no table beside the pictures that names them.",
            "Add a CSV with the file names in one column, or choose another place for the class.",
        )
    strays = [(member, reason) for _number, member, reason in numbered if reason]
    notes = (*table_notes, *_junk_note(listing.junk))
    if table is not None:
        found = _by_table(table, members, strays, notes)
        return replace(found, offers=_offers(members, "table"))
    layout, classes, said = _layout(members, options)
    columns = (IMAGE, LABEL) if layout.sides is None else (IMAGE, LABEL, SPLIT)
    sides = layout.sides or ("",) * len(members)
    rows = tuple(
        Row(number, member, (member.path, label, side)[: len(columns)])
        for (number, member), label, side in zip(pictures, layout.classes, sides, strict=True)
    )
    left_out = tuple((number, member.path, reason) for number, member, reason in numbered if reason)
    found = _found(classes, columns, (*said, *notes), Plan(rows, left_out))
    return replace(found, offers=_offers(members, classes))


def _offers(members: Sequence[Member], taken: ClassesFrom | None) -> tuple[ClassesFrom, ...]:
    """Where else the classes seem to stand, by the names alone."""
    fits: dict[ClassesFrom, bool] = {
        "folders": any(by_folders(members, single=False).classes),
        "names": bool(names_offered(members)),
    }
    return tuple(name for name, there in fits.items() if there and name != taken)


def _found(classes: ClassesFrom | None, columns: Sequence[str], notes: Sequence[str], plan: Plan) -> Found:
    resolved = ReadOptions(format="pictures", header=True, classes=classes)
    return Found(resolved, tuple(columns), notes=tuple(notes), plan=plan, own=PICTURE)


def _by_table(
    table: PictureTable, members: Sequence[Member], strays: Sequence[tuple[Member, str]], notes: Sequence[str]
) -> Found:
    """The rows of the table, each with its picture; the side by the folders where the table has no such column."""
    names, sides = Names(members), by_folders(members, single=False).sides
    side_of = dict(zip((member.path for member in members), sides, strict=True)) if sides else {}
    adds_side = bool(side_of) and SPLIT not in {name.casefold() for name in table.others}
    rows, left_out, named = [], list(table.unread), set()
    for number, cells in table.rows:
        member = names.find(cells[table.path])
        if isinstance(member, Member):
            named.add(member.path)
            side = (side_of[member.path],) if adds_side else ()
            rows.append(Row(number, member, (member.path, *without(cells, table.path), *side)))
        else:
            left_out.append((number, cells[table.path] or "(empty)", member or NOT_THERE))
    after = max((number for number, _cells in table.rows), default=-1) + 1
    used = [(member, reason) for member, reason in strays if member.path != table.name]
    left_out += [(after + place, member.path, reason) for place, (member, reason) in enumerate(used)]
    said = [f"The table “{table.name}” beside the pictures says what each of them is."]
    if unnamed := len(members) - len(named):
        what = "picture has" if unnamed == 1 else "pictures have"
        said.append(f"{unnamed:,} {what} no row in that table and {'was' if unnamed == 1 else 'were'} left out.")
    columns = (IMAGE, *table.others, *((SPLIT,) if adds_side else ()))
    return _found("table", columns, (*said, *notes), Plan(tuple(rows), tuple(left_out)))


def _numbered(listing: Listing) -> list[tuple[int, Member, str]]:
    """Every file that is no junk, sorted by path, with its number and why it is left out ("" = it is a picture)."""
    every = [(member, "") for member in listing.members] + listing.left_out
    every.sort(key=lambda one: (one[0].path, one[1]))
    return [
        (number, member, reason or ("is not a picture" if member.ending in NOT_PICTURES else ""))
        for number, (member, reason) in enumerate(every)
    ]


def _layout(members: Sequence[Member], options: ReadOptions) -> tuple[Layout, ClassesFrom | None, tuple[str, ...]]:
    """Classes and sides, how they were found, and what is said of it."""
    if options.classes == "names":
        return by_names(members), "names", ()
    layout = by_folders(members, single=options.classes == "folders")
    if any(layout.classes) or options.classes == "folders":
        return layout, "folders", layout.notes
    offered = names_offered(members)
    if not offered:
        return layout, None, ("No folders for classes were found, so the pictures have no class.",)
    named = ", ".join(offered[:_NAMED_CLASSES]) + (" …" if len(offered) > _NAMED_CLASSES else "")
    return layout, None, (f"The names of the files seem to carry a class ({named}). Choose “names” if they do.",)


def _junk_note(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    what = "hidden or system file was" if count == 1 else "hidden or system files were"
    return (f"{count:,} {what} left out.",)


def _no_pictures(listing: Listing) -> DataError:
    reasons = {reason for _member, reason in listing.left_out}
    if len(reasons) == 1 and not listing.members:
        return DataError(
            f"No picture could be read: each file {reasons.pop()}.", "Make a zip of the pictures alone, and no more."
        )
    return DataError(
        "There are no pictures in it.", "Choose a zip or a folder with PNG, JPEG or WEBP pictures, a folder a class."
    )


def batches(path: Path, found: Found, _limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The pictures, read on several threads in the order of their paths; an empty batch tells of progress only."""
    plan: Plan = found.plan
    for number, name, reason in plan.left_out:
        rejects.add(number, reason, name)
    if found.own and found.pictures is None:
        yield from _unopened(plan.rows, len(found.own), size)
        return
    group: list[tuple[int, tuple[str, ...]]] = []
    done = 0
    with open_source(path, CAPS) as source:
        pictures = opened(source, [row.member for row in plan.rows], found.pictures, size)
        for row, result in zip(plan.rows, pictures, strict=True):
            done += 1
            if isinstance(result, str):
                rejects.add(row.number, result, row.member.path)
            else:
                group.append((row.number, (*row.cells, *result)))
            share = done / len(plan.rows)
            if len(group) >= min(size, _IN_GROUP):
                yield _batch(group, share)
                group = []
            else:
                yield Batch((), (), share, f"{done:,} of {len(plan.rows):,} pictures read")
    if group:
        yield _batch(group, 1.0)


def _unopened(rows: Sequence[Row], own: int, size: int) -> Iterator[Batch]:
    """The rows as the listing has them; nothing is known of the pictures themselves."""
    for start in range(0, len(rows), size):
        part = [(row.number, (*row.cells, *("",) * own)) for row in rows[start : start + size]]
        yield _batch(part, (start + len(part)) / len(rows))


def _batch(group: Sequence[tuple[int, tuple[str, ...]]], share: float) -> Batch:
    return Batch(
        [number for number, _cells in group], list(zip(*(cells for _number, cells in group), strict=True)), share
    )


FORMAT = Format("pictures", "Pictures in a zip or a folder", find, batches)
