"""In which languages the texts seem to be, and the warning where a base model has not learnt these."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from components import work
from components.wording import plain

from sft_core.config import Roles
from sft_core.data.examples import join
from sft_core.data.rows import sample
from sft_core.data.store import DatasetInfo
from sft_core.models.catalogue import Card
from sft_core.models.language import SAMPLE, card_warning, language_shares


def shares(info: DatasetInfo) -> dict[str, float]:
    """Shares of the languages that the texts of a dataset seem to be in, from a sample of its rows."""
    path = work.datasets().rows_path(info.id, info.current)
    return _told(path, info.roles.model_dump_json())


def warn(languages: Mapping[str, float], card: Card | None) -> bool:
    """Say it where many texts are in a language that the model of this card has not learnt; whether that was so."""
    strange = card_warning(languages, card)
    if not strange:
        return False
    first, _, rest = strange.partition(": ")
    st.warning(rest[:1].upper() + rest[1:], title=plain(first) + ".", icon=":material/translate:")
    return True


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=work.FILES)
def _told(path: Path, roles: str) -> dict[str, float]:
    known = Roles.model_validate_json(roles)
    if not known.text:
        return {}
    found = sample(path, SAMPLE)
    columns = [found[name].tolist() for name in known.text]
    rows = zip(*columns, strict=True)
    return language_shares([join(known.text, cells) if len(cells) > 1 else cells[0] for cells in rows])
