"""One row per period x slice x attribute x group x stage: what may be shown of it, and what a comparison with the reference group finds.

Kernels: kernels/suppression.py decides what is hidden, kernels/selection.py compares. Nothing here is random and nothing reads the clock.
"""


def model(dbt, session):
    from kernels.adverse_impact import COLUMNS, cells, settings_of

    dbt.config(materialized="table")
    settings = settings_of(dbt.ref("int_diversity__adverse_impact_settings").fetchone())
    counts = dbt.ref("int_diversity__selection_counts").fetchall()
    import pandas as pd

    frame = pd.DataFrame(cells(counts, settings), columns=list(COLUMNS))
    return frame.astype(COLUMNS)
