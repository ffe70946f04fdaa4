"""What one more step would do to the rows, as JSON values: shown before it is done, made here or by a job."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from sft_core.config import Roles, SplitPlan, validated
from sft_core.data import splitting, steps
from sft_core.data.fixes.effect import own_rows
from sft_core.data.fixes.test_file import shared, without_rows
from sft_core.data.given_test import joined
from sft_core.data.source_files import LEAVE, USE
from sft_core.data.steps import Step


def of(
    table: pd.DataFrame,
    one: Step,
    roles: Roles,
    *,
    given: pd.DataFrame | None = None,
    before: Sequence[Step] = (),
) -> dict[str, Any]:
    """A split as `SplitFacts`, any other step as {effect{dropped, changed, message}, examples[]}.

    `given` are the rows of the test file that the step brings, `before` the steps that the table has behind it. With a
    test file the facts have `test_rows` and `shared`, the rows outside of it that have their like in it. Raises
    DataError.
    """
    if one["fix"] == USE and given is not None:
        table = joined(table, given, before, roles)
        return split_facts(table, one["params"]["plan"], roles)
    if one["fix"] == LEAVE:
        return split_facts(without_rows(table), one["params"]["plan"], roles)
    if one["fix"] == "set_split":
        return split_facts(table, one["params"], roles)
    seen = steps.preview(table, one, roles)
    return {"effect": asdict(seen.effect), "examples": seen.examples}


def split_facts(table: pd.DataFrame, plan: dict[str, Any], roles: Roles) -> dict[str, Any]:
    """What a split of these rows comes to; rows of a test file in them stay whole."""
    _sides, facts = splitting.assign(table, roles, validated(SplitPlan, plan))
    brought = int((~own_rows(table)).sum())
    more = {"test_rows": brought, "shared": shared(table, roles)} if brought else {}
    return {**facts.as_dict(), **more}
