"""What all tests share: a folder of their own for what is kept between calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rolecycle.storage.store import CACHE


@pytest.fixture(autouse=True, scope="session")
def folder_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that an earlier call left on this machine is read, and nothing is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(tmp_path_factory.mktemp("kept")))
        yield
