"""The composition root: the only room that chooses adapters and knows the simulator."""
