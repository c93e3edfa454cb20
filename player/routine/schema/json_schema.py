"""The JSON Schema of scripts, from the keys that the loader reads with, so that editors can check."""

import json
from typing import Any

from player.routine.model.script import FORMAT
from player.routine.schema.routine_keys import ROUTINE
from player.routine.schema.schema_types import schema_of
from player.routine.schema.step_keys import GROUP, STEP


def schema() -> dict[str, Any]:
    """Return the schema of a whole script."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Routine script, format {FORMAT}",
        **schema_of(ROUTINE),
        "oneOf": [{"required": ["steps"]}, {"required": ["playlist"]}],
        "$defs": {
            "step": schema_of(STEP),
            "group": schema_of(GROUP),
            "steps": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "if": {"anyOf": [{"required": ["group"]}, {"required": ["steps"]}]},
                    "then": {"$ref": "#/$defs/group"},
                    "else": {"$ref": "#/$defs/step"},
                },
            },
        },
    }


def schema_text() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
