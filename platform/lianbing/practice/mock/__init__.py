"""Mock exams (模拟考试): practice questions on the real exam's page, by its rules."""
