"""Schools and cities to measure over, in the product's own schema.

Rows are invented and the same every time. They go in by the thousand past the unit of work, but through the columns' own types, so
that what is encrypted in the product is encrypted here and every blind index is there. Events are not written for them: the audit
trail is measured by `tests.bench.events`, and what the measured requests change is signed and logged as ever.
"""

from tests.bench.data.cache import Filled, filled
from tests.bench.data.sizes import SIZES, Size

__all__ = ["SIZES", "Filled", "Size", "filled"]
