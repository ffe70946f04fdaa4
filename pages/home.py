"""Home: the three doors, and what there is with the next thing to do for each."""

import streamlit as st
from components import confirm, doors, layout, shelf, stepper, trash, work

stepper.show(tour=False)
layout.page_head("What would you like to do?")
doors.show()
confirm.offer_undo()

datasets, runs = work.datasets().list(), work.runs()
if datasets or runs:
    st.subheader("Your work", anchor=False)
    own = {info.id: [run for run in runs if run.dataset == info.id] for info in datasets}
    alone = [run for run in runs if run.dataset not in own]
    beside = [run.score for run in [*map(shelf.newest, own.values()), *alone] if run]
    for info in datasets:
        shelf.dataset_card(info, own[info.id], beside)
    for run in alone:
        shelf.lone_run_card(run, beside)
trash.show()
layout.stays_here()
