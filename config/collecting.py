"""How often Python looks for what nobody uses any more."""

import gc


def settle() -> None:
    """Leave what the site itself is made of out of the collections, and collect less often.

    A page makes some ten thousand objects and drops them: modules, models and templates need not be looked through
    again each time, and memory shared by the workers stays shared.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
