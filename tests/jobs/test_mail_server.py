"""Talking to a mail server in earnest: encrypted, signed in, and never to one whose certificate is not trusted."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from admin_app.services.mail.smtp import Unreachable, connect, send
from models.mail import Mail
from tests.conftest import settings_for
from tests.jobs.postbox import Postbox


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that its own file vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")]), dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return file


def only_box(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=isinstance(data, LoginPassword) and (data.login, data.password) == (b"box", b"p@ss:1"))


@pytest.fixture
def postbox(certificate: Path) -> Iterator[Postbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box = Postbox()
    box.open(tls_context=context, require_starttls=True, authenticator=only_box, auth_required=True)
    yield box
    box.close()


def deliver(postbox: Postbox, tmp_path: Path, login: str, *, starttls: bool = True) -> bool:
    url = f"smtp://{login}@127.0.0.1:{postbox.port}/{'?starttls=1' if starttls else ''}"
    settings = replace(settings_for("sqlite://", tmp_path), smtp_url=url, mail_from="學習歷程 <noreply@example.edu.tw>")
    written = {"mail_to": "t901@example.edu.tw", "mail_subject": "通知", "mail_body": "請看。", "message_id": "a"}
    with connect(settings) as server:
        return send(server, settings, Mail(**written, created_at=dt.datetime(2026, 11, 24, 8, 0))).sent


def test_mail_is_sent_encrypted_and_signed_in(
    postbox: Postbox, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert deliver(postbox, tmp_path, "box:p%40ss%3A1")
    assert postbox.texts == ["請看。"]


def test_a_server_that_is_not_trusted_gets_neither_password_nor_mail(postbox: Postbox, tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        deliver(postbox, tmp_path, "box:p%40ss%3A1")
    assert postbox.mails == []


def test_a_wrong_password_is_told_without_the_password(
    postbox: Postbox, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(Unreachable) as refused:
        deliver(postbox, tmp_path, "box:wrong-word")
    assert "wrong-word" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
