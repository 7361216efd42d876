"""Durations."""

import pytest
import typer

from eksdoctor.cli.parameters.durations import duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("20", 20), ("20s", 20), ("2m", 120), ("1h", 3600), ("1.5m", 90), (20.0, 20)]
)
def test_durations_in_seconds(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "s", "2 days", "1e9", "nan", "169h", "\uff120"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(typer.BadParameter, match="not a duration"):
        duration(text)
