"""Copies of this process, each for one job, with a limit on how long it computes."""

import json
import os
import resource
import select
import signal
import time
import warnings


class Child:
    """A copy of this process that does one job and sends its result, as JSON, back.

    The limit counts seconds of computing, so that a busy machine stops nothing early; a job that
    waits for ever is killed after twenty times as long.
    """

    def __init__(self, job, seconds=None):
        self.deadline = None if seconds is None else time.monotonic() + 20 * seconds
        self.reader, writer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside idle threads
            self.pid = os.fork()
        if self.pid:
            os.close(writer)
            return
        try:
            if seconds is not None:
                signal.signal(signal.SIGXCPU, signal.SIG_DFL)
                hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
                resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, hard))
            answer = job()
        except BaseException as error:  # nothing may reach the code of the parent
            answer = ("crash", "", repr(error)[:600])
        try:
            os.write(writer, json.dumps(answer).encode())
        finally:
            os._exit(0)

    def result(self):
        """Wait for the result; None if it was stopped."""
        parts = []
        while part := os.read(self.reader, 65536):
            parts.append(part)
        os.close(self.reader)
        os.waitpid(self.pid, 0)
        return json.loads(b"".join(parts)) if parts else None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)


def ready(children):
    """Those of the children that have a result or were stopped; waits for the first of them."""
    readers = {child.reader: child for child in children}
    while True:
        done = select.select(list(readers), [], [], 5.0)[0]
        if done:
            return [readers[reader] for reader in done]
        for child in children:
            if child.deadline is not None and time.monotonic() > child.deadline:
                child.kill()
