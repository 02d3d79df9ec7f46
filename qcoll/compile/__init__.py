"""Models to circuits: thermal preparation, collision, sequence."""
