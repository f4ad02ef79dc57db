"""How exercises are generated: forms, candidates, limits, demands and the search."""
