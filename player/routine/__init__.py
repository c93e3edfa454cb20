"""The routine language: scripts in YAML become typed routines, and routines become plans."""
