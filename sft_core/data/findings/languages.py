"""Rows in another language than the rest, guessed from scripts and little words. No model, no download."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.data.findings.finding import Finding, Material, rows_are
from sft_core.data.steps import step

# Little words that are frequent in one of these languages and rare in the others.
_LITTLE: dict[str, str] = {
    "English": "the and you your have with this that from what are was were will they would there their about when "
    "which it's i'm my not for please been has how why can",
    "German": "der das und ist nicht ich sie wir mit auf für von dem den ein eine einen wird auch wenn aber noch schon "
    "haben sind wie bei nach mein meine ihr zum zur kann",
    "French": "les des est pas une pour dans que qui sur avec vous nous je c'est n'est j'ai mais au du cette mon ma ne "
    "et sont tout",
    "Spanish": "el los las una por para con que está pero más cómo muy mi este esta su lo se y del han qué también "
    "cuando",
    "Italian": "il che di non è per una sono con del della mi ho più anche questo questa gli ma nel alla",
    "Portuguese": "não uma com que os para por mais meu minha você está foi são muito mas eu em da ao também",
    "Dutch": "het een van ik niet dat op te zijn voor maar ook aan er naar bij nog wel wij jullie deze heb",
}
_WORDS = {language: frozenset(words.split()) for language, words in _LITTLE.items()}
_ALL = frozenset().union(*_WORDS.values())
_SCRIPTS = {
    "LATIN": "Latin letters", "CYRILLIC": "Cyrillic letters", "GREEK": "Greek letters", "ARABIC": "Arabic letters",
    "HEBREW": "Hebrew letters", "DEVANAGARI": "Devanagari letters", "CJK": "Chinese or Japanese characters",
    "HIRAGANA": "Chinese or Japanese characters", "KATAKANA": "Chinese or Japanese characters",
    "HANGUL": "Korean letters", "THAI": "Thai letters", "BENGALI": "Bengali letters", "TAMIL": "Tamil letters",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_HITS, _LEAD = 3, 3
_FEW = 0.05
_MAIN = 0.6  # of the rows that have letters: below that there is no main language
_MOST_LOOKED_AT = 50_000


def mix(material: Material) -> Finding | None:
    """Rows that seem to be in another language than most. Of a very long table, evenly spaced rows are looked at."""
    looked_at = np.arange(0, len(material.table), -(-len(material.table) // _MOST_LOOKED_AT))
    kinds = np.full(len(material.table), "", dtype=object)
    texts = _joined(material.table[material.columns].iloc[looked_at])
    kinds[looked_at] = languages(texts)
    lettered = texts.str.contains(_LETTER).to_numpy(dtype=bool)
    main = _main(kinds[looked_at][lettered])
    if main is None:
        return None
    mask: NDArray[np.bool_] = (kinds != main) & (kinds != "") & material.own
    n = int(mask.sum())
    if not n:
        return None
    counts = Counter(kinds[mask].tolist())
    others = ", ".join(f"{kind} ({m:,})" for kind, m in counts.most_common(6))
    all_seen = len(looked_at) == len(kinds)
    among = "" if all_seen else f" (of {len(looked_at):,} that were looked at)"
    return material.finding(
        "languages",
        mask,
        f"{rows_are(n, 'seems', 'seem')} to be in another language than the rest, {main}{among}: {others}.",
        "A model for one language guesses in others. Drop such rows, or choose a model for many languages.",
        fix=step("drop_rows", rows=_places(material, mask)) if all_seen and n <= max(1, _FEW * len(kinds)) else None,
        severity="info",
    )


def _main(kinds: NDArray[np.object_]) -> str | None:
    """What most rows with letters are written in; None where nothing has a clear majority.

    Latin letters in no clear language count for the commonest Latin language.
    """
    counts: Counter[str] = Counter(kinds.tolist())
    latin = {language: counts[language] for language in _WORDS if counts[language]}
    scripts = {kind: n for kind, n in counts.items() if kind and kind not in _WORDS}
    if scripts and max(scripts.values()) > sum(latin.values()) + counts[""]:
        main = max(scripts, key=lambda kind: scripts[kind])
        n = scripts[main]
    else:
        main = max(latin, key=lambda kind: latin[kind], default=_SCRIPTS["LATIN"])
        n = latin.get(main, 0) + counts[""]
    return main if n >= _MAIN * len(kinds) and n else None


def _joined(texts: pd.DataFrame) -> pd.Series:
    joined = texts.iloc[:, 0]
    for name in texts.columns[1:]:
        joined = joined.str.cat(texts[name], sep=" ")
    return joined


def languages(texts: pd.Series) -> list[str]:
    """A guess for each of these texts: a language, the name of a script, or "" where neither is clear."""
    foreign = texts.str.contains("[^\u0001-\u024f\u2000-\u2bff\ufe0f]", regex=True).to_numpy(dtype=bool)
    return [_guess(text, bool(other)) for text, other in zip(texts, foreign, strict=True)]


def _guess(text: str, maybe_foreign: bool) -> str:
    if maybe_foreign and (script := _script(text)) not in ("", _SCRIPTS["LATIN"]):
        return script
    words = _ALL.intersection(_WORD.findall(text.lower().replace("’", "'")))
    if len(words) < _FEWEST_HITS:
        return ""
    hits = sorted(((len(words & own), language) for language, own in _WORDS.items()), reverse=True)
    (best, language), (second, _name) = hits[:2]
    return language if best >= _FEWEST_HITS and best >= second + _LEAD else ""


def _script(text: str) -> str:
    scripts = Counter(_script_of(letter) for letter in _LETTER.findall(text))
    if not scripts:
        return ""
    name, n = scripts.most_common(1)[0]
    return name if n > 0.6 * scripts.total() else ""


@lru_cache(maxsize=20_000)
def _script_of(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], "other letters")


def _places(material: Material, mask: NDArray[np.bool_]) -> list[tuple[str, int]]:
    rows: pd.DataFrame = material.table[mask]
    if "_source" not in rows:
        return [("train", int(place)) for place in np.flatnonzero(mask)]
    return [(str(source), int(row)) for source, row in zip(rows["_source"], rows["_row"], strict=True)]
