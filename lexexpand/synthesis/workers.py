"""Processes that share the work: the same results for any number of them, and none outlives its parent.

Results are used by their number, never by the order in which they arrive. Workers are spawned, since forking
a process with Arrow's threads is not safe; each watches its parent and ends with it, even if that was killed.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, TypeVar

from lexexpand.errors import DataError
from lexexpand.processes import interrupts_held, leave_with_parent
from lexexpand.synthesis.job import Job, Recipe
from lexexpand.synthesis.memory import keep_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

Result = TypeVar("Result")

_AHEAD = 2  # tasks handed out per worker: enough to keep it busy, few enough to bound memory


class Crew:
    """Runs tasks of a job, in this process (`procs=1`) or in several."""

    def __init__(self, procs: int) -> None:
        self._procs = procs
        self._pool: ProcessPoolExecutor | None = None
        self._job: Job | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
            if kind is not None:
                for process in multiprocessing.active_children():
                    process.terminate()

    def use(self, job: Job) -> None:
        """Tasks from now on are of this job."""
        keep_memory()
        self._job = job

    def run(
        self, task: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        """Run `task(job, *arguments[i])` for every i; yield (i, result) as they are done.

        Raises:
            DataError: a worker died; what was written stays, and the same command goes on from there.
        """
        assert self._job is not None
        if self._procs == 1 or len(arguments) <= 1:
            for index, args in enumerate(arguments):
                yield index, task(self._job, *args)
            return
        try:
            yield from self._run_in_pool(task, arguments)
        except BrokenProcessPool as error:
            raise DataError(
                "a worker process died (out of memory, or killed). What it had finished is kept: the same "
                "command goes on from there; fewer --procs need less memory."
            ) from error

    def _run_in_pool(
        self, task: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        assert self._job is not None
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._procs, mp_context=context, initializer=_start_worker)
        waiting = iter(enumerate(arguments))
        running: dict[Future[Result], int] = {}
        exhausted = False
        while running or not exhausted:
            while not exhausted and len(running) < _AHEAD * self._procs:
                following = next(waiting, None)
                if following is None:
                    exhausted = True
                    break
                index, args = following
                with interrupts_held():
                    future = self._pool.submit(_work, task, self._job.recipe, args)
                running[future] = index
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()


_job_of_worker: Job | None = None


def _work(task: Callable[..., Result], recipe: Recipe, args: tuple[Any, ...]) -> Result:
    """Run one task in a worker, which keeps the job that it loaded last."""
    global _job_of_worker
    if _job_of_worker is None or _job_of_worker.recipe != recipe:
        _job_of_worker = Job(recipe)
    return task(_job_of_worker, *args)


def _start_worker() -> None:
    keep_memory()
    leave_with_parent()
