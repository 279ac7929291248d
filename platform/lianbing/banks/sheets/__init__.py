"""Questions on paper: texts as blocks and runs, formulas as trees, for Typst and Word alike."""
