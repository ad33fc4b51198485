"""A cluster of ipyparallel engines on this machine, for as long as it is needed."""

import logging
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import ipyparallel


@contextmanager
def engines(count):
    """A client of `count` engines, which can import what lies in this folder."""
    with tempfile.TemporaryDirectory() as folder:
        # Otherwise a cluster's files would go to the home folder.
        os.environ["IPYTHONDIR"] = folder
        os.environ["PYTHONPATH"] = str(Path(__file__).parent)
        with ipyparallel.Cluster(n=count, log_level=logging.ERROR) as client:
            yield client
