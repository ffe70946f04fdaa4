"""What this machine has: processor, memory, graphics card, disk; asked without loading torch."""

import os
import shutil

import psutil
import pynvml
import streamlit as st
from components import session
from components.layout import card
from components.wording import count, plain, size

_TIGHT = 2_000_000_000  # bytes of free room below which a training may fail


def show() -> None:
    """A sentence, and four boxes of one height."""
    memory, disk = psutil.virtual_memory(), shutil.disk_usage(session.workspace().root)
    cards = graphics()
    with card(key="machine"):
        st.markdown(f"### {_headline(bool(cards), memory.available, disk.free)}", anchors=False)
        st.markdown(_sentence(cards))
    boxes = st.columns(4)
    load = os.getloadavg()[0]
    _box(boxes[0], "Processor", count(cores(), "core"), "busy now" if load > cores() else "has room now")
    _box(boxes[1], "Memory", size(memory.total), f"{size(memory.available)} free")
    name, about = (cards[0][0], f"{size(cards[0][1])} free") if cards else ("none", "it works without")
    _box(boxes[2], "Graphics card", name, about if len(cards) < 2 else f"{count(len(cards), 'card')}, {about}")
    _box(boxes[3], "Disk", size(disk.total), f"{size(disk.free)} free")


def cores() -> int:
    """Physical cores that this process may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


@st.cache_data(ttl=10, show_spinner=False)
def graphics() -> list[tuple[str, int]]:
    """Name and free memory in bytes of each graphics card."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, or no card
        return []
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(place) for place in range(pynvml.nvmlDeviceGetCount())]
        return [(str(pynvml.nvmlDeviceGetName(one)), int(pynvml.nvmlDeviceGetMemoryInfo(one).free)) for one in handles]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def _headline(has_card: bool, memory: float, disk: float) -> str:
    if disk < _TIGHT:
        return "The disk is nearly full"
    if memory < _TIGHT:
        return "Memory is short at the moment"
    return "Ready to train, with a graphics card" if has_card else "Ready to train on the processor"


def _sentence(cards: list[tuple[str, int]]) -> str:
    if cards:
        return "Trainings run on the graphics card, one at a time on each; everything else runs beside them."
    return "Trainings run one after the other; small models are fast enough without a graphics card."


def _box(place: st.delta_generator.DeltaGenerator, title: str, value: str, about: str) -> None:
    place.metric(plain(title), value, about, delta_color="off", delta_arrow="off", border=True, height="stretch")
