"""Rules that are kept while a script is read: what fails here cannot be led at all."""

from player.routine.lint.rule import ERROR, HERE, Rule


def _rule(name: str, reason: str, fails: str, passes: str) -> Rule:
    return Rule(name, ERROR, reason, fails, passes)


_PASSES = "- say: Rest."

RULES = (
    _rule(
        "value",
        "Every value has a kind, and numbers have limits.",
        f"- {{say: Rest., seconds: {HERE}-5}}",
        "- {say: Rest., seconds: 5}",
    ),
    _rule(
        "unknown-key",
        "A misspelt key would be lost without a word.",
        f"- {{say: Rest., {HERE}secnds: 5}}",
        "- {say: Rest., seconds: 5}",
    ),
    _rule("missing-key", "Some keys must be there.", f"- {HERE}{{seconds: 5}}", _PASSES),
    _rule("empty", "An empty text says nothing.", f"- say: {HERE}''", _PASSES),
    _rule(
        "name",
        "Names are made of small letters, digits and hyphens.",
        f"- {{id: {HERE}My step, say: Rest.}}",
        "- {id: my-step, say: Rest.}",
    ),
    _rule(
        "id",
        "A routine is called like its file.",
        f"id: {HERE}other\nsteps:\n- say: Rest.",
        "id: example\nsteps:\n- say: Rest.",
    ),
    _rule(
        "format",
        "An unknown version of the language cannot be read.",
        f"format: {HERE}2\nsteps:\n- say: Rest.",
        "format: 1\nsteps:\n- say: Rest.",
    ),
    _rule(
        "markup",
        "Marks like < and [[ would be taken for commands by a voice.",
        f'- say: {HERE}"<break/> Rest."',
        _PASSES,
    ),
    _rule(
        "placeholder",
        "Words in braces must be filled in by something.",
        f'- say: {HERE}"{{words}}."',
        _PASSES,
    ),
    _rule(
        "condition",
        "A condition must be readable.",
        f"- {{say: Rest., when: {HERE}and}}",
        "- {say: Rest., when: not pregnant}",
    ),
    _rule(
        "announce",
        "A notice comes at a time.",
        f"- {{say: Rest., seconds: 60, announce: {HERE}often}}",
        "- {say: Rest., seconds: 60, announce: halfway}",
    ),
    _rule(
        "for-each",
        "A loop needs items.",
        f"- {{group: g, for_each: {HERE}left, steps: [{{say: Rest.}}]}}",
        "- {group: g, for_each: {side: [left, right]}, steps: [{say: Rest.}]}",
    ),
    _rule(
        "steps",
        "A routine or group has steps.",
        f"- {{group: g, steps: {HERE}none}}",
        "- {group: g, steps: [{say: Rest.}]}",
    ),
    _rule(
        "twin-id",
        "Two neighbours of one name cannot be told apart.",
        f"- {{id: a, say: Rest.}}\n- {HERE}{{id: a, say: Rest.}}",
        "- {id: a, say: Rest.}\n- {id: b, say: Rest.}",
    ),
    _rule(
        "unknown-place",
        "A place must be in the library.",
        f"- {{say: Circle., at: {HERE}templ, stroke: circle}}",
        "- {say: Circle., at: temple, stroke: circle}",
    ),
    _rule(
        "forbidden-place",
        "Some places are never worked on: eye, throat, carotid.",
        f"- {{say: Circle., at: {HERE}ST9, stroke: circle}}",
        "- {say: Circle., at: ST6, stroke: circle}",
    ),
    _rule(
        "unknown-stroke",
        "A stroke must be in the library.",
        f"- {{say: Circle., at: temple, stroke: {HERE}circel}}",
        "- {say: Circle., at: temple, stroke: circle}",
    ),
    _rule(
        "unknown-hand",
        "A hand must be in the library.",
        f"- {{say: Circle., at: temple, stroke: circle, hand: {HERE}pams}}",
        "- {say: Circle., at: temple, stroke: circle, hand: palms}",
    ),
    _rule(
        "unknown-product",
        "A product must be in the library.",
        f"products: {HERE}{{default: butter, allowed: [butter]}}\nsteps:\n- say: Rest.",
        "products: {default: oil, allowed: [oil]}\nsteps:\n- say: Rest.",
    ),
    _rule(
        "unknown-tool",
        "A tool must be in the library.",
        f"tools: {HERE}{{options: fork}}\nsteps:\n- say: Rest.",
        "tools: {options: stone}\nsteps:\n- say: Rest.",
    ),
    _rule(
        "unknown-gate",
        "A gate must be in the library.",
        f"gates: {HERE}contra\nsteps:\n- say: Rest.",
        "gates: contra-basic\nsteps:\n- say: Rest.",
    ),
    _rule(
        "unknown-fact",
        "A condition asks for facts of the library.",
        f"- {{say: Rest., when: {HERE}pregnent}}",
        "- {say: Rest., when: pregnant}",
    ),
    _rule(
        "unknown-param",
        "A param must be in the routine's `params`.",
        f"- {{say: Rest., seconds: {HERE}rest_secs}}",
        "params: {rest_secs: {default: 5, min: 1, max: 9}}\nsteps:\n- {say: Rest., seconds: rest_secs}",
    ),
    _rule(
        "unknown-routine",
        "What is run must be there.",
        f"- {{say: Rest., run: {HERE}quick-facial-acupresure}}",
        "- {say: Rest., run: quick-facial-acupressure}",
    ),
    _rule("endless-run", "A routine cannot run itself.", f"- {{say: Rest., run: {HERE}example}}", _PASSES),
    _rule(
        "work",
        "A step is timed or counted, not both.",
        f"- {{say: Circle., at: temple, stroke: circle, seconds: {HERE}5, strokes: 3}}",
        "- {say: Circle., at: temple, stroke: circle, strokes: 3}",
    ),
    _rule(
        "endless",
        "Every hold has an end.",
        f"- {{say: Hold., at: temple, stroke: {HERE}press_hold}}",
        "- {say: Hold., at: temple, stroke: press_hold, hold: 4}",
    ),
    _rule(
        "side",
        "What lies on the midline has no left and right.",
        f"- {{say: Circle., at: crown, stroke: circle, side: {HERE}left}}",
        "- {say: Circle., at: crown, stroke: circle}",
    ),
    _rule(
        "too-many-steps",
        "A loop in a loop in a loop can run away.",
        f"steps: {HERE}[{{group: a, repeat: 50, steps: [{{group: b, repeat: 50, steps: [{{group: c, "
        "repeat: 50, steps: [{say: Rest.}]}]}]}]",
        "- {group: a, repeat: 50, steps: [{say: Rest.}]}",
    ),
    _rule(
        "allow",
        "An exception names a rule that fails there, and says why.",
        f"- say: Rest.  {HERE}# allow: claim",
        "- say: Watch the fat candle.  # allow: claim it is a candle",
    ),
)
