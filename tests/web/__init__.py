"""A small web over real HTTP on loopback: pages, redirects, slow, broken and hostile servers.

Knows nothing of Footnote: anything that fetches may be tested with it.

    with Web() as web:                                    # web.url is where it answers
        web.page("/treaty", "<p>Signed.</p>", etag='"1"')  # answers 304 to who has it
        web.feed("/feed", "The Site", [Entry("Signed", url=f"{web.url}/treaty", summary="At last.")])
        web.robots("User-agent: *\\nDisallow: /private")
        web.moves("/old", "/treaty", status=301)
        web.serves("/bomb", packed, content_encoding="gzip")
        web.drips("/slow"); web.floods("/endless")
        web.refuses("/gone", 410)
        assert [visit.path for visit in web.log] == […]
"""

from web.certificates import certificate
from web.dialling import Elsewhere
from web.publishing import Entry, article, front_page, rss
from web.server import Visit, Web

__all__ = ["Elsewhere", "Entry", "Visit", "Web", "article", "certificate", "front_page", "rss"]
