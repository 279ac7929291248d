"""Fair to each person (照顾与延时): accommodations, extensions, pauses, breaks, notices."""
