"""Use cases, one transaction each; the only thing front ends call."""
