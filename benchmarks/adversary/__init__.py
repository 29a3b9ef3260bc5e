"""A scripted adversary: proposals made by rule from real articles, supported ones and altered ones."""
