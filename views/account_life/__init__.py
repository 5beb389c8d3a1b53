"""帳號與職務 as pages beside the grids: overview, creation, slips, departures, handover, 代理人, yearly review."""

from __future__ import annotations

from views.account_life import delegations, overview, posts, reviews, slips

ACCOUNT_PAGES = (overview.blueprint, slips.blueprint, posts.blueprint, delegations.blueprint, reviews.blueprint)
