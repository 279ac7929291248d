"""Question files people really have: read into drafts, checked, taken in; banks written out."""
