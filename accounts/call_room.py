"""Room for the calls of a request in one piece of memory.

Python lays the frames of calls into pieces of 16 KB, and gives a piece back to the system as soon as the call that
began it ends. A loop that stands just at such a border takes and returns memory at every turn: pages took two hundred
to four thousand page faults each, up to a third of their time, by the luck of how deep the loop stood. A call that asks
for a large frame gets a piece twice as large, and the calls below it find room in the rest; memory that is not written
to costs nothing.
"""

from django.http import HttpRequest, HttpResponse

WORDS = 32 * 1024
"""What the frame asks for, in words of 8 bytes; as much is left for the calls below, sixteen pieces of the usual."""


def call_room(get_response):
    """Middleware: everything below it runs in one piece."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    answer.__code__ = answer.__code__.replace(co_stacksize=WORDS)
    return answer
