"""Post practice: drills with instant feedback and the wrong book (岗位练兵、错题本)."""
