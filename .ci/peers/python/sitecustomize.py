"""Gives the published programs of the original back what Python has dropped since 3.9. They are run as they are."""

import asyncio
import collections
import collections.abc
import functools
import inspect

for name in ("Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))
asyncio.streams.IncompleteReadError = asyncio.IncompleteReadError
inspect.getargspec = inspect.getfullargspec


class Task(asyncio.Task):
    all_tasks = staticmethod(asyncio.all_tasks)


asyncio.Task = Task


def without_loop(function):
    """What takes no event loop any more: it uses the running one, which is the one that was given."""

    @functools.wraps(function)
    def call(*args, loop=None, **options):
        return function(*args, **options)

    return call


for name in ("sleep", "gather", "wait_for"):
    setattr(asyncio, name, without_loop(getattr(asyncio, name)))

for name in ("Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "Queue", "PriorityQueue", "LifoQueue"):
    kind = getattr(asyncio, name)
    setattr(kind, "__init__", without_loop(kind.__init__))

_wait = asyncio.wait


@functools.wraps(_wait)
def wait(awaitables, *, loop=None, **options):
    """Takes coroutines, too."""
    return _wait([asyncio.ensure_future(awaitable) for awaitable in awaitables], **options)


asyncio.wait = wait
