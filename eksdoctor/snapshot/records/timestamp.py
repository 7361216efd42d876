"""A time as the APIs write it, with its zone; a record with a time without a zone is dropped."""

from datetime import datetime
from typing import Annotated

import msgspec

Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
