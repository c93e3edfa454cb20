"""Enrolment: takes of the listener's own words, their features, and how near a new sound comes to them."""
