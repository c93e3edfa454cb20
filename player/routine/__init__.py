"""The routine language: scripts are read, checked and compiled into a plan; the lint."""
