"""The columns that are ours in every table of rows: where a row comes from, and what was measured of its picture."""

PLACE = ("_source", "_row", "_split")
# Where the picture lies among the stored ones, a hash of its pixels, its perceptual hash; its size in pixels, format
# and bytes as it came; how sharp, how light (0 to 1) and how rich in contrast it is.
PICTURE = ("_file", "_pixels", "_phash", "_width", "_height", "_format", "_bytes", "_sharp", "_light", "_contrast")
OWN = (*PLACE, *PICTURE)
