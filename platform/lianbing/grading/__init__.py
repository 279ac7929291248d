"""Scripts and their marks: pure marking rules, one home for every type and rule (阅卷)."""
