"""The catalogue, the language warning, the download and the registry of tasks."""

import shutil

import pytest

from sft_core.errors import InputError, ModelError, ResourceError, Stopped
from sft_core.models.catalogue import CATALOGUE, find_card
from sft_core.models.download import chosen_files, download, download_job
from sft_core.models.hub import HuggingFaceHub, Listing
from sft_core.models.language import NAMES, card_warning, guess_language, language_shares, language_warning
from sft_core.models.resolve import HUB_ID, is_present, resolve
from sft_core.records import EventLog, Work, read_events
from sft_core.tasks.registry import TASKS, get_task
from sft_core.workspace import open_workspace

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GERMAN = ["Wo ist meine Karte und das Geld?", "Ich habe die Karte nicht bekommen", "Das ist nicht in Ordnung für mich"]
ENGLISH = ["Where is my card and the money?", "I have not received the card yet", "This is not what I was told"]


class FolderHub:
    """A hub with one model, the files of a folder."""

    def __init__(self, folder, without=()):
        self.folder = folder
        self.files = {p.name: p.stat().st_size for p in folder.iterdir() if p.name not in without}
        self.fetched: list[str] = []

    def listing(self, name, revision):
        return Listing(revision or COMMIT, self.files, "MIT")

    def fetch(self, name, revision, file, folder, on_bytes):
        self.fetched.append(file)
        shutil.copy(self.folder / file, folder / file)
        on_bytes(self.files[file])


def test_ten_cards_each_with_one_name_and_plain_words():
    assert len(CATALOGUE) == 10 and len({card.name for card in CATALOGUE}) == 10
    assert [card.bundled for card in CATALOGUE] == [True] + [False] * 9
    for card in CATALOGUE:
        assert card.bundled or HUB_ID.match(card.name)
        assert card.good_at.endswith(".") and card.languages
    assert {card.size for card in CATALOGUE} == {"small", "medium", "large"}
    assert {"en", "de", "any"} <= {code for card in CATALOGUE for code in card.languages}


def test_every_fact_names_its_source():
    facts = [fact for card in CATALOGUE for fact in (card.parameters, card.max_length, card.license) if fact]
    assert facts and all(fact.source for fact in facts)


def test_the_bundled_card_agrees_with_the_bundled_model():
    card, model = find_card("bundled"), resolve("bundled")
    assert card.max_length.value == model.facts.max_length
    assert card.parameters.value * 4 == pytest.approx(model.facts.weight_bytes, rel=1e-3)
    assert find_card("nobody/nothing") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH[0], "en"),
        (GERMAN[0], "de"),
        ("Je ne sais pas où est ma carte, vous êtes pour une aide", "fr"),
        ("¿Dónde está mi tarjeta? No la tengo y el banco", "es"),
        ("我想要一张新的卡", "zh"),
        ("新しいカードはどこですか", "ja"),
        ("Где моя карта?", "ru"),
        ("أين بطاقتي", "ar"),
        ("ok", None),
        ("", None),
        ("12345 !!!", None),
    ],
)
def test_languages_are_told_by_script_or_little_words(text, code):
    assert guess_language(text) == code
    assert code is None or code in NAMES


def test_a_warning_names_both_languages():
    said = language_warning(language_shares(GERMAN * 10), ("en",))
    assert "German" in said and "English" in said and "French" not in said


def test_no_warning_where_the_model_fits_or_nothing_is_known():
    assert language_warning(language_shares(ENGLISH * 10), ("en",)) is None
    assert language_warning(language_shares(GERMAN * 10), ("any",)) is None
    assert language_warning(language_shares(ENGLISH * 9 + GERMAN), ("en",)) is None
    assert language_warning(language_shares(["", "ok", "?"]), ("en",)) is None
    assert card_warning(language_shares(GERMAN * 10), None) is None
    assert card_warning(language_shares(GERMAN * 10), find_card("bundled"))


def test_nothing_is_claimed_of_few_texts_or_of_texts_too_short_to_tell():
    assert language_shares(GERMAN * 6) == {}
    assert language_shares([*(GERMAN * 10), *(["Rechnung 12"] * 200)]) == {}
    assert language_shares([*(GERMAN * 10), *(["Rechnung 12"] * 100)]) == {"de": 1.0}


def test_a_long_list_is_sampled(monkeypatch):
    asked: list[str] = []
    guess = guess_language
    monkeypatch.setattr("sft_core.models.language.guess_language", lambda text: asked.append(text) or guess(text))
    assert language_shares(ENGLISH * 100_000) == {"en": 1.0}
    assert len(asked) < 1_100


def test_shares_are_of_the_texts_that_can_be_told():
    assert language_shares([*ENGLISH, *ENGLISH, *GERMAN, "??"] * 5) == {
        "en": pytest.approx(2 / 3),
        "de": pytest.approx(1 / 3),
    }


def test_german_and_english_files_are_told_apart(shared_data):
    german = (shared_data / "text" / "germeval2018" / "train.csv").read_text(encoding="utf-8").splitlines()
    english = (shared_data / "text" / "banking77" / "train.csv").read_text(encoding="utf-8").splitlines()
    assert language_shares(german)["de"] > 0.95 and language_shares(english)["en"] > 0.95


def test_a_downloaded_model_is_resolved_at_its_commit(make_base, tmp_path):
    seen: list[float] = []
    folder = download("some/model", tmp_path, FolderHub(make_base("bert")), on_progress=lambda d, m: seen.append(d))
    model = resolve("some/model", cache=tmp_path)
    assert (model.folder, model.revision) == (folder, COMMIT)
    assert seen == sorted(seen) and seen[-1] == 1.0
    assert is_present("some/model", tmp_path)


def test_a_second_download_of_the_same_commit_fetches_nothing(make_base, tmp_path):
    hub = FolderHub(make_base("bert"))
    download("some/model", tmp_path, hub)
    count = len(hub.fetched)
    download("some/model", tmp_path, hub)
    assert len(hub.fetched) == count


def test_only_what_is_needed_is_fetched_and_the_configuration_first():
    files = dict.fromkeys(
        ["README.md", "evil.py", "pytorch_model.bin", "model.safetensors", "vocab.txt", "config.json"], 1
    )
    assert chosen_files(Listing(COMMIT, files, None)) == ["config.json", "vocab.txt", "model.safetensors"]


def test_models_without_safetensors_or_configuration_are_refused():
    with pytest.raises(ModelError, match="not published as safetensors"):
        chosen_files(Listing(COMMIT, {"config.json": 1, "pytorch_model.bin": 1}, None))
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        chosen_files(Listing(COMMIT, {"model.safetensors": 1}, None))


def test_a_model_with_code_is_refused_before_its_weights_come(make_base, tmp_path):
    folder = tmp_path / "evil"
    shutil.copytree(make_base("bert"), folder)
    (folder / "config.json").write_text('{"model_type": "bert", "auto_map": {"AutoModel": "evil.Model"}}')
    hub = FolderHub(folder)
    with pytest.raises(ModelError, match="code of its own"):
        download("some/model", tmp_path / "cache", hub)
    assert hub.fetched == ["config.json"]
    assert list((tmp_path / "cache" / "models" / "some--model").iterdir()) == []


def test_a_stopped_download_leaves_nothing(make_base, tmp_path):
    with pytest.raises(Stopped):
        download("some/model", tmp_path, FolderHub(make_base("bert")), should_stop=lambda: True)
    assert not is_present("some/model", tmp_path)
    assert list((tmp_path / "models" / "some--model").iterdir()) == []


def test_a_full_disk_is_told_before_the_first_byte(make_base, tmp_path):
    hub = FolderHub(make_base("bert"))
    hub.files["model.safetensors"] = 10**16
    with pytest.raises(ResourceError, match="no room"):
        download("some/model", tmp_path, hub)
    assert hub.fetched == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "model", "a/b/c", "", "a/..b"])
def test_a_name_cannot_leave_the_cache(tmp_path, name):
    with pytest.raises(ModelError, match="not the name"):
        download(name, tmp_path, HuggingFaceHub())


def test_offline_is_one_sentence_with_a_way_out(tmp_path):
    work = Work(tmp_path / "job", {"model": "google-bert/bert-base-uncased"}, 1, EventLog(tmp_path / "events.jsonl", 1))
    with pytest.raises(ResourceError, match="cannot reach the Hugging Face hub") as caught:
        download_job(work)
    assert "bundled" in caught.value.hint


def test_the_job_writes_into_the_cache_of_its_workspace(make_base, monkeypatch, tmp_path):
    monkeypatch.setattr("sft_core.models.download.HuggingFaceHub", lambda: FolderHub(make_base("bert")))
    workspace = open_workspace(tmp_path / "own")
    job = workspace.jobs / "20260101-aa"
    job.mkdir()
    download_job(Work(job, {"model": "some/model"}, 1, EventLog(job / "events.jsonl", 1)))
    assert is_present("some/model", workspace.cache)
    events, _ = read_events(job / "events.jsonl")
    assert events[-1]["kind"] == "downloaded" and events[-1]["revision"] == COMMIT


def test_tasks_are_found_by_name_and_unknown_ones_are_listed():
    assert TASKS and all(get_task(name).name == name for name in TASKS)
    with pytest.raises(InputError, match="no task 'poetry'") as caught:
        get_task("poetry")
    assert "text-classification" in caught.value.hint
