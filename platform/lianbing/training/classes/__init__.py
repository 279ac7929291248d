"""Classes (培训班): roster, hours, attendance, closing exam, completion; 人 and 人次 apart."""
