"""One pool of threads and one BLAS setting for the whole engine.

Threads, never processes: a child process of QGIS would open a second QGIS window.
"""
import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Callable, Iterable, Iterator, Optional, Tuple, TypeVar

from ..core.progress import Progress

Item, Result = TypeVar("Item"), TypeVar("Result")

_workers: Optional[int] = None
_WAIT_SECONDS = 0.2  # how often a waiting run looks whether it was cancelled


def workers() -> int:
    """Threads to use: the user's setting, TERRAIN_MOTION_THREADS, or the cores of this machine."""
    if _workers:
        return _workers
    asked = os.environ.get("TERRAIN_MOTION_THREADS", "")
    return int(asked) if asked.isdigit() and int(asked) > 0 else os.cpu_count() or 1


def set_workers(count: Optional[int]) -> None:
    """The user's number of threads; None returns to the default."""
    global _workers
    _workers = count


def limit_blas() -> None:
    """One thread inside each matrix product: the pool already uses every core."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return
    threadpool_limits(1, user_api="blas")


def map_threads(function: Callable[[Item], Result], items: Iterable[Item], progress: Progress,
                threads: Optional[int] = None) -> Iterator[Tuple[Item, Result]]:
    """Yield (item, function(item)) as they finish, in any order, in the calling thread.

    At most two items per thread wait or run at once, so that memory stays bounded. The first error or a cancelled
    progress ends the run; items that have not begun are dropped.
    """
    limit_blas()
    threads = threads or workers()
    source = iter(items)
    with ThreadPoolExecutor(threads, thread_name_prefix="terrain-motion") as pool:
        running = {}
        try:
            exhausted = False
            while True:
                while not exhausted and len(running) < 2 * threads:
                    try:
                        item = next(source)
                    except StopIteration:
                        exhausted = True
                        break
                    running[pool.submit(function, item)] = item
                if not running:
                    return
                done, _ = wait(running, timeout=_WAIT_SECONDS, return_when=FIRST_COMPLETED)
                progress.check()
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            for future in running:
                future.cancel()
