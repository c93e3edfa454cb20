"""Rules about who may do a routine, and with what on the hands."""

from collections.abc import Iterator

from player.routine.lint.own_limits import working
from player.routine.lint.rule import ERROR, HERE, Finding, Rule, Subject
from player.routine.model.script import Availability, Family, position


def _specialist(subject: Subject) -> Iterator[Finding]:
    routine = subject.routine
    if routine.availability is Availability.SPECIALIST_ONLY or routine.family is Family.INFO:
        for move in working(subject):
            yield move.where("stroke"), "what is for specialists only, or a card, informs and holds no stroke"


def _honest(subject: Subject) -> Iterator[Finding]:
    routine = subject.routine
    if routine.availability is Availability.SELF_ADAPTED and not routine.honest_note:
        yield (
            position(routine.where, "availability"),
            "`self-adapted` needs an `honest_note`: where does it differ?",
        )


def _product(subject: Subject) -> Iterator[Finding]:
    products, top = subject.routine.products, subject.routine.where
    if products.default not in products.allowed and "any" not in products.allowed:
        yield (
            position(top, "products"),
            f"the default product `{products.default}` is not among the allowed ones",
        )
    for name in products.forbidden:
        if name in {products.default, *products.allowed}:
            yield position(top, "products"), f"`{name}` is both allowed and forbidden"


def _product_words(subject: Subject) -> Iterator[Finding]:
    allowed = subject.routine.products.allowed
    for spec in subject.specs:
        missing = [name for name in allowed if name not in {*spec.say_by_product, "none", "any"}]
        if spec.say_by_product and missing and not spec.say:
            message = f"nothing is said here for {', '.join(missing)}, which the routine allows"
            yield position(spec.where, "say_by_product"), message


RULES = (
    Rule(
        id="specialist",
        severity=ERROR,
        reason="What only a specialist may do is told, not led.",
        fails="availability: specialist-only\ngates: contra-basic\nsteps:\n"
        f"- {{say: Knead., at: z.cheek, stroke: {HERE}knead}}",
        passes="availability: specialist-only\nsteps:\n- {say: Ask a specialist., advance: wait}",
        check=_specialist,
    ),
    Rule(
        id="honest-note",
        severity=ERROR,
        reason="An adaptation says where it differs from its source.",
        fails=f"availability: {HERE}self-adapted\nsteps:\n- say: Rest.",
        passes="availability: self-adapted\nhonest_note: The order is ours.\nsteps:\n- say: Rest.",
        check=_honest,
    ),
    Rule(
        id="product",
        severity=ERROR,
        reason="The product that is meant is one that is allowed.",
        fails=f"products: {HERE}{{default: oil, allowed: [cream]}}\nsteps:\n- say: Rest.",
        passes="products: {default: oil, allowed: [oil, cream]}\nsteps:\n- say: Rest.",
        check=_product,
    ),
    Rule(
        id="product-words",
        severity=ERROR,
        reason="A step that speaks by product has words for each.",
        fails="products: {default: oil, allowed: [oil, cream]}\nsteps:\n"
        f"- say_by_product: {HERE}{{oil: Warm the oil.}}",
        passes="products: {default: oil, allowed: [oil]}\nsteps:\n- say_by_product: {oil: Warm the oil.}",
        check=_product_words,
    ),
)
