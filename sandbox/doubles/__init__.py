"""Doubles of the vendors' services, over real protocols on loopback. They serve what the simulated company's World.now has seen."""
