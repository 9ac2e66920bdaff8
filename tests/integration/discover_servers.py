"""Servers for test_discover.sh, all at one loopback address: web servers, mail servers that greet, one that never answers.

    discover_servers.py ADDRESS WWW-FOLDER CERTIFICATE KEY PORTS-FILE

A web server gives WWW-FOLDER/HOST/PATH for the Host that it is asked for, whatever the query; a file that ends with
.redirect holds where it leads. PORTS-FILE gets a line NAME=PORT for each server that could be started; ports below
1024 may be forbidden.
"""
import http.server
import os
import socket
import socketserver
import ssl
import sys
import threading

address, www, certificate, key, ports_file = sys.argv[1:]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers.get("Host", "").split(":")[0]
        path = os.path.join(www, host, self.path.split("?")[0].lstrip("/"))
        with open(os.path.join(www, "log"), "a") as log:
            log.write(f"{host} {self.path}\n")
        if os.path.isfile(path + ".redirect"):
            self.send_response(302)
            self.send_header("Location", open(path + ".redirect").read().strip())
            self.end_headers()
        elif os.path.isfile(path):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(open(path, "rb").read())
        else:
            self.send_error(404)

    def log_message(self, *args):
        pass


class Mail(socketserver.StreamRequestHandler):
    """Greets, and knows the few commands that are asked before anybody signs in. Others go to the log."""

    def answer(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.answer(self.server.greeting)
        while line := self.rfile.readline().decode().strip():
            self.command(line)

    def command(self, line):
        word = line.upper()
        if word == "CAPA":
            self.answer("+OK\r\nUSER\r\nUIDL\r\nSTLS\r\n.")
        elif word in ("STLS", "QUIT"):
            self.answer("+OK")
        elif word.endswith(" CAPABILITY"):
            self.answer("* CAPABILITY IMAP4rev1 STARTTLS\r\n" + line.split()[0] + " OK done")
        elif word.endswith((" STARTTLS", " LOGOUT")):
            self.answer(line.split()[0] + " OK")
        else:
            with open(os.path.join(www, "log"), "a") as log:
                log.write(f"MAIL {line}\n")
            self.answer("-ERR")
        if word == "STLS" or word.endswith(" STARTTLS"):
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, handler, encrypted, greeting=None):
        super().__init__((address, port), handler)
        self.encrypted, self.greeting = encrypted, greeting

    def finish_request(self, request, client_address):
        if self.encrypted:
            request = tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


POP3, IMAP, SMTP = "+OK ready", "* OK [CAPABILITY IMAP4rev1] ready", "220 smtp ESMTP"
servers = [
    ("HTTPS", 443, Web, True, None), ("HTTP", 80, Web, False, None), ("WEB", 0, Web, True, None),
    ("POP3S", 995, Mail, True, POP3), ("IMAPS", 993, Mail, True, IMAP),
    ("SRV_POP3S", 0, Mail, True, POP3), ("SRV_POP3", 0, Mail, False, POP3),
    ("SRV_IMAPS", 0, Mail, True, IMAP), ("SRV_IMAP", 0, Mail, False, IMAP), ("SMTPS", 0, Mail, True, SMTP),
]
lines = []
for name, port, handler, encrypted, greeting in servers:
    try:
        server = Server(port, handler, encrypted, greeting)
    except PermissionError:
        continue
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lines.append(f"{name}={server.server_address[1]}\n")
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind((address, 0))
lines.append(f"SILENT={silent.getsockname()[1]}\n")
closed = socket.socket()
closed.bind((address, 0))
lines.append(f"CLOSED={closed.getsockname()[1]}\n")
with open(ports_file + ".new", "w") as f:
    f.writelines(lines)
os.rename(ports_file + ".new", ports_file)
threading.Event().wait()
