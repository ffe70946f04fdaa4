"""Prepare: what was noticed in the rows, changes with undo, finding and editing rows, and the split."""

from components import (
    changes,
    layout,
    prepare_edit,
    prepare_findings,
    prepare_split,
    prepare_steps,
    session,
    stepper,
    work,
)

stepper.show("prepare.py")
dataset = work.dataset()
if dataset is None:
    layout.page_head("Clean and split")
    layout.empty_state(
        ":material/table:",
        "No data yet",
        "Bring a file first, or try the sample on Home.",
        "Bring your data",
        lambda: session.go("data.py"),
    )
else:
    head = layout.page_head("Clean and split")
    if head.button("Choose a model", key="to_model"):
        session.go("model.py")
    if head.button("Train", type="primary", icon=":material/arrow_forward:", key="to_train"):
        session.go("training.py")
    if changes.in_progress():
        changes.follow_progress()
    else:
        prepare_steps.state(dataset)
        prepare_findings.show(dataset)
        prepare_split.show(dataset)
        prepare_edit.show(dataset)
        layout.stays_here()
