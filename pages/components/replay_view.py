"""A run's live page once more: all of its training in half a minute, drawn from its events; nothing is trained."""

from dataclasses import replace

import streamlit as st
from components import layout, replay, watch
from components.layout import card
from components.replay import SECONDS, Player
from components.story import Story, story_of
from components.trouble import caught
from components.wording import duration, plain

from sft_core.evaluation.replay import Moment, can_be_replayed, moment
from sft_core.jobs.store import Job

EVERY = 1.0  # seconds between two pictures: drawing one takes a fifth of a second


def show(job: Job, name: str) -> None:
    """The whole screen."""
    story = story_of(job)
    with layout.page_head("How it learnt, once more"):
        if st.button("Back to the run", icon=":material/arrow_back:", key="replay_leave"):
            replay.leave()
    if not can_be_replayed(story.events):
        why = replay.nothing_to_see(story)
        layout.empty_state(":material/replay:", "Nothing to replay", why)
        return
    st.caption(plain(name, 120))
    going = replay.player(job.id).since is not None
    draw = st.fragment(_picture, run_every=EVERY if going else None)
    draw(job, going)


@caught()
def _picture(job: Job, going: bool) -> None:
    now = replay.now()
    player, story = replay.player(job.id), story_of(job)
    if going and player.ended(now):
        replay.keep(player.resting(now))
        st.rerun()  # it needs no more pictures
    share = player.position(now) / SECONDS
    then = moment(story.events, share)
    _bar(player, then, now)
    at_work = replace(job, state="running", desired="run", attempt=then.attempt)
    watch.draw(job if share >= 1 else at_work, Story(then.events, story.config, then))


def _bar(player: Player, then: Moment, now: float) -> None:
    """How far the replay is, and its buttons; none of them touches the run."""
    done, at = player.ended(now), player.position(now)
    with card(key="replay_bar"), st.container(horizontal=True, vertical_alignment="center"):
        said = f"{duration(then.seconds)} of {duration(then.of)}" if not done else f"All of its {duration(then.of)}"
        st.progress(at / SECONDS, text=f"**Replay** · {said}, shown in {SECONDS:.0f} seconds", width="stretch")
        if done:
            if st.button("Once more", icon=":material/replay:", key="replay_again"):
                _turn(player.going_on(now))
            return
        resting = player.since is None
        label, icon = ("Go on", ":material/play_arrow:") if resting else ("Pause", ":material/pause:")
        if st.button(label, icon=icon, key="replay_turn", width=110):
            _turn(player.going_on(now) if resting else player.resting(now))
        if st.button("To the end", icon=":material/skip_next:", key="replay_end"):
            _turn(Player(player.run, SECONDS))


def _turn(player: Player) -> None:
    replay.keep(player)
    st.rerun()  # the whole page: how often it is drawn stands outside of the fragment
