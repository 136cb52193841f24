"""What all tests share: a cache folder of their own, and random tests without a time limit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from rolecycle.storage.store import CACHE

settings.register_profile("rolecycle", deadline=None)  # a test must not fail because the machine is busy
settings.load_profile("rolecycle")


@pytest.fixture(autouse=True, scope="session")
def folder_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests from reading the cache of this machine, and from writing to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(tmp_path_factory.mktemp("kept")))
        yield
