"""What people get wrong with attention, by hand and in code, each as a rewriting of a step."""
