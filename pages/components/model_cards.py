"""Base models as cards: what each is good at, language, size, licence, the time here, and one button."""

from collections.abc import Mapping

import streamlit as st
from components import estimates, model_choices, recipe, running, viewport
from components.estimates import Estimate
from components.layout import card
from components.model_choices import Choice
from components.recipe import Recipe
from components.wording import plain
from streamlit.delta_generator import DeltaGenerator

from sft_core.data.store import DatasetInfo
from sft_core.jobs.store import Job
from sft_core.models.catalogue import UNKNOWN
from sft_core.models.language import card_warning

_ACROSS = 3


def show(
    choices: list[Choice],
    info: DatasetInfo,
    wish: Recipe,
    measured: Mapping[str, Estimate | None],
    languages: Mapping[str, float],
) -> None:
    """The cards, three in a row; those of a row have the same height."""
    across = 1 if viewport.is_narrow() else _ACROSS
    coming = {model_choices.asked(job): job for job in reversed(model_choices.downloads())}
    for start in range(0, len(choices), across):
        columns = st.columns(across)
        for column, choice in zip(columns, choices[start : start + across], strict=False):
            with column, card(key=f"model_{choice.name}", stretch=True):
                _words(choice, choice.name == wish.model, languages)
                st.space("stretch")
                details = _facts(choice, _time(choice, measured.get(choice.name), wish.preset))
                if details is not None and choice.name != wish.model and model_choices.was_named(choice.name):
                    _take_off(details, choice)
                _action(choice, info, wish, coming.get(choice.name))


def _words(choice: Choice, chosen: bool, languages: Mapping[str, float]) -> None:
    chosen_badge = " :green-badge[:material/check: Chosen]" if chosen else ""
    st.markdown(f"#### {plain(choice.title, 60)}{chosen_badge}\n\n{plain(choice.good_at)}", anchors=False)
    if card_warning(languages, choice.card):
        st.caption(":material/warning: Your texts look like another language.")


def _facts(choice: Choice, time: str) -> DeltaGenerator | None:
    """What decides, a line each; the rest and where each fact is from are a click away: their box, where it is open."""
    facts = choice.facts()
    lines = [
        f":material/timer: {time}",
        f":material/weight: {plain(_capital(facts['Size'][0]))}",
        f":material/license: Licence: {plain(facts['Licence'][0])}",
    ]
    if choice.languages:
        lines.insert(0, f":material/translate: {plain(_capital(choice.languages))}")
    st.caption("  \n".join(lines))  # one element: ten cards of four are what makes this page slow to draw
    box = st.expander("Details", type="compact", key=f"model_details_{choice.name}", on_change="rerun")
    if box.open:
        called = str(choice.folder) if choice.folder and choice.card is None else choice.name
        told = [
            f"{title}: {plain(value)}" + (f" (from {plain(source)})" if source else "")
            for title, (value, source) in facts.items()
        ]
        box.caption("  \n".join([f"Called {plain(called)}", *told]))
    return box if box.open else None


def _take_off(details: DeltaGenerator, choice: Choice) -> None:
    """A folder that was named is listed until it is taken off again."""
    details.caption("Taken off this list, the folder itself stays as it is: name it again below to have it back.")
    if details.button("Take it off this list", key=f"forget_{choice.name}", type="tertiary", icon=":material/close:"):
        model_choices.forget_folder(choice.name)
        st.toast(f"{plain(choice.title, 60)} is off the list. The folder is untouched.", icon=":material/check:")
        st.rerun()


def _time(choice: Choice, estimate: Estimate | None, preset: str) -> str:
    if not choice.present:
        return f"Time here: {UNKNOWN}"
    words = estimates.in_words(estimate, preset)
    if estimate is not None and estimate.found:
        words += " · does not fit" if estimate.refused else " · fits"
    return words


def _action(choice: Choice, info: DatasetInfo, wish: Recipe, job: Job | None) -> None:
    if choice.present:
        if choice.name != wish.model and st.button("Choose", key=f"choose_model_{choice.name}", width="stretch"):
            recipe.choose_model(info.id, choice.name)
            st.rerun()
        return
    if job is not None and job.active:
        running.follow(job.id)
        return
    if job is not None and job.state in ("failed", "lost"):
        st.caption(f":material/error: {plain(f'{job.message} {job.hint}'.strip())}")
    again = job is not None and job.state != "finished"
    label = "Try again" if again else "Download"
    if st.button(label, key=f"download_{choice.name}", icon=":material/download:", width="stretch"):
        model_choices.download(choice.name)
        st.rerun()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
