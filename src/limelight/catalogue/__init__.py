"""What people get wrong when they work attention by hand, each as a rewriting of a step."""
