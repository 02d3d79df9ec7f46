"""What is done to circuits as circuits, without knowing what they are for."""
