"""Python's collector of cycles, set for a process that stays.

What is loaded at the start lives as long as the process and need not be looked through again and again, and a drawn
page leaves trees of tens of thousands of objects: with Python's own limit of 700 a letter takes an eighth more time.
"""

import gc

NEW_OBJECTS = 20_000
"""So many more objects made than freed before the youngest are looked through; some megabytes at most."""


def settle() -> None:
    """Leave what is there now alone from here on, and look less often; once, when everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
