#!/usr/bin/env python3
"""token_endpoint.py CERT KEY FOLDER - a token endpoint over TLS on a free loopback port, for tests.

Writes its port to FOLDER/port. Each POST is answered by the file FOLDER/answer-NAME.json (NAME: the path without its
slash), with status 400 when that holds "error"; what was asked is added to FOLDER/asked, path and form on a line."""
import http.server
import pathlib
import ssl
import sys

cert, key, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open(folder / "asked", "a", encoding="utf-8") as asked:
            asked.write(f"{self.path} {form}\n")
        body = (folder / f"answer-{self.path.strip('/')}.json").read_bytes()
        self.send_response(400 if b'"error"' in body else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
(folder / "port.new").write_text(f"{server.server_address[1]}\n")
(folder / "port.new").rename(folder / "port")
server.serve_forever()
