"""Classes with so few rows that they can be neither learned nor tested."""

from sft_core.data.findings.finding import Finding, Material
from sft_core.data.fixes.labels import rare_rows
from sft_core.data.split_facts import listed
from sft_core.data.steps import step

LEAST = 5


def rare(material: Material) -> Finding | None:
    """Classes with fewer than five rows."""
    if material.labels is None:
        return None
    mask = rare_rows(material.table, material.roles, LEAST)
    names = [str(name) for name in material.labels[mask].unique()]
    if not names:
        return None
    what = "1 class has" if len(names) == 1 else f"{len(names):,} classes have"
    return material.finding(
        "rare_classes",
        mask,
        f"{what} fewer than {LEAST} {material.kind.rows[1]}: {listed(names)}.",
        "So few examples are neither enough to learn a class nor to test it. Find more, or merge it.",
        fix=step("drop_rare_classes", least=LEAST),
    )
