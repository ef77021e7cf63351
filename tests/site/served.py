"""A folder served as ``python -m http.server`` does."""

import functools
import http.server
import threading
from contextlib import contextmanager


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """What ``python -m http.server`` does, without a line for each request."""

    def log_message(self, format, *args):
        pass


@contextmanager
def serve(folder):
    """Serve a folder on this machine; yields the address, which ends in a slash."""
    handler = functools.partial(QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
