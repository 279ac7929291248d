"""保密: exam-only content is opened by name and purpose, on the record and under a watermark."""
