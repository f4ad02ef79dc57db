"""Generate exercises: from a seed, friendly to a pencil, and such that mistakes show."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from limelight.catalogue.showing import Eye, differ, groups_of
from limelight.errors import OptionError
from limelight.exercises import typed
from limelight.exercises.content import content_of, first_bits
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.generator.demands import Demands
from limelight.exercises.generator.form import Form
from limelight.exercises.generator.naming import CHECKED_BITS, GENERATOR_VERSION, Named
from limelight.exercises.generator.search import refusal, search
from limelight.exercises.generator.workshop import workshop
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.recipe import BY_HAND, Recipe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from limelight.catalogue.showing import Sight
    from limelight.exercises.generator.whole import Whole

__all__ = [
    "GENERATOR_VERSION",
    "Demands",
    "Form",
    "default_demands",
    "exercise_set",
    "generate",
    "remade",
    "reveals",
    "ties",
]


def generate(
    form: Form | str = "self-attention",
    *,
    seed: int,
    sizes: Mapping[str, int] | None = None,
    heads: int | None = None,
    causal: bool = False,
    recipe: Recipe | str = BY_HAND,
    reveal: Collection[str] | None = None,
) -> Exercise:
    """Make an exercise that nobody has seen, the same for the same seed for ever.

    Its matrices are sparse and of small whole numbers, and no step is uglier than the limits
    of `exercises.generator.limits`.

    Args:
        form: A kind of exercise, or a `Form`, which says everything up to *recipe*.
        seed: Any whole number.
        sizes: By the names that exercise files have, such as {"tokens": 5}; d_k and d_v are
            those of one head. What is left out has a default.
        heads: How many heads.
        causal: No query sees a later key.
        recipe: by-hand or exact.
        reveal: Ids of mistakes that must show, such as ("L1", "L11"). None for as many as the
            form can show, none of which looks like another where that can be; () for none.

    Returns:
        An exercise whose name is its identity.

    Raises:
        UnknownNameError: There is no such kind, size, recipe or mistake.
        OptionError: Sizes are out of bounds, or no exercise was found that meets what is
            asked for: the message says what is in the way.
        RecipeError: The recipe is neither by-hand nor exact.

    >>> exercise = generate("self-attention", seed=7, sizes={"tokens": 3})
    >>> exercise.sizes["tokens"], "L11" in reveals(exercise)
    (3, True)
    """
    (exercise,) = exercise_set(
        form, 1, seed=seed, sizes=sizes, heads=heads, causal=causal, recipe=recipe, reveal=reveal
    )
    return exercise


def exercise_set(
    form: Form | str,
    count: int,
    *,
    seed: int,
    sizes: Mapping[str, int] | None = None,
    heads: int | None = None,
    causal: bool = False,
    recipe: Recipe | str = BY_HAND,
    reveal: Collection[str] | None = None,
) -> Iterator[Exercise]:
    """Go through *count* exercises, no two of which have the same numbers.

    They are made one by one as they are asked for, and nothing is kept of them. The first ones
    of a longer set are those of a shorter one.

    Args:
        form: As of `generate`, like all that follow.
        count: How many.
        seed: The set's.
        sizes: Sizes of axes.
        heads: How many heads.
        causal: No query sees a later key.
        recipe: by-hand or exact.
        reveal: What every one of them must show.

    Raises:
        UnknownNameError: As `generate`, at once.
        OptionError: As `generate`, at once; or later, when there are no more exercises.
        RecipeError: As `generate`, at once.

    >>> [exercise.name for exercise in exercise_set("softmax", 3, seed=1)]
    ['10cd4-g5a5z-md', '10ce1-q1xxj-wy', '10cag-swt4a-8j']
    """
    chosen = _form(form, sizes=sizes, heads=heads, causal=causal, recipe=recipe)
    if type(count) is not int or count < 0:
        raise OptionError(_not_whole("count", count, " that is not negative"))
    if type(seed) is not int:
        raise OptionError(_not_whole("seed", seed, ""))
    return _members(chosen, Demands.read(chosen, reveal), count, seed)


def default_demands(form: Form) -> frozenset[str]:
    """Return the ids of the mistakes that an exercise of a form shows unless asked otherwise.

    >>> "L15" in default_demands(Form.of("softmax"))
    True
    """
    return Demands.read(form, None).reveal


def reveals(exercise: Exercise) -> dict[str, str]:
    """Tell which mistakes change a number of an exercise that can be seen.

    Returns:
        For the id of each mistake the first step that comes out otherwise. Of a mistake that
        can be made in several ways, each way that this exercise allows must show.

    >>> from limelight import gallery
    >>> reveals(gallery("softmax"))["L15"]
    'E'
    """
    found = _sights(exercise)
    order = [step.name for step in exercise.plan.steps]
    return {name: min((s.step for s in each), key=order.index) for name, each in found.items()}


def ties(exercise: Exercise) -> frozenset[frozenset[str]]:
    """Return the pairs of mistakes whose wrong numbers are the same in an exercise.

    >>> from limelight import gallery
    >>> ties(gallery("self-attention"))
    frozenset()
    """
    shown = [sight for each in _sights(exercise).values() for sight in each]
    return _EYE.alike(shown)


def remade(named: Named) -> Exercise:
    """Make the exercise that a code names, whatever its content."""
    return _exercise(named.form, named.number, workshop(named.form).given(named.number))


_EYE = Eye(EXACT_FRACTIONS, differ)


def _sights(exercise: Exercise) -> dict[str, list[Sight[Matrix]]]:
    trace = work(exercise)
    values = {name: trace[name].matrix for name in trace}
    groups = groups_of(trace.plan, {name: matrix.shape for name, matrix in values.items()})
    sights = {name: _EYE.sights(each, values) for name, each in groups.items()}
    return {name: found for name, found in sights.items() if found is not None}


def _form(form: Form | str, **choices: Any) -> Form:  # noqa: ANN401 - Form.of checks them
    if isinstance(form, str):
        return Form.of(form, **choices)
    usual = {"sizes": None, "heads": None, "causal": False, "recipe": BY_HAND}
    if choices != usual:
        msg = (
            "a Form says sizes, heads, causal and recipe itself.\n"
            f"  It is {form}.\n"
            "  Leave them out here, or give the kind by its name."
        )
        raise OptionError(msg)
    return form


def _members(form: Form, demands: Demands, count: int, seed: int) -> Iterator[Exercise]:
    found = 0
    if not count:
        return
    for candidate in search(form, demands, seed):
        yield _exercise(form, candidate.number, candidate.values)
        found += 1
        if found == count:
            return
    raise refusal(form, demands, found=found, wanted=count)


def _exercise(form: Form, number: int, values: Mapping[str, Whole]) -> Exercise:
    shop = workshop(form)
    bare = Exercise(
        kind=form.kind,
        inputs={name: _matrix(values[name]) for name in shop.inputs},
        title=form.title,
        source=f"generated by Limelight, version {GENERATOR_VERSION} of the generator",
        heads=form.heads,
        causal=form.causal,
        recipe=form.recipe,
    )
    named = Named(form, number, first_bits(content_of(bare), CHECKED_BITS))
    # The name is no part of the content; to make the exercise a second time would check all of
    # it again.
    object.__setattr__(bare, "name", typed.grouped(named.code).lower())
    return bare


def _matrix(numbers: Whole) -> Matrix:
    below = numbers.below
    return Matrix(tuple(tuple([_fraction(n, below) for n in row]) for row in numbers.rows))


@cache
def _fraction(above: int, below: int) -> Fraction:
    return Fraction(above, below)


def _not_whole(option: str, given: object, which: str) -> str:
    return (
        f"{option} must be a whole number{which}; got {given!r}.\n"
        "  The same seed gives the same exercises, in the same order.\n"
        f"  Write {option}=1."
    )
