"""Grading: sample submissions, and the course that tries them with nbgrader's own commands."""
