"""Good files of every format, broken at random: what reading makes of each. Runs in sandbox children, many in one.

A child that breaks off (a crash in C code) costs the mutant at hand, which counts as refused: so it is in the product,
where each file has a child of its own. What a child leaves behind says where the next one goes on.
"""

import bz2
import datetime
import gzip
import io
import json
import random
import signal
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any

import openpyxl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from sft_core import sandbox
from sft_core.cli.main import exit_code
from sft_core.data.reading import read_table
from sft_core.errors import SFTError
from sft_core.sandbox import Limits

LONGEST = 10  # seconds of processor time for one file: what other programs do is no hang
WAITING = 120  # seconds by the clock
BATCH = 500
CHILD = Limits(memory_mb=4096, seconds=1200, cpu_seconds=1200, file_mb=512)
ROWS = [(f'words, "{n}" and {"more " * (n % 7)}', "xyz"[n % 3], n, n / 7) for n in range(60)]


def good_files() -> dict[str, bytes]:
    """A small file of each format, by name."""
    records = [{"text": text, "label": label, "n": {"id": n, "part": part}} for text, label, n, part in ROWS]
    table = "text,label,id\n" + "".join(
        '"{}",{},{}\n'.format(t.replace('"', '""'), label, n) for t, label, n, _ in ROWS
    )
    tabs = "text\tlabel\n" + "".join(f"schöne Wörter {n}\t{label}\n" for _text, label, n, _part in ROWS)
    return {
        "table.csv": table.encode(),
        "western.csv": tabs.replace("\t", ";").encode("cp1252"),
        "wide.tsv": tabs.encode("utf-16"),
        "titles.csv": f"Export of today\n\n{table}".encode(),
        "lines.txt": "".join(f"{text}\n" for text, *_ in ROWS).encode(),
        "records.json": json.dumps(records).encode(),
        "columns.json": json.dumps({"text": [row[0] for row in ROWS], "label": [row[1] for row in ROWS]}).encode(),
        "lines.jsonl": "\n".join(map(json.dumps, records)).encode(),
        "table.parquet": _parquet(),
        "book.xlsx": _workbook(),
        "table.csv.gz": gzip.compress(table.encode(), mtime=0),
        "table.csv.bz2": bz2.compress(table.encode()),
        "table.zip": _zip({"table.csv": table.encode()}),
    }


def _parquet() -> bytes:
    target = io.BytesIO()
    day = datetime.datetime(2026, 1, 5, 10, 30)
    columns: dict[str, pa.Array] = {
        "text": pa.array([text for text, *_ in ROWS]),
        "label": pa.array([label for _text, label, *_ in ROWS]).dictionary_encode(),
        "price": pa.array([Decimal(n) / 4 for *_, n, _part in ROWS], pa.decimal128(12, 2)),
        "when": pa.array([day + datetime.timedelta(hours=n) for *_, n, _part in ROWS], pa.timestamp("us", "UTC")),
        "words": pa.array([[label] * (n % 4) for _text, label, n, _part in ROWS]),
        "of": pa.array([{"id": n, "part": part} for *_, n, part in ROWS]),
    }
    pq.write_table(pa.table(columns), target, row_group_size=20)
    return target.getvalue()


def _workbook() -> bytes:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Export of today"])
    sheet.append(["text", "label", "id", "part", "day"])
    for text, label, n, part in ROWS:
        sheet.append([text, label, n, part, datetime.date(2026, 1, 1 + n % 28)])
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B10:B12")
    book.create_sheet("Other").append(["words"])
    book.save(target)
    return target.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def mutant(name: str, content: bytes, draw: random.Random) -> bytes:
    """The file with one to six injuries; packed ones are as often injured inside, where no checksum guards them."""
    if draw.random() < 0.5 and name.endswith((".xlsx", ".zip", ".gz", ".bz2")):
        return _injured_inside(name, content, draw)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        content = draw.choice(_INJURIES)(content, draw)
    return content


def _injured_inside(name: str, content: bytes, draw: random.Random) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(mutant("", gzip.decompress(content), draw), mtime=0)
    if name.endswith(".bz2"):
        return bz2.compress(mutant("", bz2.decompress(content), draw))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {entry.filename: package.read(entry) for entry in package.infolist()}
    hurt = draw.choice(sorted(members))
    return _zip({member: mutant("", inside, draw) if member == hurt else inside for member, inside in members.items()})


def _span(content: bytes, draw: random.Random) -> tuple[int, int]:
    first = draw.randrange(len(content) + 1)
    return first, min(len(content), first + draw.choice((1, 2, 4, 16, 100, 1000)))


def _overwrite(content: bytes, draw: random.Random) -> bytes:
    first, last = _span(content, draw)
    return content[:first] + draw.randbytes(last - first) + content[last:]


def _flip(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return content
    at = draw.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]


def _delete(content: bytes, draw: random.Random) -> bytes:
    first, last = _span(content, draw)
    return content[:first] + content[last:]


def _repeat(content: bytes, draw: random.Random) -> bytes:
    first, last = _span(content, draw)
    return content[:last] + content[first:last] * draw.choice((1, 3, 200)) + content[last:]


def _move(content: bytes, draw: random.Random) -> bytes:
    first, last = _span(content, draw)
    rest, at = content[:first] + content[last:], draw.randrange(len(content) + 1)
    return rest[:at] + content[first:last] + rest[at:]


def _insert(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content) + 1)
    piece = draw.choice(
        (b'"', b"\x00", b"\n", b"\r", b",", b";", b"\t", b"{", b"[", b"\xff\xfe", b"<", b"&", b"-1", b"9" * 30)
    )
    return content[:at] + piece * draw.choice((1, 1, 2, 500)) + content[at:]


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


_INJURIES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _overwrite, _flip, _flip, _delete, _repeat, _move, _insert, _insert, _cut
)  # fmt: skip


def read_mutants(first: int, last: int, seed: int, found: str, files: dict[str, str]) -> None:
    """Read the mutants first…last-1 (in the child); a line of JSON for each goes to the file `found` at once."""
    signal.signal(signal.SIGPROF, _too_long)
    signal.signal(signal.SIGALRM, _too_long)
    kinds = sorted(files)
    with Path(found).open("a", encoding="utf-8") as told:
        for number in range(first, last):
            draw = random.Random(f"{seed}-{number}")
            name = kinds[number % len(kinds)]
            Path(name).write_bytes(mutant(name, Path(files[name]).read_bytes(), draw))
            outcome, seconds = _outcome(Path(name))
            told.write(json.dumps([number, name, outcome, round(seconds, 3)]) + "\n")
            told.flush()


def inspect_mutants(count: int, folder: Path, seed: int = 0) -> Counter[int]:
    """How often `inspect` of the command line ended with which code (0 told what it is, 2 refused), a child a file.

    What it writes passes through: a caller may look for traces of errors in it.
    """
    files = good_files()
    kinds, codes = sorted(files), Counter[int]()
    for number in range(count):
        name = kinds[number % len(kinds)]
        path = folder / name
        path.write_bytes(mutant(name, files[name], random.Random(f"{seed}-{number}")))
        codes[exit_code(["inspect", "--data", str(path)])] += 1
    return codes


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("takes too long")


def _outcome(path: Path) -> tuple[str, float]:
    """ "read", "refused", or what went wrong."""
    started = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    signal.alarm(WAITING)
    try:
        read_table(path, None, Path("rows.parquet"))
        outcome = "read"
    except SFTError as error:
        said = error.message and error.hint and "\n" not in f"{error.message}{error.hint}"
        outcome = "refused" if said else f"says {error!r}"
    except MemoryError:
        outcome = "refused"  # the sandbox says that it needs too much memory
    except Exception:  # noqa: BLE001 - whatever comes is the finding
        outcome = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return outcome, time.process_time() - started


def measure(count: int, folder: Path, seed: int = 0, first: int = 0) -> dict[str, Any]:
    """What became of the mutants up to number `count`: how many were read, refused, crashed; what went wrong."""
    for name, content in good_files().items():
        (folder / name).write_bytes(content)
    files = {name: str(folder / name) for name in good_files()}
    found = folder / "found.jsonl"
    found.touch()
    process = psutil.Process()
    before = process.memory_info().rss
    done, crashed = first, 0
    while done < count:
        last = min(done + BATCH, count)
        try:
            arguments = {"first": done, "last": last, "seed": seed, "found": str(found), "files": files}
            sandbox.call("benchmarks.mutants:read_mutants", arguments, limits=CHILD, folder=folder / "child")
            done = last
        except SFTError as error:
            told = found.read_text(encoding="utf-8").splitlines()
            done = json.loads(told[-1])[0] + 1 if told else done
            number, kinds = done, sorted(files)
            with found.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([number, kinds[number % len(kinds)], f"crashed: {error.message}", 0]) + "\n")
            crashed += 1
            done += 1
    return _summed(found, before, process.memory_info().rss, crashed)


def _summed(found: Path, before: int, after: int, crashed: int) -> dict[str, Any]:
    rows = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    kinds = Counter("crashed" if outcome.startswith("crashed") else outcome for _number, _name, outcome, _time in rows)
    usual = ("read", "refused", "crashed")
    return {
        "mutants": len(rows),
        **{kind: kinds[kind] for kind in usual},
        "wrong": [row[:3] for row in rows if row[2] not in usual and not row[2].startswith("crashed")],
        "crashes": [row[:3] for row in rows if row[2].startswith("crashed")][:20],
        "longest": max((row[3] for row in rows), default=0),
        "server_mb": (round(before / 2**20, 1), round(after / 2**20, 1)),
        "children_broken": crashed,
    }
