"""認證: the teachers' queue, what 教務處 settles, who stands in, who has more time, and the 導師's class."""
