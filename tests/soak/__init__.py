"""Hundreds of guests at a booth, at high speed, with faults mixed in; behind `make soak`."""
