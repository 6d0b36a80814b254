"""What is written for the student system Aeries, shown before it is written."""
