"""For every test: the user's settings stay outside, and hypothesis runs the same everywhere."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.surroundings import foreign

for _name in foreign(os.environ):
    del os.environ[_name]

# The same examples on every machine and at any load: neither a clock nor a random seed decides.
settings.register_profile(
    "eksdoctor",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("eksdoctor")


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory):
    """Nobody's kubeconfig, AWS profiles, cache or instance metadata."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield
