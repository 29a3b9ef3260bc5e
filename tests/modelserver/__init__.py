"""A strict, scripted language model behind the OpenAI chat API, over real HTTP on loopback.

Knows nothing of Footnote: any program whose OPENAI_BASE_URL can be set may be tested with it.

    with ModelServer() as server:                       # server.url, .key and .model go to the client
        server.script({"statements": []}, busy("2"))    # the next replies, in order: text, JSON or a Reply
        server.script(cut('{"statements": [', after=8))
        ...
        server.requests[0].system, .user, .schema, .form, .most_tokens, .said, .ended

    def obedient(request: Request) -> Reply | str | dict: ...
    with ModelServer(obedient, flavour="ollama") as server:  # a model of one's own, when nothing is scripted

    server.eventually(lambda: server.requests[-1].ended == "client left")   # Stop reached the server

With nothing scripted and no model of one's own it writes the smallest JSON that fits the schema. Replies are
streamed as the client asks, in pieces of ``step`` characters, cut off at the tokens asked for (4 characters
a token). What a flavour of server does not take it refuses in that server's words, or ignores; see FLAVOURS.
A request no server takes (a schema that is not strict, a message without text) is refused, and is an
AssertionError when the server closes.
"""

from modelserver.flavours import FLAVOURS, Flavour
from modelserver.records import Request
from modelserver.replies import Reply, busy, cut, drip, drop, garbage, hang, outage, refuses, says
from modelserver.server import ModelServer

__all__ = [
    "FLAVOURS",
    "Flavour",
    "ModelServer",
    "Reply",
    "Request",
    "busy",
    "cut",
    "drip",
    "drop",
    "garbage",
    "hang",
    "outage",
    "refuses",
    "says",
]
