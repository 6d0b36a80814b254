"""Tables to read: records in columns, filtered, sorted and copied, and what belongs to the selected one."""
