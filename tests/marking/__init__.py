"""Tests of the room marking."""
