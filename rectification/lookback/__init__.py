"""回头看: last year's cases judged on the scheme's points by three parties; closed, or taken into this year's list."""
