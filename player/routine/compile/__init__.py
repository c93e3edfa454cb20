"""From files to a plan, in one direction: load, resolve, unroll, fit to a time, compose."""
