"""Renderers: each turns a sheet into one kind of output and sees nothing but sheets."""
