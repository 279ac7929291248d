"""Timed exams: roster, the answer journal, hand-in and closing, published result lists (考试)."""
