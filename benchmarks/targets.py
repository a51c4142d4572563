"""What the project set itself to reach; the report says of each figure whether it was reached on this machine."""

from __future__ import annotations

EXTRACTION_RECORDS_PER_CPU_SECOND = 12_000
EXTRACTION_PEAK_GB = 1.0
#: At a million applications.
TARGET_APPLICATIONS = 1_000_000
FIRST_BUILD_CPU_SECONDS = 120.0
DAILY_RUN_CPU_SECONDS = 45.0
TRANSFORM_PEAK_GB = 6.0
#: Core and marts, by applications: CPU seconds, peak GB.
CORE_AND_MARTS = {1_000_000: (60.0, 6.0), 5_000_000: (300.0, 12.0)}
ORCHESTRATION_CPU_SECONDS = 12.0
#: At a million records of candidates.
TARGET_CANDIDATES = 1_000_000
IDENTITY_CPU_SECONDS = 10.0
IDENTITY_PEAK_GB = 2.0
