"""Blueprints, assembly, frozen papers and each candidate's form (双向细目表、组卷、试卷)."""
