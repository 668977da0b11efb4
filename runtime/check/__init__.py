"""Looks characters over before anybody talks to them: contradictions, gaps, slips."""
