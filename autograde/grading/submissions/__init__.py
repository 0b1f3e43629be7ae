"""What was handed in: downloads of learning platforms, damaged notebooks, and the jobs that they become."""
