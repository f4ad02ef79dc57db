"""What engineers get wrong when they write attention in code."""
