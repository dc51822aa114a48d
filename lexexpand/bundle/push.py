"""A bundle on the hub, or not: what nobody has licensed is not published by accident."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.folder import MANIFEST, Folder
from lexexpand.bundle.load import read_bundle_manifest
from lexexpand.bundle.verify import verify_bundle
from lexexpand.errors import BundleError, ConfigError, DataError
from lexexpand.resources.licence import notes

if TYPE_CHECKING:
    from collections.abc import Sequence

UNSTATED = "NOASSERTION"


def push_bundle(
    path: Path | str, repo: str, *, private: bool = False, yes: bool = False, api: Any = None
) -> str:
    """Upload a bundle to a repository of the hub, which is made if there is none.

    Args:
        path: the bundle.
        repo: as in `owner/name`.
        private: make the repository private, if it is made.
        yes: also where a licence of the data is not stated.
        api: a `huggingface_hub.HfApi` (None: one with the token of `hf auth login`).

    Returns:
        The address of what was uploaded.

    Raises:
        BundleError: The bundle is not whole.
        ConfigError: A licence is not stated, and `yes` was not said.
        DataError: The hub refused, or cannot be reached.
    """
    found = verify_bundle(path)
    if found:
        raise BundleError(f"{found[0].message} A bundle that is not whole is not uploaded.")
    unstated = licences_unstated(path)
    if unstated and not yes:
        raise ConfigError(
            f"{Path(path) / MANIFEST}: nobody has stated a licence for {', '.join(unstated)}. Ask its "
            "authors, make the bundle without it (`--deny-licence NOASSERTION`), or say --yes if you may "
            "publish it."
        )
    return _upload(Folder(path), repo, private, api)


def licences_unstated(path: Path | str) -> list[str]:
    """The packs of a bundle for which no licence is stated (or `its data`, where no pack says so)."""
    manifest = read_bundle_manifest(path)
    packs: Sequence[Any] = manifest.data.get("packs", [])
    named = [
        str(pack.get("id"))
        for pack in packs
        if isinstance(pack, dict) and UNSTATED in notes(str(pack.get("licence") or UNSTATED))
    ]
    if not named and (not manifest.licences or any(UNSTATED in notes(each) for each in manifest.licences)):
        return ["its data"]
    return named


def _upload(folder: Folder, repo: str, private: bool, api: Any) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    hub = HfApi() if api is None else api
    try:
        hub.create_repo(repo, private=private, exist_ok=True)
        done = hub.upload_folder(
            repo_id=repo,
            folder_path=str(folder.path),
            allow_patterns=folder.files,
            commit_message="lexexpand bundle",
        )
    except HFValidationError as error:
        raise ConfigError(f"{repo!r} is not a repository's name: expected owner/name ({error})") from error
    except (HfHubHTTPError, OSError) as error:
        raise DataError(f"{repo}: the hub did not take it: {error}. `hf auth login` logs in.") from error
    return str(getattr(done, "commit_url", done))
