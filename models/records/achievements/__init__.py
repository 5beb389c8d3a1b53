"""多元表現: the ten categories of the 學生自填多元表現名冊, one file each."""
