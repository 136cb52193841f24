"""What all tests share: a cache folder of their own, and random tests without a time limit."""

from __future__ import annotations

from collections import Counter
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


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what comes after the first cases of a test with ``slow_after``."""
    before: Counter[str] = Counter()
    for item in items:
        mark = item.get_closest_marker("slow_after")
        test = item.nodeid.partition("[")[0]
        if mark and before[test] >= mark.args[0]:
            item.add_marker(pytest.mark.slow)
        before[test] += 1
