"""A file that was brought: how it is read, what each column is for, a first look, and the button that takes it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import (
    data_upload,
    drafts,
    first_look,
    glossary,
    imports,
    later_upload,
    layout,
    like_before,
    reading,
    reading_card,
    roles_form,
    session,
    upload_field,
    work,
)
from components.drafts import Draft
from components.kinds.registry import rows_of
from components.layout import card
from components.prepare_findings import in_words
from components.running import follow
from components.trouble import show as show_error
from components.wording import plain

from sft_core.config import Roles, Split
from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.reading import Preview, ReadFacts
from sft_core.data.roles import Issue, describe, guess_roles, problems, problems_of_beginning
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.jobs import store

_EXTRA: tuple[tuple[Split, str], ...] = (("validation", "Validation file"), ("test", "Test file"))


def show(draft: Draft) -> None:
    """The whole screen for one draft."""
    head = layout.page_head(plain(draft.path().name, 60))
    if draft.job and _import(draft):
        return
    try:
        seen = reading.preview(draft)
    except SFTError as error:
        _unreadable(draft, error)
        _other_file(head)
        return
    draft = like_before.adopt(draft, seen.columns)
    with card("We read it like this"):
        sentence = st.empty()
        reading_card.choices(draft, seen)
        reading_card.encoding_doubt(draft, seen)
        roles = _roles(draft, seen)
    facts, read, rows = _counted(draft, roles)
    found = problems(facts, roles) if facts else problems_of_beginning(reading.profile_of(rows, roles), roles)
    sentence.markdown(reading_card.sentence(seen, read, said(roles, facts)))
    like_before.ask(draft, seen.columns)
    forbidden = _issues(found)
    _answer_instead(draft, found)
    _other_file(head)
    with head:
        if st.button(
            "Use this data", type="primary", icon=":material/arrow_forward:", disabled=forbidden, key="use_data"
        ):
            _use(draft, roles, like_before.chosen(draft, seen.columns))
    _look(seen, facts, roles, rows, forbidden)
    _rejected(seen, read)
    _more_files(draft, roles)
    layout.stays_here()


def _import(draft: Draft) -> bool:
    """Follow the import of this draft; False where it failed and the screen is needed again."""
    job = store.get(session.workspace(), draft.job or "")
    try:
        done = imports.settled(job)
    except SFTError as error:
        show_error(error)
        return False
    if done:
        drafts.remove(draft)
        session.go("prepare.py")
    with card("Putting the data in place"):
        follow(job.id)
    return True


def _use(draft: Draft, roles: Roles, like: DatasetInfo | None) -> None:
    idem = f"draft-{draft.id}-after-{draft.job}"  # a second click gives the same job, a new try after a failure another
    job = imports.start(draft.name, draft.paths(), draft.read, roles, idem, like)
    drafts.save(replace(draft, roles=roles, job=job.id))
    st.rerun()


def _unreadable(draft: Draft, error: SFTError) -> None:
    show_error(error)
    if reading.may_be_a_table(draft):
        with card("Read it in another way"):
            reading_card.choices(draft, None)
    else:
        with card("Bring another file"):
            data_upload.field()


def _other_file(place: Any) -> None:
    if place.button("Another file", key="other_file"):
        drafts.leave()
        data_upload.ask()


def _roles(draft: Draft, seen: Preview) -> Roles:
    guess = draft.roles or _guessed(draft, seen)
    known = {name: value for name, value in guess.model_dump().items() if value in seen.columns}
    text = tuple(name for name in guess.text if name in seen.columns)
    now = Roles(text=text, **{name: value for name, value in known.items() if name != "text"})
    key = f"{draft.id}_{draft.like}_{draft.read.classes or ''}_{'|'.join(seen.columns)[:200]}"
    chosen = roles_form.ask(seen.columns, now, key)
    if chosen != draft.roles and chosen != now:
        drafts.save(replace(draft, roles=chosen))
    return chosen


def _guessed(draft: Draft, seen: Preview) -> Roles:
    try:
        rows = (reading.whole(draft) if reading.is_small(draft) else reading.beginning(draft))[0]
    except SFTError:
        return guess_roles(_frame(seen))
    return reading.guess(rows)


def _counted(draft: Draft, roles: Roles) -> tuple[dict[str, Any] | None, ReadFacts | None, Path]:
    """Counts over all rows and how they were read (None where there are too many to wait for them), and the rows."""
    small = reading.is_small(draft)
    rows, read = reading.whole(draft) if small else reading.beginning(draft)
    if not small and read.rows >= reading.BEGINNING:
        return None, None, rows
    return reading.profile_of(rows, roles), read, rows


def said(roles: Roles, facts: Mapping[str, Any] | None) -> str:
    """The roles as a sentence, with the names of the columns in bold and safe."""
    safe = Roles(
        text=tuple(plain(name) for name in roles.text),
        **{name: plain(value) if value else None for name, value in roles.model_dump().items() if name != "text"},
    )
    sentence = re.sub(r"(?<!\\)\*", "**", describe(safe, facts))
    return sentence[:1].upper() + sentence[1:]


def _issues(found: Sequence[Issue]) -> bool:
    """Show what stands in the way or should be known; whether something forbids to go on."""
    for issue in found:
        show_issue(issue)
    return any(issue.severity == "error" for issue in found)


def _answer_instead(draft: Draft, found: Sequence[Issue]) -> None:
    """Texts without labels cannot be learnt from, but a model that is there can answer them."""
    runs = work.finished()
    if not runs or not {"one_column", "no_label"} & {issue.kind for issue in found}:
        return
    if st.button(f"Let “{plain(runs[0].name, 60)}” answer them", icon=":material/chat:", key="answer_instead"):
        with draft.path().open("rb") as content:
            upload = later_upload.keep(draft.path().name, content)
        drafts.leave()
        session.go("evaluation.py", dataset=runs[0].dataset, run=runs[0].id, test_file=upload.id)


def show_issue(issue: Issue) -> None:
    """What should be known about the roles: what stands in the way loudly, the rest in a quiet line."""
    if issue.kind == "rows_without_label":
        return  # `first_look.shortcomings` says it
    if issue.severity == "error":
        st.warning(plain(issue.hint), title=in_words(issue.message), icon=":material/warning:")
    else:
        about = glossary.said_in(f"{issue.message} {issue.hint}")
        st.caption(f":material/info: {in_words(issue.message)} {plain(issue.hint)}", help=about)


def _frame(seen: Preview) -> pd.DataFrame:
    return pd.DataFrame(list(seen.rows), columns=list(seen.columns), dtype="str")


def _look(seen: Preview, facts: Mapping[str, Any] | None, roles: Roles, rows: Path, forbidden: bool) -> None:
    kind = rows_of(roles)
    left, right = st.columns([3, 2])
    with left, card(kind.FIRST, stretch=True):
        kind.first_rows(_frame(seen), roles, rows, rows.parent / PICTURES)
        if facts and (lacks := first_look.shortcomings(facts, roles)):
            st.caption(f"{lacks} The next step cleans that.", help=glossary.said_in(lacks))
    with right:
        if facts and not forbidden:
            first_look.classes(facts, roles, stretch=True)
        else:
            with card(f"{kind.MANY.capitalize()} in each class", stretch=True):
                large = f"This is a large file: its {kind.MANY} are counted when you use it."
                none = "These are no classes to learn." if roles.label else "Choose a label column first."
                st.caption(none if facts else large)


def _rejected(seen: Preview, read: ReadFacts | None) -> None:
    found = read.rejected if read else {"count": len(seen.rejected), "rows": seen.rejected}
    reading_card.rejected(found, seen.read.format)


def _more_files(draft: Draft, roles: Roles) -> None:
    with st.expander("Add a separate validation or test file", icon=":material/add:", expanded=len(draft.files) > 1):
        said = "A file given here stays whole. Rows that it shares with the training file leave training."
        st.caption(said, help=glossary.about("validation", "test"))
        for split, title in _EXTRA:
            if split in draft.files:
                name, button = st.columns([5, 1.3], vertical_alignment="center")
                with name:
                    layout.line(plain(draft.files[split], 80), title)
                if button.button("Remove", key=f"drop_{split}", width="stretch"):
                    drafts.drop_file(draft, split)
                    st.rerun()
                continue
            st.markdown(f"**{title}**")
            given = upload_field.ask(f"upload_{split}_{draft.id}", folder=bool(roles.image))
            if given is not None:
                drafts.add_file(draft, split, given.name, given)
                st.rerun()
