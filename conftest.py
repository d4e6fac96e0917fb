"""Settings for every test of the repository."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no deadlines. In CI the same examples each time, so that a red run can be repeated.
settings.register_profile("careflow", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, derandomize=os.environ.get("CI") == "true")
settings.load_profile("careflow")
