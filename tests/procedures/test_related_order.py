"""What a name only adds a circumstance to is told from whole names at once, however many names a field has."""

import itertools
import random

from procedures import related


def test_the_same_names_are_variants_as_by_comparing_each_with_each() -> None:
    words = ["cap", "cap lai", "the", "the can cuoc", "luu dong", "a", "b"]
    names = [" ".join(parts) for size in (1, 2, 3) for parts in itertools.product(words, repeat=size)]
    picked = random.Random(16).sample(names, 150) + ["cap the", "cap the", "cap-the x", "cap the-x"]
    told = {str(number): name for number, name in enumerate(picked)}
    plain = {code for code, name in told.items() if any(name.startswith(f"{other} ") for other in told.values())}
    assert plain and related._variants(told) == plain


def test_a_field_of_many_names_takes_no_time_to_speak_of() -> None:
    names = {str(number): f"ten {number:06}" for number in range(60_000)}  # each with each would be 3.6 billion
    assert related._variants(names | {"x": "ten 000007 luu dong"}) == {"x"}
