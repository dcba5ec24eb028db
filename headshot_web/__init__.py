"""headshot-web: one selfie becomes professional headshots, on the person's own machine."""

NAME = "AI Headshot Pro"
"""The name that people see; it is written nowhere else."""

__version__ = "0.1.0"
