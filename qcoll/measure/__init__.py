"""What to measure of collisions, its circuits, counts and estimates; knows no service that runs them."""
