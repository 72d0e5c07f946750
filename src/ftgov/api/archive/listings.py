"""What there is to read at a host, and in which order: what is shut down first comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from ftgov.api.archive.standing import REACHES
from ftgov.providers.lax import clean
from ftgov.providers.paging import Place
from ftgov.providers.shapes import evaluations, events, jobs
from ftgov.providers.shapes.costs import derive_bucket
from ftgov.providers.shapes.files import derive_file
from ftgov.providers.shapes.models import derive_model
from ftgov.providers.shapes.unit import Below, Derived, Unit, Where

Derive = Callable[[Unit, Where, Mapping[str, str]], Derived]


def _none(*_: object) -> tuple[()]:
    """Return nothing: a thing has nothing below it."""
    return ()


def _never(_: object) -> bool:
    return False


def _always(_: object) -> bool:
    return True


class Under(NamedTuple):
    """A listing below a thing that belongs to it, and is kept with it."""

    resource: str
    of: str
    place: Place


class Listing(NamedTuple):
    """A listing of things at a host.

    Attributes:
        resource: What the things are called here.
        place: Where they are listed.
        derive: Makes records of a thing; None: only its raw is kept.
        under: The listings below a thing that are kept with it.
        then: More of them, that only those show.
        inner: The listings below a thing whose things are kept by themselves.
        settled: Tells from a thing alone that it changes no more.
        newest_first: Whether reading may end where all is known and settled.
        one: Where a single thing is asked for, by its id.
        parent: The id of the thing that the listing is below.
        private: Whether answers name people, so that they are kept erasable and flags show nothing.
        whole: The answer itself is the thing.
        dated: The things are spans of time that start after `start_time`.
        results: Returns the ids of files whose content is part of a thing.
    """

    resource: str
    place: Place
    derive: Derive | None = None
    under: Callable[[Any], tuple[Under, ...]] = _none
    then: Callable[[Any, tuple[Below, ...]], tuple[Under, ...]] = _none
    inner: Callable[[Any], tuple[Listing, ...]] = _none
    settled: Callable[[Any], bool] = _never
    newest_first: bool = False
    one: str | None = None
    parent: str = ""
    private: bool = False
    whole: bool = False
    dated: bool = False
    results: Callable[[Any], tuple[str, ...]] = _none

    @property
    def ends(self) -> bool:
        """Whether its things end at some time after they began."""
        return self.derive is not None and self.one is not None and self.settled is not _never

    def reach(self, content: str) -> tuple[str, ...]:
        """Return what a look covers beyond things themselves, if that content is fetched."""
        asked = {"results": self.results is not _none and content != "none"}
        asked["rights"] = self.then is not _none
        return tuple(name for name in REACHES if asked[name])

    @property
    def has_under(self) -> bool:
        """Whether there are listings below each thing that are kept with it."""
        return self.under is not _none

    @property
    def has_below(self) -> bool:
        """Whether anything more is asked for with each thing."""
        return any(each is not _none for each in (self.under, self.then, self.results))


def part_of_path(native: object) -> str:
    """Return an id as one part of a path, whatever it holds."""
    return quote(clean(str(native)), safe=":")


def _plain(derive: Callable[[Unit, Where], Derived]) -> Derive:
    def derived(unit: Unit, where: Where, names: Mapping[str, str]) -> Derived:
        del names
        return derive(unit, where)

    return derived


def _runs(item: Any) -> tuple[Listing, ...]:
    path = f"/evals/{part_of_path(item['id'])}/runs"

    def items(run: Any) -> tuple[Under, ...]:
        below = Place(f"{path}/{part_of_path(run['id'])}/output_items")
        return (Under(evaluations.ITEMS, run["id"], below),)

    return (
        Listing(
            "evals.runs",
            Place(path),
            derive=_plain(evaluations.derive_run),
            under=items,
            settled=evaluations.is_settled,
            one=f"{path}/{{id}}",
            parent=item["id"],
        ),
    )


def _below_job(item: Any) -> tuple[Under, ...]:
    path = f"/fine_tuning/jobs/{part_of_path(item['id'])}"
    return (
        Under(events.EVENTS, item["id"], Place(f"{path}/events")),
        Under(jobs.CHECKPOINTS, item["id"], Place(f"{path}/checkpoints")),
    )


def _result_files(item: Any) -> tuple[str, ...]:
    found = item.get("result_files")
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _store_files(item: Any) -> tuple[Under, ...]:
    place = Place(f"/vector_stores/{part_of_path(item['id'])}/files")
    return (Under("vector_stores.files", item["id"], place),)


def _messages(item: Any) -> tuple[Under, ...]:
    place = Place(f"/chat/completions/{part_of_path(item['id'])}/messages")
    return (Under("chat.completions.messages", item["id"], place),)


def _of_project(item: Any) -> tuple[Under, ...]:
    path = f"/organization/projects/{part_of_path(item['id'])}"
    names = ("users", "service_accounts", "api_keys")
    return tuple(
        Under(f"organization.projects.{name}", item["id"], Place(f"{path}/{name}", admin=True))
        for name in names
    )


def _retention(item: Any) -> tuple[Listing, ...]:
    path = f"/organization/projects/{part_of_path(item['id'])}/data_retention"
    place = Place(path, limit=None, admin=True)
    resource = "organization.projects.data_retention"
    return (Listing(resource, place, whole=True, parent=item["id"]),)


JOBS: Final = Listing(
    "fine_tuning.jobs",
    Place("/fine_tuning/jobs"),
    derive=jobs.derive_job,
    under=_below_job,
    settled=jobs.is_settled,
    newest_first=True,
    one="/fine_tuning/jobs/{id}",
    results=_result_files,
)
FILES: Final = Listing("files", Place("/files"), derive=derive_file, one="/files/{id}")
MODELS: Final = Listing(
    "models", Place("/models", limit=None), derive=_plain(derive_model), one="/models/{id}"
)

_BEFORE: Final = (
    Listing("evals", Place("/evals"), inner=_runs, one="/evals/{id}"),
    MODELS,
    FILES,
    JOBS,
)
_STORES: Final = Listing(
    "vector_stores", Place("/vector_stores"), under=_store_files, one="/vector_stores/{id}"
)
_AFTER: Final = (_STORES,)
_STORED: Final = Listing(
    "chat.completions",
    Place("/chat/completions"),
    under=_messages,
    settled=_always,
    one="/chat/completions/{id}",
    private=True,
)
_USAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "completions": ("project_id", "model"),
    "embeddings": ("project_id", "model"),
    "moderations": ("project_id", "model"),
    "images": ("project_id", "model"),
    "audio_speeches": ("project_id", "model"),
    "audio_transcriptions": ("project_id", "model"),
    "vector_stores": ("project_id",),
    "file_search_calls": ("project_id", "vector_store_id"),
    "code_interpreter_sessions": ("project_id",),
    "web_search_calls": ("project_id", "model"),
}
"""What usage is counted of, and by what it is told apart: of a tuned model by its own name."""


def _spans(name: str, limit: int, group: Sequence[str], derive: Derive | None = None) -> Listing:
    query: dict[str, str | int | list[str]] = {"bucket_width": "1d", "group_by": list(group)}
    place = Place(f"/organization/{name}", limit=limit, admin=True, query=query, by_token=True)
    resource = f"organization.{name.replace('/', '.')}"
    return Listing(resource, place, derive=derive, dated=True)


_ADMIN: Final = (
    Listing(
        "organization.projects",
        Place("/organization/projects", admin=True, query={"include_archived": "true"}),
        under=_of_project,
        inner=_retention,
        private=True,
    ),
    Listing("organization.users", Place("/organization/users", admin=True), private=True),
    Listing(
        "organization.audit_logs",
        Place("/organization/audit_logs", admin=True),
        settled=_always,
        newest_first=True,
        private=True,
    ),
    Listing(
        "organization.data_retention",
        Place("/organization/data_retention", limit=None, admin=True),
        whole=True,
    ),
    _spans("costs", 180, ["project_id", "line_item"], _plain(derive_bucket)),
    *(_spans(f"usage/{name}", 31, group) for name, group in _USAGE.items()),
)


def openai_listings(*, admin: bool, stored_completions: bool) -> tuple[Listing, ...]:
    """Return what is read of OpenAI, in order: evals are shut down first."""
    stored = (_STORED,) if stored_completions else ()
    jobs_listing = JOBS._replace(then=_rights) if admin else JOBS
    before = tuple(jobs_listing if each is JOBS else each for each in _BEFORE)
    return (*before, *_AFTER, *stored, *(_ADMIN if admin else ()))


def derivable(provider: str) -> dict[str, Listing]:
    """Return the listings of a host by the resource that they list, also those below a thing."""
    if provider == "azure":
        found = azure_listings()
    else:
        found = openai_listings(admin=True, stored_completions=True)
    below = (*_runs({"id": ""}), *_retention({"id": ""}))
    return {each.resource: each for each in (*found, *below)}


def azure_listings() -> tuple[Listing, ...]:
    """Return what is read of an Azure OpenAI resource, in order."""
    # Its specification lists files on one page, and says nothing of more.
    return (MODELS, FILES._replace(place=Place("/files", limit=None)), JOBS)


def _rights(item: Any, read: tuple[Below, ...]) -> tuple[Under, ...]:
    """Return the listings of who may use a job's models: rights are given per checkpoint."""
    steps = [each for below in read if below.resource == jobs.CHECKPOINTS for each in below.items]
    named = [step.get("fine_tuned_model_checkpoint") for step in steps if isinstance(step, dict)]
    told = [item.get("fine_tuned_model"), *named]
    models = dict.fromkeys(name for name in told if isinstance(name, str) and _sayable(name))
    return tuple(
        Under(
            jobs.PERMISSIONS,
            model,
            Place(f"/fine_tuning/checkpoints/{part_of_path(model)}/permissions", admin=True),
        )
        for model in models
    )


def _sayable(name: str) -> bool:
    """Return whether a host can be asked about a name: it is there, and it is Unicode."""
    return bool(name) and not any("\ud800" <= char <= "\udfff" for char in name)
