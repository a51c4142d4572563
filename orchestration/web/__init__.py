"""The one web server of the product: an ASGI app over the routes that the wings give it (base/web.py).

`app` checks host and header, reads the body, calls the handler, answers and logs; `connections` bounds what a client may hold of the
server, `quota` what it writes to the log; `server` is the process. Nothing here knows what a route is for.
"""
