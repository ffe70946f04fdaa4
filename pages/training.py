"""Train: choose how, start, and watch it learn."""

import streamlit as st
from components import confirm, layout, replay, replay_view, run_head, session, start_form, stepper, watch, work
from components.story import story_of

stepper.show("training.py")
confirm.offer_undo()
run, info = work.run(), work.dataset()
wants_new = "new" in st.query_params or "settings_from" in st.query_params
if run is not None and not wants_new and replay.wanted() and not run.job.active:
    replay_view.show(run.job, run.name)
elif run is not None and not wants_new:
    run_head.show(run, story_of(run.job))
    watch.show(run.job)
elif info is not None:
    start_form.show(info)
else:
    layout.page_head("Train")
    layout.empty_state(
        ":material/table:",
        "No data yet",
        "Bring texts or pictures with their labels, or try the sample.",
        "Bring data",
        lambda: session.go("data.py"),
    )
