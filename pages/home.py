"""Home: the three doors, and what there is with the next thing to do for each."""

import streamlit as st
from components import confirm, doors, layout, shelf, stepper, work

stepper.show()
layout.page_head("What would you like to do?")
doors.show()
confirm.offer_undo()

datasets, runs = work.datasets().list(), work.runs()
if datasets or runs:
    st.subheader("Your work", anchor=False)
    for info in datasets:
        shelf.dataset_card(info, [run for run in runs if run.dataset == info.id])
    known = {info.id for info in datasets}
    for run in [run for run in runs if run.dataset not in known]:
        shelf.lone_run_card(run)
shelf.trash()
layout.stays_here()
