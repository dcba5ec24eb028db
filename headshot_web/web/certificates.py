"""This computer's own certificates for https with phones, believed about private addresses alone.

They are made when https is first chosen, lie readable by this user alone in the app folder, and go with the
settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Final

from headshot_web import NAME
from headshot_web.paths import FILE_MODE, Folders
from headshot_web.shelves import own_errors, replace_file
from headshot_web.web.interfaces import PRIVATE

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

AUTHORITY_LASTS: Final = timedelta(days=730)
AUTHORITY_RENEWED_BEFORE: Final = timedelta(days=30)
LEAF_LASTS: Final = timedelta(days=7)
CLOCKS_DIFFER: Final = timedelta(days=1)
LOOPBACK: Final = IPv4Network("127.0.0.0/8")
_LARGEST_FILE: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The certificate that a door shows, in a file with its key and with who vouches for it."""

    path: Path
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authority:
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


class Certificates:
    """Makes and keeps the certificates of one app folder."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def leaf(self, address: str, names: Sequence[str] = (), *, now: datetime | None = None) -> Leaf:
        """Make a certificate for exactly this address and these names; raises `DiskFull`, `FolderError`."""
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        now = now or datetime.now(UTC)
        authority = self._authority(now)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _leaf(authority, key, address, names, now)
        self._keep(self._folders.phone_certificate, key, certificate, authority.certificate)
        return Leaf(path=self._folders.phone_certificate, ends_at=certificate.not_valid_after_utc)

    def authority(self) -> bytes:
        """Return the authority's certificate as phones install it (DER); it is no secret."""
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

        return self._authority(datetime.now(UTC)).certificate.public_bytes(Encoding.DER)

    def fingerprint(self) -> str:
        """Return the authority's SHA-256 fingerprint, as phones show it."""
        digest = hashlib.sha256(self.authority()).hexdigest().upper()
        return " ".join(digest[at : at + 2] for at in range(0, len(digest), 2))

    def _authority(self, now: datetime) -> _Authority:
        """Return the authority; a new one where there is none, or its time is nearly over."""
        known = self._read()
        if known and known.certificate.not_valid_after_utc - AUTHORITY_RENEWED_BEFORE > now:
            return known
        fresh = _new_authority(now)
        self._keep(self._folders.phone_authority, fresh.key, fresh.certificate)
        return fresh

    def _read(self) -> _Authority | None:
        """Read the authority; whatever is not readable as one is made anew."""
        from cryptography import x509  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        path = self._folders.phone_authority
        if path.is_symlink() or not path.is_file():
            return None
        with own_errors():
            path.chmod(FILE_MODE)
            pem = path.read_bytes()[:_LARGEST_FILE]
        with suppress(ValueError, TypeError):
            key = load_pem_private_key(pem, None)
            certificate = x509.load_pem_x509_certificate(pem)
            if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
                return _Authority(certificate=certificate, key=key)
        return None

    def _keep(self, path: Path, key: EllipticCurvePrivateKey, *certificates: x509.Certificate) -> None:
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

        # Unencrypted: it lies as private as the photos beside it.
        secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        chain = b"".join(one.public_bytes(form.Encoding.PEM) for one in certificates)
        replace_file(path, secret + chain, self._folders.scratch)


def _new_authority(now: datetime) -> _Authority:
    """Make an authority that no phone would believe about any address of the internet."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{NAME} ({now:%Y-%m-%d})")
    allowed = [x509.IPAddress(block) for block in (*PRIVATE, LOOPBACK)]
    builder = (
        _builder(name, key, now, now + AUTHORITY_LASTS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints(
                permitted_subtrees=[*allowed, x509.DNSName("local")],
                excluded_subtrees=[x509.IPAddress(IPv6Network("::/0"))],
            ),
            critical=True,
        )
    )
    return _Authority(certificate=_signed(builder, key, key), key=key)


def _leaf(
    authority: _Authority, key: EllipticCurvePrivateKey, address: str, names: Sequence[str], now: datetime
) -> x509.Certificate:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    called = [x509.IPAddress(IPv4Address(address)), *(x509.DNSName(name) for name in names)]
    builder = (
        _builder(_name(NAME), key, now, now + LEAF_LASTS)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.SubjectAlternativeName(called), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return _signed(builder, key, authority.key)


def _name(text: str) -> x509.Name:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, key: EllipticCurvePrivateKey, now: datetime, end: datetime
) -> x509.CertificateBuilder:
    from cryptography import x509  # noqa: PLC0415

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(end)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509  # noqa: PLC0415

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey, by: EllipticCurvePrivateKey
) -> x509.Certificate:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    return (
        builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )
