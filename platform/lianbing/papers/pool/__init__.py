"""What assembling knows of a bank's questions: enemies, item parameters, their uses."""
