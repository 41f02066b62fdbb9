"""Build and show the rehearsal service: a made-up year that everything is tried on."""
