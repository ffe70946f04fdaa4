"""System: what this machine has, what runs on it, what takes room, and what the administrator may set."""

from components import (
    confirm,
    layout,
    stepper,
    system_details,
    system_jobs,
    system_machine,
    system_room,
    system_trash,
)

stepper.show()
layout.page_head("This machine")
confirm.offer_undo()
system_machine.show()
system_jobs.show()
system_room.show()
system_trash.show()
system_details.settings()
system_details.show()
layout.stays_here()
