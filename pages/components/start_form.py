"""Before a training: what it learns from, how much effort, what matters most, what to watch; then Start."""

import secrets
from collections.abc import Sequence

import streamlit as st
from components import (
    changes,
    estimates,
    glossary,
    goal_question,
    layout,
    pinned,
    prepare_findings,
    session,
    settings_form,
    start_sentence,
    text_languages,
    work,
)
from components import recipe as recipes
from components.estimates import Estimate
from components.kinds.registry import rows_of, training_of
from components.layout import card
from components.recipe import Recipe
from components.trouble import caught
from components.wording import count, listing, named, plain

from sft_core.config import ReadOptions, Roles, SplitPlan, title_of
from sft_core.data.gathering import Foreseen, foresee
from sft_core.data.kinds.registry import kind_of
from sft_core.data.roles import Issue, problems
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.models.catalogue import find_card
from sft_core.tasks.registry import task_for
from sft_core.training.presets import PRESETS

_TICKET = "start_ticket"


def show(info: DatasetInfo) -> None:
    """The whole screen for a dataset."""
    facts = work.datasets().facts(info.id)
    words = task_for(info.roles).row_word
    recipe = _with_settings_of_another(recipes.load(info.id))
    head = layout.page_head("Ready to learn")
    trouble = [issue for issue in problems(facts, info.roles) if issue.severity == "error"]
    foreseen = None if trouble or not changes.is_small(info) else _foreseen(info.id, info.current, info.roles)
    start_sentence.show(info, facts, recipe.model, words, trouble[0] if trouble else foreseen)
    _warn_of_language(info, recipe)
    noticed = st.empty()
    for issue in trouble:
        _refuse(issue)
    if trouble and st.button("Look at the columns", key="to_columns"):
        session.go("data.py", dataset=info.id)
    if isinstance(foreseen, Issue):
        trouble.append(foreseen)
    _warn_of_split(foreseen)
    estimate = estimates.of(recipe, info) if not trouble else None
    estimates.refusal(estimate)
    recipe = _presets(recipe, estimate)
    labels = list(facts.get("classes") or {})
    before = recipe.changes
    unchecked = foreseen.unchecked if isinstance(foreseen, Foreseen) else ()
    recipe = _questions(recipe, words, info, labels, unchecked)
    recipe = _all_settings(recipe, estimate, info.roles)
    _as_text(recipe, info)
    estimates.watch(estimate)
    unsaid = not trouble and (goal_question.is_open(recipe.goal, labels) or recipe.goal.label in unchecked)
    blocked = bool(trouble) or bool(estimate and estimate.refused) or unsaid
    with head:
        if st.button("Start", type="primary", icon=":material/play_arrow:", disabled=blocked, key="start_run"):
            start(recipe, info)
    if recipe.changes != before:  # not earlier: a number typed and Start clicked at once are one rerun
        st.rerun()
    with noticed:
        if unsaid:  # far below on a phone
            st.caption(":material/info: Choose below which class matters most, then it can start.")
        else:
            _noticed(info)
    layout.stays_here()


def start(recipe: Recipe, info: DatasetInfo) -> None:
    """Ask for the run, and look at it. A double click makes one run."""
    ticket = st.session_state.setdefault(_TICKET, secrets.token_hex(8))
    name = f"{info.name} · {PRESETS[recipe.preset].title.lower()}"
    request = recipe.request(name, info.current, task_for(info.roles).name).model_dump(mode="json")
    estimates.make_way(recipe.dataset)
    job = store.submit(session.workspace(), "train", request, title=name, idem=f"train-{info.id}-{ticket}")
    store.ensure_supervisor(session.workspace())
    st.session_state.pop(_TICKET, None)
    session.go("training.py", dataset=info.id, run=job.id)


def _with_settings_of_another(recipe: Recipe) -> Recipe:
    """The settings of an earlier run where the address asks for them (`?settings_from=…`), once."""
    wished = st.query_params.get("settings_from")
    if not wished:
        return recipe
    del st.query_params["settings_from"]
    st.query_params["new"] = "run"
    try:
        job = store.get(session.workspace(), wished)
        request = read_order(job.folder).request
        return recipes.adopt(recipe, {**request, "pinned": pinned.of_run(job, request)})
    except SFTError:
        st.toast("The settings of that run are not there any more.")
        return recipe


@st.cache_data(max_entries=32, show_spinner="Looking at what it would learn from")
def _foreseen(dataset_id: str, version: int, roles: Roles) -> Foreseen | Issue:
    """What a run would get of these rows, or why it could not learn from them."""
    try:
        return foresee(work.datasets().read_rows(dataset_id, version), roles, SplitPlan())
    except SFTError as error:
        return Issue("split", error.message, error.hint, "error")


def _warn_of_split(foreseen: Foreseen | Issue | None) -> None:
    """What is wrong with the split that a run would get, with the way to it."""
    if isinstance(foreseen, Issue):
        _refuse(foreseen)
    elif foreseen is not None and foreseen.unlearnt:
        names = listing([named(label, 40) for label in foreseen.unlearnt])
        title = f"No row to learn from is left of {names}: the model will not know it."
        st.warning("Drop its rows, or change the split.", title=title, icon=":material/warning:")
    else:
        return
    if st.button("Go to the split", key="to_split"):
        session.go("prepare.py", dataset=session.dataset_id())


def _warn_of_language(info: DatasetInfo, recipe: Recipe) -> None:
    """The default way does not pass through Model: here is its warning, with the way to it."""
    strange = text_languages.warn(text_languages.shares(info), find_card(recipe.model))
    if strange and st.button("Choose another model", key="to_models"):
        session.go("model.py", dataset=info.id)


def _noticed(info: DatasetInfo) -> None:
    """One line where the rows are not as good as they could be: the default way does not pass through Prepare."""
    said = prepare_findings.noticed(prepare_findings.findings(info) or [], rows_of(info.roles).MANY)
    if not said:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f":material/info: {said}", width="content")
        if st.button("Look at them", key="to_findings"):
            session.go("prepare.py", dataset=info.id)


def _refuse(issue: Issue) -> None:
    st.warning(plain(issue.hint), title=plain(issue.message), icon=":material/warning:")


def _presets(recipe: Recipe, estimate: Estimate | None) -> Recipe:
    """Three cards of one height; one of them is chosen."""
    st.subheader("How much effort?", anchor=False, help=glossary.about("effort"))
    for preset, column in zip(PRESETS.values(), st.columns(len(PRESETS)), strict=True):
        with column, card(key=f"preset_{preset.name}", stretch=True):
            chosen = preset.name == recipe.preset
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(f"#### {preset.title}", anchors=False, width="content")
                if chosen:
                    st.badge("Chosen", icon=":material/check:", color="green")
            st.markdown(preset.description)
            too_much = estimate is not None and estimate.refused and estimate.found is not None
            st.caption("Does not fit here" if too_much else estimates.in_words(estimate, preset.name))
            st.space("stretch")
            if not chosen and st.button(f"Choose {preset.title.lower()}", key=f"choose_{preset.name}", width="stretch"):
                recipes.change(recipe, preset=preset.name)
                st.rerun()
    return recipe


def _questions(
    recipe: Recipe, words: tuple[str, str], info: DatasetInfo, labels: list[str], unchecked: Sequence[str]
) -> Recipe:
    left, right = st.columns(2)
    with left, card(goal_question.QUESTION, stretch=True, about=glossary.about("macro-f1")):
        goal = goal_question.ask(recipe, labels, words, unchecked)
    recipe = recipes.change(recipe, goal=goal or recipe.goal)
    with right:
        return training_of(info.roles).beside_goal(recipe, info, words)


def _all_settings(recipe: Recipe, estimate: Estimate | None, roles: Roles) -> Recipe:
    if recipe.changes:
        st.caption(f"{count(len(recipe.changes), 'setting differs', 'settings differ')} from the preset.")
    box = st.expander("All settings", key="all_settings", on_change="rerun")  # another label would fold it
    if not box.open:
        return recipe
    with box:
        st.caption("As the preset has it. What you change is marked, with a way back; empty: left to the preset.")
        known = estimate.settings(recipe.preset) if estimate else None
        own = settings_form.show(recipe, known, kind_of(roles).name)
        asked_above = training_of(roles).OWN_SETTINGS
        own |= {name: value for name, value in recipe.changes.items() if name in asked_above}
        seed = settings_form.seed_field(recipe)
        kind = kind_of(roles).name
        st.caption(estimates.figures(estimate, task_for(roles).row_word, title_of("token_budget", kind)))
        recipe = recipes.change(recipe, changes=own, seed=seed)
        if recipe.changes and st.button("Back to the preset", icon=":material/undo:", key="settings_back"):
            recipes.renew_fields()
            recipes.change(recipe, changes={}, seed=0)
            st.rerun()
    return recipe


def _as_text(recipe: Recipe, info: DatasetInfo) -> None:
    box = st.expander("The same as a file or a command", key="settings_as_text", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption("Settings as YAML, for `--config` or for another run")
        st.code(recipes.as_yaml(recipe), language="yaml")
        with st.form("yaml_form", border=False):
            text = st.text_area("Settings from elsewhere", placeholder="epochs: 4\nbatch_size: 16", key="yaml_text")
            asked = st.form_submit_button("Use these settings")
        if asked:
            with caught():  # here, for the rest of the page is as good as before
                recipes.from_yaml(recipe, text)
                st.rerun()
        st.caption("The same from the command line")
        files = work.datasets().about(info.id).get("files") or {}
        names = {split: str(facts.get("name") or f"{split}.csv") for split, facts in files.items()}
        own = files.get("train") or {}
        sheet, asked = (own.get("read") or {}).get("sheet"), ReadOptions(**(own.get("asked") or {}))
        st.code(recipes.as_command(recipe, names, info.roles, sheet, asked), language="bash", wrap_lines=True)
        if info.roles.rival:
            st.caption("The column with the answer that is given today is not part of the command.")
        if work.datasets().version(info.id, info.current).steps:
            st.caption("It reads the file as it came: what you changed in Prepare is not part of the command.")
