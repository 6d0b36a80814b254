"""The window around the pages: start page, sidebar, top bar, search, history, status bar."""
