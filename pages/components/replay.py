"""The way to a replay: the button on the page of a run that has ended, and how far a replay has come."""

import time
from dataclasses import dataclass, replace

import streamlit as st
from components.story import Story

from sft_core.evaluation.replay import can_be_replayed

ADDRESS = "replay"
SECONDS = 30.0
_PLAYER = "replay_player"


@dataclass(frozen=True)
class Player:
    """How far the replay of a run has come: `played` seconds until `since`, at which it went on (None: it rests)."""

    run: str
    played: float = 0.0
    since: float | None = None

    def position(self, now: float) -> float:
        """Seconds of the replay that have been shown, at most all."""
        return min(SECONDS, self.played + (now - self.since if self.since is not None else 0.0))

    def ended(self, now: float) -> bool:
        """Whether all of it has been shown."""
        return self.position(now) >= SECONDS

    def resting(self, now: float) -> "Player":
        """The same where it stands, not going on."""
        return replace(self, played=self.position(now), since=None)

    def going_on(self, now: float) -> "Player":
        """Going on from where it stands; from the start where it was at its end."""
        return replace(self, played=0.0 if self.ended(now) else self.position(now), since=now)


def offer(story: Story) -> None:
    """The button; on a run that ended before its first look it says that there is nothing to see."""
    enough = can_be_replayed(story.events)
    why = "See again how it learnt: the whole training in half a minute." if enough else nothing_to_see(story)
    if st.button("Replay in 30 seconds", icon=":material/replay:", key="to_replay", disabled=not enough, help=why):
        st.session_state.pop(_PLAYER, None)
        st.query_params[ADDRESS] = "1"
        st.rerun()


def nothing_to_see(story: Story) -> str:
    """Why a run cannot be replayed."""
    before = "It ended before its first look at how good it is"
    why = before if story.events else "It came without the story of its training"
    return f"{why}, so there is nothing to replay."


def wanted() -> bool:
    """Whether the address asks for a replay."""
    return ADDRESS in st.query_params


def leave() -> None:
    """Back to the page of the run."""
    st.session_state.pop(_PLAYER, None)
    st.query_params.pop(ADDRESS, None)
    st.rerun()


def player(run_id: str) -> Player:
    """The replay of this run; one that was not begun begins now."""
    known = st.session_state.get(_PLAYER)
    if known is None or known.run != run_id:
        known = keep(Player(run_id, since=now()))
    return known


def keep(player: Player) -> Player:
    """Remember how far it has come, in this session."""
    st.session_state[_PLAYER] = player
    return player


def now() -> float:
    """Seconds of a clock that only goes forward."""
    return time.monotonic()
