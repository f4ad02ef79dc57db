"""What holds for the whole project: imports, public names, rooms, the build, the changelog."""
