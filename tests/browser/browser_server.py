"""A real dashboard in a process of its own, which a test can kill and start again."""

from sft_core.jobs.starting import living_supervisor
from sft_core.web.hosting import HostedDashboard
from sft_core.workspace import Workspace


class Dashboard(HostedDashboard):
    """A server with a workspace of its own, and who supervises that."""

    def supervisor(self) -> int | None:
        """The process that supervises its workspace, None where none lives."""
        living = living_supervisor(Workspace(self.home))
        return living.pid if living else None
