"""Routines as typed data: what a script says, what the library holds, and the conditions between them."""
