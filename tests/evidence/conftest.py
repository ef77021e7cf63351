import pytest


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """What the reader's shell asks for must not reach these tests."""
    for name in ("DLBOOK_SEEDS", "DLBOOK_BACKEND", "DLBOOK_JOBS", "DASK_SCHEDULER_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
