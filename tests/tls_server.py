"""A server on loopback that speaks TLS, with a certificate made a moment ago, and keeps what it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificate(folder: Path, *, address: str = "127.0.0.1", days: int = 1) -> Path:
    """Write a certificate and its key into one file; with `days` below zero it has run out."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody else")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class TLSServer:
    """Answers everybody with 401, and keeps every byte that came through the lock."""

    def __init__(self, certificate_file: Path) -> None:
        self.heard = b""
        self.knocks = 0
        self._lock = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._lock.load_cert_chain(certificate_file)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(10)

    def _listen(self) -> None:
        while True:
            try:
                raw, _ = self._door.accept()
            except OSError:
                return
            self.knocks += 1
            raw.settimeout(10)
            try:
                with self._lock.wrap_socket(raw, server_side=True) as line:
                    self._hear(line)
            except OSError:
                raw.close()

    def _hear(self, line: ssl.SSLSocket) -> None:
        """Read a request to its end, and refuse it."""
        said = b""
        while b"\r\n\r\n" not in said and (piece := line.recv(65536)):
            said += piece
            self.heard += piece
        head, _, body = said.partition(b"\r\n\r\n")
        lengths = [one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")]
        left = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
        while left > 0 and (piece := line.recv(65536)):
            self.heard += piece
            left -= len(piece)
        line.sendall(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
