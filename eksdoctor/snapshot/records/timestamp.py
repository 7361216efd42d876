"""A moment as the APIs write it: with its zone; one without is no moment, and its record is dropped."""

from datetime import datetime
from typing import Annotated

import msgspec

Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
