"""Raw log bytes to log lines: prefixes, timestamps, wrapped lines, broken JSON."""
