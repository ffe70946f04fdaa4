"""In which language are these texts, roughly? Enough to warn before a model is trained on one it has never seen.

By script first, then by the commonest little words. It never downloads, and says nothing where it is not sure: of a
few texts, or of texts that are mostly too short to tell, no language is claimed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sft_core.models.catalogue import ANY, Card

NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
    "pl": "Polish",
    "tr": "Turkish",
    "sv": "Swedish",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "ru": "Russian or another language in Cyrillic letters",
    "ar": "Arabic or another language in Arabic letters",
    "el": "Greek",
    "he": "Hebrew",
    "hi": "Hindi or another language in Devanagari letters",
    "th": "Thai",
}
# Words that are frequent in one language and rare in the others of this list.
LITTLE_WORDS = {
    "en": "the and is of to my was with have that this it you what how are not for be been from your would",
    "de": "und der das ist ich nicht ein eine mit auf für den dem sie wir wie auch von zu bei nach wird sind",
    "fr": "les est pas une dans pour que vous avec sur mon nous être cette mais ou sont plus je ce du",
    "es": "los las una por para con que está mi como pero más su muy tengo hay esta del no el y",
    "it": "che non una per con sono della il di ho questo è mi gli anche nel alla più ma lo",
    "nl": "het een van niet dat ik op zijn met voor maar ook heb naar wat mijn aan deze worden",
    "pt": "não uma para com que meu está os mais por como mas muito minha você são ao foi em do",
    "pl": "nie się jest że na do to jak mam ale co przez czy mój dla po są jestem było tak",
    "tr": "bir ve bu için çok ne var değil ben gibi daha kadar olarak ama mi nasıl bana sonra",
    "sv": "och att det är inte jag en som på för med har den av till om var ett mitt kan",
}
SCRIPTS = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "GREEK": "el",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
SAMPLE = 500  # texts looked at, evenly spread
FEWEST = 20  # texts whose language could be told; fewer say nothing of all
LEAST = 0.2  # share of the texts looked at that must be long enough to tell
SURE_TEXTS = 0.2  # share of texts in another language from which on a warning is due
_WORDS = {code: frozenset(words.split()) for code, words in LITTLE_WORDS.items()}
_TOKEN = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str | None:
    """The code of a text's language, None where it cannot be told (too short, or of no known script)."""
    script = _script(text[:400])
    if script is not None:
        return script
    words = _TOKEN.findall(text[:2000].lower())
    scores = Counter({code: sum(word in known for word in words) for code, known in _WORDS.items()})
    (first, hits), (_, second) = scores.most_common(2)
    return first if hits >= 2 and hits > second else None


def language_shares(texts: Sequence[str]) -> dict[str, float]:
    """Shares of the languages among the texts whose language can be told, the most frequent first.

    {} where too few of them can be told to say anything of all.
    """
    looked_at = texts[:: max(1, len(texts) // SAMPLE)]
    found = Counter(code for text in looked_at if (code := guess_language(text)) is not None)
    total = sum(found.values())
    if total < max(FEWEST, LEAST * len(looked_at)):
        return {}
    return {code: count / total for code, count in found.most_common()}


def language_warning(shares: Mapping[str, float], languages: Iterable[str]) -> str | None:
    """One sentence where many texts are in a language that a model of `languages` has not learnt, else None.

    `shares` of the texts' languages come from `language_shares`.
    """
    known = set(languages)
    if ANY in known or not known:
        return None
    strange = {code: share for code, share in shares.items() if code not in known}
    if sum(strange.values()) < SURE_TEXTS:
        return None
    frequent = [code for code, share in strange.items() if share >= SURE_TEXTS / 2][:2] or list(strange)[:1]
    names = " and ".join(NAMES[code] for code in frequent)
    learnt = " and ".join(sorted(NAMES.get(code, code) for code in known))
    return (
        f"As far as it can be told, {round(100 * sum(strange.values()))} % of these texts are in {names}, "
        f"but this model has learnt {learnt}: a model for that language will probably do better."
    )


def card_warning(shares: Mapping[str, float], card: Card | None) -> str | None:
    """The language warning for a model of the catalogue; None for others, of which no language is known."""
    return None if card is None else language_warning(shares, card.languages)


def _script(text: str) -> str | None:
    found = Counter(script for char in text if char.isalpha() and (script := _script_of(char)) is not None)
    letters = sum(char.isalpha() for char in text)
    if not found or sum(found.values()) < 0.3 * letters:
        return None
    # Japanese mixes Chinese characters with its own; a few of these tell it.
    return "ja" if found["ja"] else found.most_common(1)[0][0]


@lru_cache(maxsize=4096)
def _script_of(char: str) -> str | None:
    if ord(char) < 0x370:  # Latin, the commonest case
        return None
    return SCRIPTS.get(unicodedata.name(char, "").split(" ")[0])
