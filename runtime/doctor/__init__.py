"""What is well with an installation and what is not, and what to do about it: `townsfolk doctor`."""
