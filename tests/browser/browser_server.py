"""A real dashboard in a process of its own, which a test can kill and start again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sft_core.jobs.identity import own_identity, write_identity
from sft_core.jobs.starting import SUPERVISOR, living_supervisor
from sft_core.web.hosting import HostedDashboard
from sft_core.workspace import Workspace


class Dashboard(HostedDashboard):
    """A server with a workspace of its own, and who supervises that."""

    def supervisor(self) -> int | None:
        """The process that supervises its workspace, None where none lives."""
        living = living_supervisor(Workspace(self.home))
        return living.pid if living else None


@contextmanager
def supervised_by_this_test(workspace: Workspace) -> Iterator[None]:
    """The test stands in for the supervisor: no job begins, a run stays as it is made, a form measures nothing."""
    write_identity(workspace.root / SUPERVISOR, own_identity())
    yield
    (workspace.root / SUPERVISOR).unlink()
