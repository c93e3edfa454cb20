"""YAML files as text with positions: strings, lists and mappings, and their typed reading."""
