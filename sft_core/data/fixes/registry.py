"""All fixes by name. A new one needs its module and one line here."""

from importlib import import_module
from typing import Any

from sft_core.data.fixes.effect import Fix
from sft_core.errors import ConfigError

_HOME = "sft_core.data.fixes"

FIXES: dict[str, str] = {
    "drop_empty": f"{_HOME}.empty:DROP_EMPTY",
    "drop_duplicates": f"{_HOME}.copies:DROP_DUPLICATES",
    "resolve_conflicts": f"{_HOME}.copies:RESOLVE_CONFLICTS",
    "merge_labels": f"{_HOME}.labels:MERGE_LABELS",
    "drop_rare_classes": f"{_HOME}.labels:DROP_RARE_CLASSES",
    "strip_markup": f"{_HOME}.markup:STRIP_MARKUP",
    "fix_mojibake": f"{_HOME}.mojibake:FIX_MOJIBAKE",
    "drop_short": f"{_HOME}.lengths:DROP_SHORT",
    "drop_long": f"{_HOME}.lengths:DROP_LONG",
    "drop_blurred": f"{_HOME}.pictures:DROP_BLURRED",
    "drop_dark": f"{_HOME}.pictures:DROP_DARK",
    "drop_bright": f"{_HOME}.pictures:DROP_BRIGHT",
    "drop_tiny": f"{_HOME}.pictures:DROP_TINY",
    "drop_odd_shapes": f"{_HOME}.pictures:DROP_ODD_SHAPES",
    "drop_rows": f"{_HOME}.rows:DROP_ROWS",
    "relabel_rows": f"{_HOME}.rows:RELABEL_ROWS",
    "edit_text": f"{_HOME}.rows:EDIT_TEXT",
    "set_split": f"{_HOME}.split:SET_SPLIT",
    "use_test_file": f"{_HOME}.test_file:USE_TEST_FILE",
    "leave_test_file": f"{_HOME}.test_file:LEAVE_TEST_FILE",
}


def get_fix(name: str) -> Fix[Any]:
    """The fix of this name. Raises ConfigError where there is none."""
    try:
        module, attribute = FIXES[name].split(":")
    except KeyError:
        raise ConfigError([f"There is no fix {name!r}."], f"Known are {', '.join(FIXES)}.") from None
    fix: Fix[Any] = getattr(import_module(module), attribute)
    return fix
