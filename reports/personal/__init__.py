"""What personal data the site keeps, why, of what class and for how long: the register (reliability design, Audit)."""
