"""Data: bring a file, see how it is read, and take a first look at its rows."""

from components import data_brought, data_kept, data_upload, drafts, stepper, work

stepper.show("data.py")
draft, dataset = drafts.current(), work.dataset()
if draft is not None:
    data_brought.show(draft)
elif dataset is not None and not data_upload.wanted():
    data_kept.show(dataset)
else:
    data_upload.show()
