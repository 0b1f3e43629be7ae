"""Read submissions: downloads from learning platforms, damaged notebooks, and the jobs made from them."""
