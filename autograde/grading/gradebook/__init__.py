"""Read and write nbgrader's gradebook."""
