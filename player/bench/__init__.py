"""Figures: how well and how fast, with the machine's noise beside them."""
