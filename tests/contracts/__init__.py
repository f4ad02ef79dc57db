"""What holds for the project as a whole: imports, public names, rooms, the changelog."""
