"""What a finished roster means: gaps, cover, fairness, and who could not fill a gap."""
