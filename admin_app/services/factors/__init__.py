"""Second factors: 驗證器, 備用碼, 通行密鑰; who must have one, and what happens when a phone is lost."""
