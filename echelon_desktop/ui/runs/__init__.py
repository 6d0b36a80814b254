"""Every run, here and elsewhere: how it goes, what came of it, and the way back into the school."""
