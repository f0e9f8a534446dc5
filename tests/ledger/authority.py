"""A time-stamp authority of our own: OpenSSL makes its keys and answers, a small server hands them out."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
STAMPS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


class Authority:
    """One authority with its own root certificate; `answer_with` makes its server say that instead."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.ca = folder / "ca.pem"
        self.answer_with: bytes | None = None
        self._make(name)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/tsa"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl(
            *("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq"),
            *("-out", "reply.tsr"),
        )
        return (self.folder / "reply.tsr").read_bytes()

    def verifies(self, content: Path, token: Path) -> bool:
        """Ask OpenSSL, which knows nothing of us."""
        files = ["-data", str(content), "-in", str(token), "-CAfile", str(self.ca)]
        command = ["openssl", "ts", "-verify", *files]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S607
        return done.returncode == 0

    def _make(self, name: str) -> None:
        (self.folder / "tsa.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "stamps.ext").write_text(STAMPS)
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-subj", f"/CN={name} CA", "-keyout", "ca.key", "-out", "ca.pem"),
        )
        self._openssl(
            *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"),
            *("-keyout", "tsa.key", "-out", "tsa.csr"),
        )
        self._openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", "30", "-extfile", "stamps.ext", "-out", "tsa.pem"),
        )

    def _openssl(self, *words: str) -> None:
        subprocess.run(  # noqa: S603
            ["openssl", *words],  # noqa: S607
            cwd=self.folder,
            capture_output=True,
            check=True,
        )


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer = authority.answer_with
            if answer is None:
                answer = authority.reply(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            return

    return Handler
