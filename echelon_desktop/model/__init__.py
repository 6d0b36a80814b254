"""The school's data: records, the one way to change them, files in and out, checks, the school file."""
