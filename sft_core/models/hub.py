"""The two questions that a download asks of the Hugging Face hub: what is in this model, and one file of it, please.

Nothing but these is asked, no token is sent, and nothing is told about this machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sft_core.errors import ModelError, ResourceError

CHUNK = 2**20  # bytes between two reports of progress
OFFLINE = ResourceError(
    "This machine cannot reach the Hugging Face hub, so the model was not downloaded.",
    "Connect to the network and try again, or use the bundled model or a folder on this disk.",
)


@dataclass(frozen=True)
class Listing:
    """A model at one commit: its files with their sizes in bytes, and the licence that its card names.

    `sums` holds the SHA-256 of the large files, as far as the hub tells them.
    """

    revision: str
    files: dict[str, int]
    license: str | None
    sums: dict[str, str] = field(default_factory=dict)


class Hub(Protocol):
    """Where models come from."""

    def listing(self, name: str, revision: str | None) -> Listing:
        """What the model consists of. Raises ModelError where it does not exist, ResourceError where offline."""
        ...

    def fetch(self, name: str, revision: str, file: str, folder: Path, on_bytes: Callable[[int], None]) -> None:
        """Write one file of a commit into `folder`, calling `on_bytes` with what has come."""
        ...


class HuggingFaceHub:
    """The real one, without a token."""

    def __init__(self, endpoint: str | None = None) -> None:
        self.endpoint = endpoint

    def listing(self, name: str, revision: str | None) -> Listing:
        """See `Hub.listing`."""
        from huggingface_hub import HfApi  # pages ask for the catalogue only and must not wait for this

        api = HfApi(endpoint=self.endpoint, token=False)
        info = _asked(lambda: api.model_info(name, revision=revision, files_metadata=True), name)
        if info.gated:
            raise ModelError(
                f"The model {name} is only given to people who have signed its terms.", "Choose another model."
            )
        parts = info.siblings or []
        return Listing(
            revision=str(info.sha),
            files={part.rfilename: int(part.size or 0) for part in parts},
            license=getattr(info.card_data, "license", None),
            sums={part.rfilename: str(part.lfs.sha256) for part in parts if part.lfs},
        )

    def fetch(self, name: str, revision: str, file: str, folder: Path, on_bytes: Callable[[int], None]) -> None:
        """See `Hub.fetch`. Streamed by ourselves, so that a wish to stop is obeyed within a megabyte."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils import get_session, hf_raise_for_status

        url = hf_hub_url(name, file, revision=revision, endpoint=self.endpoint)

        def stream() -> None:
            with (
                get_session().stream("GET", url, follow_redirects=True, timeout=30) as response,
                (folder / file).open("wb") as target,
            ):
                hf_raise_for_status(response)
                for chunk in response.iter_bytes(CHUNK):
                    target.write(chunk)
                    on_bytes(len(chunk))

        _asked(stream, name)


def _asked(question: Callable[[], Any], name: str) -> Any:
    from huggingface_hub import errors

    try:
        return question()
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.EntryNotFoundError) as error:
        if isinstance(error, errors.LocalEntryNotFoundError):  # how the hub's library says "no network"
            raise OFFLINE from error
        raise ModelError(f"The hub has no model {name!r} that is open to everybody.", "Check its name.") from error
    except (errors.HTTPError, errors.OfflineModeIsEnabled, ConnectionError, TimeoutError) as error:
        raise OFFLINE from error
