"""The questions that only a real PC can settle, how each is asked, and how its answer is read."""
