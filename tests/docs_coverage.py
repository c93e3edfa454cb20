# ruff: noqa: E501 - the tables read best with a row on a line
"""Writes docs/coverage.md: every technique and rule of the two source texts, and where the library has it.

    python tests/docs_coverage.py           # says whether the document is up to date (exit code 1 if not)
    python tests/docs_coverage.py --write   # brings it up to date

Each place below is looked up in the shipped scripts; one that is not there is an error.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from player.core.timing import usual_s
from player.files import languages, paths
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts
from player.routine.lint.linter import specs_of
from player.routine.model.script import Routine

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "coverage.md"

ACUPRESSURE = (
    ("12 to 15 sweeps or circles on a point", "quick-facial-acupressure#nose-wing everyday-facial-acupressure#nose-wing focus-brow focus-eyes focus-cheeks focus-jaw"),
    ("the area around a point belongs to it", "stroke:circle stroke:sweep quick-facial-acupressure#inner-brow"),
    ("pressure differs by place; never pain", "point:ST2 point:ST6 quick-facial-acupressure#settle"),
    ("a point worked deeply for 1 to 2 minutes, for a headache", "headache-point#temples headache-point#inner-brow headache-point#skull-base headache-point?deep_secs gate:headache-red-flags"),
    ("tapping a point for a minute or two, anywhere", "tapping-anywhere?tap_secs desk-break everyday-facial-acupressure#tap-over"),
    ("5 to 10 minutes until it is felt; quiet time; lightly touching", "quiet-close?quiet_secs everyday-facial-acupressure#quiet quick-facial-acupressure#quiet"),
    ("energy work (not described by the text)", "quiet-close"),
    ("utensils: mixer, stone, chopstick; smooth ends", "acupressure-with-tool#inspect tool:mixer tool:stone tool:chopstick-plastic tool:chopstick-wood"),
    ("practise first, in front of a mirror", "acupressure-with-tool#inspect acupressure-with-tool#test-arm"),
    ("clean and use again, or throw wood away", "tool-cleanup#wash tool-cleanup#discard acupressure-with-tool#finish"),
    ("first in a session", "acupressure-first"),
    ("last in a session", "acupressure-last"),
    ("the amount varies with what is wanted: sets by area", "focus-brow focus-eyes focus-cheeks focus-jaw"),
    ("muscle tone, balance, skin tone, circulation, wellness: topics only", "everyday-facial-acupressure quick-facial-acupressure"),
)  # fmt: skip
SCULPTURAL = (
    ("stroking along the lines, catch and hold, count of 4, 3 times", "sculptural-talc-20#stroke-line"),
    ("circular kneading with the backs of the fingers, 8 circles, hold", "sculptural-talc-20#knead-line"),
    ("kneading with palms and all fingers", "sculptural-talc-20#palm-knead"),
    ("tapping with all fingertips", "sculptural-talc-20#tap-line"),
    ("vibration with whole fingers", "sculptural-talc-20#vibrate-line"),
    ("stroking at the end", "sculptural-talc-20#close-stroke sculptural-home-4-stage#final-stroke aftercare-talc-and-mask#last-strokes"),
    ("a session of about 20 minutes", "sculptural-talc-20 sculptural-home-4-stage"),
    ("home, stage 1: kneading face, neck, upper chest", "sculptural-home-4-stage#k-forehead sculptural-home-4-stage#k-neck sculptural-home-4-stage#k-decollete"),
    ("home, stage 2: nape, shoulders, forearm, stroking down", "sculptural-home-4-stage#tap-nape sculptural-home-4-stage#pads-shoulder sculptural-home-4-stage#pads-forearm sculptural-home-4-stage#stroke-down"),
    ("home, stage 3: nodes of neck, chest, shoulders, head, temples, collarbone", "sculptural-home-4-stage#node sculptural-home-4-stage#clear"),
    ("home, stage 4: rotation, pinching the contour, attachment spots", "sculptural-home-4-stage#cheeks-rotate sculptural-home-4-stage#pinch-contour sculptural-home-4-stage#att"),
    ("collar area, neck and upper chest", "neck-collar-decollete"),
    ("Italian: joined palms, active points", "italian-inspired"),
    ("Spanish: no movement twice", "spanish-non-repeating"),
    ("Manual: a specialist with a medical education only", "info-manual-massage"),
    ("Moroccan: finger pads, edge of the palm; chin and cheeks", "moroccan-contour"),
    ("Japanese Zogan: points, lymph, muscle; warm-up at the end", "zogan-inspired"),
    ("French: surface only, boat palms", "french-superficial"),
    ("lymphatic drainage: thumbs, in the direction of flow", "lymph-drainage-thumbs soft-evening"),
    ("pinch method", "contour-pinch sculptural-home-4-stage#pinch-contour"),
    ("micromassage", "micromassage"),
    ("plasticizing massage: the powder strokes", "sculptural-talc-20 talc-course-session"),
    ("salon session, choosing a master", "info-salon-session"),
    ("after a stroke, osteopathic cosmetology, changed bite", "info-rehab-and-osteopathic"),
    ("injections, peels, lifting", "info-injections-and-lifting fact:injected"),
    ("schedule: every three days or every other day, 12 sessions, two courses a year, monthly between", "talc-course-session home-course-session"),
)  # fmt: skip
PREPARATION = (
    ("ear and neck jewellery off", "prep-sculptural#jewellery prep-hands-and-face#jewellery"),
    ("hair under a cap", "prep-sculptural#hair prep-hands-and-face#hair"),
    ("make-up off", "prep-sculptural#makeup prep-hands-and-face#face"),
    ("thorough cleansing; scrub", "prep-sculptural#cleanse prep-sculptural#scrub"),
    ("herbal steam for 7 minutes, at most weekly here", "prep-herbal-steam?steam_secs prep-sculptural#steam-branch home-course-session"),
    ("hands clean and dry, nails short", "prep-sculptural#hands prep-hands-and-face#hands prep-clean-hands-only#hands"),
    ("oil, cream, gel or talc", "prep-sculptural#product product:oil product:cream product:gel product:talc product:talc_free_powder"),
    ("essential oils, chosen with care", "moroccan-contour product:oil_with_essential gate:essential-oil-care"),
    ("relaxed, comfortable surroundings", "prep-sculptural#room prep-sculptural#mind"),
    ("talc off with cotton and lotion", "aftercare-talc-and-mask#wipe"),
    ("mask of medicinal plants", "aftercare-talc-and-mask#mask-apply aftercare-talc-and-mask?mask_secs"),
    ("rinsing, and a word about soreness", "aftercare-talc-and-mask#rinse aftercare-talc-and-mask#log"),
    ("no pain, and soreness is not worked through", "quick-facial-acupressure#settle sculptural-talc-20#settle sculptural-home-4-stage#settle contour-pinch#rest"),
)  # fmt: skip
AGAINST = (
    ("oncology", "fact:cancer"),
    ("blood poisoning", "fact:blood_poisoning"),
    ("cardiovascular disease", "fact:heart"),
    ("chronic hypertension", "fact:high_pressure"),
    ("low blood pressure", "fact:low_pressure"),
    ("somatic and neurological disorders", "fact:illness"),
    ("inflammation of the facial nerve", "fact:nerve"),
    ("trigeminal neuralgia", "fact:nerve"),
    ("hernia of the spine", "fact:neck_trouble"),
    ("rosacea", "fact:rosacea"),
    ("dermatitis, inflammation in the area", "fact:skin_disease fact:open_skin"),
    ("inflammatory skin diseases", "fact:skin_disease"),
    ("herpes", "fact:open_skin"),
    ("allergic rashes, allergies", "fact:open_skin fact:allergy_to_plants"),
    ("damage to the skin, wounds, burns, frostbite", "fact:open_skin"),
    ("large moles, warts, papillomas", "fact:large_mole"),
    ("many moles or papillomas", "fact:moles"),
    ("recent peeling", "fact:injected"),
    ("recent scrubbing", "fact:scrubbed"),
    ("botulinum therapy", "fact:injected"),
    ("contouring, biorevitalization, mesotherapy", "fact:injected"),
    ("ours: fever, infection, swollen nodes", "fact:fever"),
    ("ours: surgery or injury of face, teeth, eyes", "fact:face_surgery"),
    ("ours: glaucoma, retina, contact lenses", "fact:eye_trouble fact:lenses"),
    ("ours: blood thinners, easy bruising", "fact:thin_blood"),
    ("ours: trouble of the jaw joint", "fact:jaw_trouble"),
    ("ours: a sore or throbbing temple", "fact:temple_tender"),
    ("ours: pregnancy", "fact:pregnant headache-point#hand-web headache-point#shoulder-top"),
    ("ours: sunburn", "fact:open_skin"),
    ("ours: retinoids", "fact:retinoids"),
    ("ours: clot, thyroid, kidney or heart failure", "fact:clot fact:neck_vessels fact:heart"),
    ("ours: under eighteen", "fact:minor"),
    ("ours: the red flags of a headache", "fact:headache_sudden fact:headache_knock fact:headache_fever fact:headache_weak fact:headache_scalp fact:headache_new"),
    ("ours: powder is not breathed in", "fact:asthma gate:powder-care prep-sculptural#product"),
    ("ours: steam burns", "fact:steam fact:asthma prep-herbal-steam#steam-question prep-herbal-steam#bowl prep-herbal-steam#away"),
    ("ours: places that are never pressed", "point:BL1 point:ST1 point:ST9 point:LI18 point:SI16 point:SI17 point:CV23 point:z.throat_nogo point:z.carotid_nogo"),
    ("ours: one side of the neck at a time, beside the windpipe", "gate:neck-care neck-collar-decollete#front-feather neck-collar-decollete#neck-down"),
)  # fmt: skip
SECTIONS = (
    ("Facial acupressure", ACUPRESSURE),
    ("Sculptural massage", SCULPTURAL),
    ("Preparation and aftercare", PREPARATION),
    ("What speaks against a session, and care", AGAINST),
)
INTRO = """# What the two source texts name, and where it is

Written by `python tests/docs_coverage.py --write`; a test keeps it up to date and fails when a place is gone.
A name is a script (`player show NAME`), `name: step` one of its steps, `name (param)` a number that can be
changed, "gate" what is said or asked before a routine (`scripts/library/gates.yaml`), "asked" a question of care
(`scripts/library/facts.yaml`, [care.md](care.md)). What the texts name without describing it says so
in the routine's own note. Left out on purpose:

- What they say a massage is good for: indications (acne, scars, swelling, folds, a double chin, drooping corners of
  the mouth) and effects on skin, muscles, circulation or energy. The player promises nothing; areas are topics only.
- "Tissue diseases" as something to be treated, and the care after a stroke: they belong to a doctor, and only a card
  speaks of them.
- What is for specialists alone: manual massage, salon sessions, injections. Cards inform about them, nothing is led.
"""

BY_THE_PLAYER = """
## What the player itself keeps

- Ending at once on "stop", without a question, in every state: for sharp pain, numbness, dizziness, a change of
  vision, a headache that grows, burning, or any other reason.
- Holds ease off when paused and begin afresh; a deep point is worked at most twice in a session.
- Steam: a pause tells the listener to lift away; never more than seven minutes in all, never a second time.
- Mask: its time runs on through a pause. Spanish style: a movement is not done twice, only said again.
- The gap between sessions of a course is told in the notes of the two course sessions; no calendar is kept.
"""


def coverage() -> str:
    """Return the whole document. Raises `LookupError` for a place that is not there."""
    scripts = Scripts(paths.scripts())
    parts = [INTRO]
    for title, rows in SECTIONS:
        parts.append(f"\n## {title}\n\n| named | where |\n|---|---|\n")
        parts += [f"| {what} | {_places(where.split(), scripts)} |\n" for what, where in rows]
    parts.append(BY_THE_PLAYER)
    parts.append("\n## Every script\n\n| script | kind | who | minutes | source |\n|---|---|---|---|---|\n")
    parts += [_script(routine, scripts) for routine in scripts.all()]
    return "".join(parts)


def _places(where: Iterable[str], scripts: Scripts) -> str:
    return "; ".join(_place(one, scripts) for one in where)


def _place(where: str, scripts: Scripts) -> str:
    kind, _, rest = where.partition(":")
    if rest:
        return _shared(kind, rest, scripts)
    name, _, step = where.partition("#")
    name, _, param = name.partition("?")
    routine = scripts.routine(name)
    if step and step not in {spec.id for spec in specs_of(routine.steps)}:
        raise LookupError(f"{name} has no step {step}")
    if param:
        limits = routine.params[param]
        return f"`{name}` ({param}: {limits.min:g} to {limits.max:g})"
    return f"`{name}`: {step}" if step else f"`{name}`"


def _shared(kind: str, name: str, scripts: Scripts) -> str:
    library = scripts.library
    if kind == "gate":
        return f"gate `{library.gates[name].id}`"
    shelves = {"stroke": library.strokes, "tool": library.tools, "product": library.products}
    if kind == "point":
        site = library.sites[name]
        return f"{site.name}: " + ("never" if not site.allowed else f"at most {site.max_pressure}")
    if kind == "fact":
        fact = library.facts[name]
        return f"asked: {fact.question} ({fact.means.value if fact.means else 'a choice'})"
    return f"{kind} `{shelves[kind][name].id}`"


def _script(routine: Routine, scripts: Scripts) -> str:
    plan = plan_of(routine, scripts, languages.load(routine.language).routine)
    minutes = usual_s(plan.steps) / 60
    return f"| `{routine.id}` | {routine.kind} | {routine.availability.value} | {minutes:.1f} | {routine.source} |\n"


if __name__ == "__main__":
    text = coverage()
    if "--write" in sys.argv:
        DOCUMENT.write_text(text)
    elif not DOCUMENT.exists() or DOCUMENT.read_text() != text:
        sys.exit("docs/coverage.md is out of date: python tests/docs_coverage.py --write")
