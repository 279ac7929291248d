"""纠错: workers report an error in a question they saw; its keepers answer."""
