"""The trial sitting (模拟考场): device and network tested days before, on made-up questions."""
