"""YAML files as text with positions, and their typed reading; every fault with its line and column."""
