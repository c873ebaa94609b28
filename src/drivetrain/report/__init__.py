"""Every way out: text for a terminal, JSON Schemas, and one HTML file; pure, so that a screen is tested without a machine."""
