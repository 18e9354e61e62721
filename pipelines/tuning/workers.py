"""Models fitted and asked in processes of their own, with bounded memory, that may end without ending the search."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.context import SpawnProcess
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from pipelines.benchmark.data import Data
from pipelines.recipe import Recipe
from recsys.errors import CapacityError, InputError, RecsysError
from recsys.evaluate import recommend
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import cores
from recsys.titles import Titles

_CONTEXT = multiprocessing.get_context("spawn")
SHARE = 0.75
"""Of the machine's memory, what all workers together may take unless told otherwise."""

LONGEST = 2e6
"""Seconds, 23 days: longer no operating system waits at once."""


class LateError(Exception):
    """There was no answer in time."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a model gets to see: nothing of what is to be found."""

    train: Interactions
    histories: Histories
    offered: Histories | None
    titles: Titles

    @classmethod
    def of(cls, data: Data) -> Question:
        """Leave out what is to be found."""
        split = data.split
        return cls(split.train, split.histories, data.offered, data.titles)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may take.

    Attributes
    ----------
    threads : int
    memory_gb : float
        In 10^9 bytes; of what it allocates, on Linux.
    """

    threads: int
    memory_gb: float

    @classmethod
    def of(cls, jobs: int, memory_gb: float | None) -> Limits:
        """Share out the machine among so many workers."""
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        most = whole * SHARE / jobs if memory_gb is None else memory_gb
        return cls(max(cores() // jobs, 1), most)


@dataclass(slots=True)
class Worker:
    """One process; it is started when it is first asked, and anew when it had to be ended.

    Attributes
    ----------
    questions : sequence of Question
    n : int
        How many titles are asked for.
    limits : Limits
    """

    questions: Sequence[Question]
    n: int
    limits: Limits
    _process: SpawnProcess | None = field(default=None, init=False)
    _line: connection.Connection | None = field(default=None, init=False)

    def ask(self, recipe: Recipe, question: int) -> None:
        """Let it fit a model on a question and answer it; ``answer`` returns what it says."""
        if self._line is None:
            self._start()
        assert self._line is not None  # noqa: S101  # it was just started
        with suppress(BrokenPipeError):  # `answer` says that it has ended
            self._line.send((recipe, question))

    def answer(self, where: str, seconds: float | None = None) -> InternalIds:
        """Wait for the recommended titles, int32 (n_viewers, n).

        Raises
        ------
        LateError
            If they did not come within so many seconds; the process is ended.
        RecsysError
            If the model refused; CapacityError too if the process was ended, as when memory is short.
        """
        assert self._line is not None  # noqa: S101  # it was asked
        try:
            if not self._line.poll(None if seconds is None else min(seconds, LONGEST)):
                self.end()
                raise LateError
            said = self._line.recv()
        except (EOFError, OSError):
            self.end()
            raise _short_of_memory(where, "the end of its process") from None
        if isinstance(said, MemoryError):
            self.end()  # what it could not allocate may have left it in pieces
            raise _short_of_memory(where, str(said) or "a refusal of memory")
        if isinstance(said, Exception):
            raise said
        return np.asarray(said, np.int32)

    def end(self) -> None:
        """End the process, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _start(self) -> None:
        self._line, theirs = _CONTEXT.Pipe()
        arguments = (theirs, self.questions, self.n, self.limits)
        self._process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()  # so that its end is heard here


def _short_of_memory(where: str, got: str) -> CapacityError:
    return CapacityError(
        expected="an answer",
        got=got,
        where=where,
        hint="Memory was short: narrow the search, or raise --memory-gb",
    )


def _serve(
    line: connection.Connection, questions: Sequence[Question], n: int, limits: Limits
) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform == "linux":
        most = int(limits.memory_gb * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with suppress(EOFError):
        while True:
            recipe, question = line.recv()
            line.send(_answer(recipe, questions[question], n, limits))


def _answer(recipe: Recipe, asked: Question, n: int, limits: Limits) -> InternalIds | Exception:
    """Return what a model recommends, or why it does not."""
    try:
        model = recipe.unfitted()  # loads the libraries whose threads are then limited
        with threadpool_limits(limits.threads):
            model.fit(asked.train, asked.titles)
            return recommend(model, asked.histories, n, offered=asked.offered)[0]
    except (RecsysError, MemoryError) as error:
        return error
    except (np.linalg.LinAlgError, ArithmeticError) as error:
        name = recipe.declaration.name
        return InputError(expected="numbers that can be solved", got=error, where=name)
    except Exception as error:  # noqa: BLE001  a fault of ours is raised where the search is seen
        return error


def _end_with_parent() -> None:
    """End this process when its parent has ended, even by a kill, in the middle of a fit."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
