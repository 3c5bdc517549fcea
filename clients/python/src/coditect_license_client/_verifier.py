"""Verifies seat tokens without a network, against pinned roots. The rules are in docs/verify-offline.md."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from . import _jws
from ._claims import MAX_NUMBER, Claims, is_number
from ._clock import wall
from ._jws import CompactJws
from ._reason import Reason, refuse
from .errors import ConfigurationError, WrongMachineError, WrongProductError, WrongTenantError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

START_TOLERANCE = 2
"""Seconds by which a verifier's clock may be behind before a fresh token looks early. Ends get none."""

_STATEMENT_TYPE = "keystmt+jwt"
_TOKEN_TYPE = "seat+jwt"  # noqa: S105 - a media type
_BORROWED_TYPE = "borrowed-seat+jwt"
_LIST_TYPE = "revocations+jwt"
_LAST_LIST_TYPE = "last-revocations+jwt"
_MAX_STATEMENT = 8 * 1024
_MAX_TOKEN = 32 * 1024
_MAX_LIST = 4 * 1024 * 1024
_MAX_STATEMENT_SECONDS = 24 * 3600
_MAX_BORROWED_SECONDS = 30 * 24 * 3600
_MAX_TEXT = 200
_MAX_ENTITLEMENTS = 64
_MAX_SLOT = 2**31 - 1
_MAX_REVOKED = 20_000
_SLOT = re.compile("[1-9][0-9]{0,9}")

_MIN_ROOT_BITS = 4096
_MIN_ROOT_EXPONENT = 65537
_MAX_ROOTS = 64
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s+[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*")

_P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
_COORDINATE_BYTES = 32
_LEAF_NAMES = frozenset({"kty", "crv", "x", "y"})


@dataclass(frozen=True)
class SeatClaims:
    """What a valid token says.

    Attributes:
        tenant: Whose seat it is.
        product: What is licensed (``aud``).
        session_id: The session (``sub``).
        pool: The pool.
        slot: The numbered seat.
        generation: Rises with each grant and each end of that seat (``gen``).
        entitlements: Of the pool (``ent``).
        issued_at: Seconds since 1970 (``iat``).
        not_before: Seconds since 1970 (``nbf``).
        expires_at: Seconds since 1970, the first second in which the token proves nothing (``exp``).
        token_id: This token (``jti``).
        hardware_hash: SHA-256 of the hardware id that acquired it (``hwh``).
    """

    tenant: str
    product: str
    session_id: str
    pool: str
    slot: int
    generation: int
    entitlements: tuple[str, ...]
    issued_at: int
    not_before: int
    expires_at: int
    token_id: str
    hardware_hash: str


@dataclass(frozen=True)
class RevocationList:
    """The seats that were given back or taken away before their tokens ended.

    Attributes:
        sequence: Rises from list to list; keep the highest, and pass it as ``seen`` the next time.
        expires_at: Seconds since 1970, the first second in which the list says nothing.
        complete: Whether every such seat is on it.
        revoked: By pool and slot, the lowest generation that is not revoked.
        everything: Whether every token of the tenant is revoked: that it is the tenant's last list.
    """

    tenant: str
    sequence: int
    issued_at: int
    expires_at: int
    complete: bool
    revoked: Mapping[str, Mapping[int, int]]
    everything: bool = False

    def revokes(self, seat: SeatClaims) -> bool:
        """Whether the token's seat was given back, or taken away, since the token was signed."""
        return self.everything or seat.generation < self.revoked.get(seat.pool, {}).get(seat.slot, 0)


@dataclass(frozen=True)
class _Statement:
    tenant: str
    not_after: int
    leaf: EllipticCurvePublicKey
    leaf_id: str


class SeatVerifier:
    """Verifies tokens against pinned roots. Immutable, for any number of threads.

    Without ``hardware_id`` a copied token is as good as the token on every other machine.

    Args:
        roots_pem: One or more RSA public keys as PEM; more than one while roots rotate.
        tenant: Refuse what is for another tenant.
        product: Refuse what is for another product.
        hardware_id: Refuse what was granted to another machine; as it was sent when the seat was acquired.

    Raises:
        ConfigurationError: ``roots_pem`` holds anything else, or a key weaker than RSA-4096.
    """

    def __init__(
        self,
        roots_pem: str,
        *,
        tenant: Optional[str] = None,
        product: Optional[str] = None,
        hardware_id: Optional[str] = None,
    ) -> None:
        self._roots = {_thumbprint(_rsa_jwk(root)): root for root in _roots(roots_pem)}
        self._tenant = tenant
        self._product = product
        self._hardware_hash = None if hardware_id is None else hash_of(hardware_id)

    @property
    def root_ids(self) -> frozenset[str]:
        """The ``kid`` of each pinned root."""
        return frozenset(self._roots)

    def verify(
        self,
        token: str,
        statement: Optional[str],
        *,
        now: Optional[float] = None,
        revocations: Optional[RevocationList] = None,
    ) -> SeatClaims:
        """Verifies a token by the statement that certifies its key, or a borrowed seat's, which needs none.

        Args:
            token: ``signed_token`` of an answer.
            statement: ``key_statement`` of the same answer; ``None`` where the seat is borrowed.
            now: Seconds since 1970, instead of this machine's clock.
            revocations: A list that :meth:`verify_revocations` found valid.

        Raises:
            InvalidTokenError: It proves nothing; ``reason`` says why. ``TokenExpiredError``, ``WrongMachineError``,
                ``WrongProductError`` and ``WrongTenantError`` are the ones that happen to honest programs.
        """
        now = wall() if now is None else now
        seat = self._proved(token, statement, now)
        if revocations is not None:
            _require_not_revoked(seat, revocations, now)
        return seat

    def verify_genuine(self, token: str, statement: Optional[str]) -> SeatClaims:
        """As :meth:`verify`, whatever the time is: for an answer that just came, on a machine whose clock is wrong.

        Raises:
            InvalidTokenError: It is not what these roots certify, or not what this verifier expects.
        """
        return self._proved(token, statement, None)

    def verify_revocations(
        self, revocation_list: str, statement: Optional[str], *, seen: int = 0, now: Optional[float] = None
    ) -> RevocationList:
        """Verifies a revocation list by the statement that came with it, or a tenant's last list, which needs none.

        Args:
            revocation_list: ``revocation_list`` of the answer.
            statement: ``key_statement`` of the same answer; it may be another one than a token's. ``None`` where it
                is the tenant's last list.
            seen: The highest sequence that was verified before, or 0; without it older lists can be brought back.
            now: Seconds since 1970, instead of this machine's clock.

        Raises:
            InvalidTokenError: It is not to be relied upon; ``reason`` says why.
        """
        now = wall() if now is None else now
        if statement is None:
            return self._last_list(revocation_list, now)
        certified = self._certified(statement, now)
        jws = _jws.read("revocation list", revocation_list, _MAX_LIST)
        _require_signed(jws, _LIST_TYPE, certified)
        revocations = _list_claims(jws.claims)
        _require_agreement(jws.part, revocations.tenant, revocations.expires_at, certified)
        _require_timely_list(revocations, now)
        if revocations.sequence < seen:
            raise refuse(Reason.LIST_ROLLED_BACK, "revocation list: a later one was seen before")
        return revocations

    def _last_list(self, text: str, now: float) -> RevocationList:
        jws = _jws.read("revocation list", text, _MAX_LIST)
        self._require_signed_by_root(jws, _LAST_LIST_TYPE)
        revocations = _last_list_claims(jws.claims)
        if self._tenant is not None and self._tenant != revocations.tenant:
            raise WrongTenantError("revocation list: is for another tenant", reason=Reason.NOT_EXPECTED.value)
        _require_timely_list(revocations, now)
        return revocations

    def _proved(self, token: str, statement: Optional[str], now: Optional[float]) -> SeatClaims:
        if statement is None:
            return self._borrowed(token, now)
        return self._seat(self._certified(statement, now), token, now)

    def _certified(self, text: str, now: Optional[float]) -> _Statement:
        jws = _jws.read("statement", text, _MAX_STATEMENT)
        self._require_signed_by_root(jws, _STATEMENT_TYPE)
        claims = jws.claims
        tenant, not_before, not_after = _terms(claims)
        leaf, leaf_id = _leaf(claims)
        if self._tenant is not None and self._tenant != tenant:
            raise WrongTenantError("statement: is for another tenant", reason=Reason.NOT_EXPECTED.value)
        if now is not None and _is_early(not_before, now):
            raise refuse(Reason.STATEMENT_NOT_YET_VALID, "statement: its time has not come; is this clock right?")
        if now is not None and now >= not_after:
            raise refuse(Reason.STATEMENT_EXPIRED, "statement: it has ended")
        return _Statement(tenant, not_after, leaf, leaf_id)

    def _seat(self, certified: _Statement, text: str, now: Optional[float]) -> SeatClaims:
        jws = _jws.read("token", text, _MAX_TOKEN)
        _require_signed(jws, _TOKEN_TYPE, certified)
        seat = _seat_claims(jws.claims)
        _require_agreement(jws.part, seat.tenant, seat.expires_at, certified)
        self._require_expected(seat)
        _require_timely(seat, now)
        return seat

    def _borrowed(self, text: str, now: Optional[float]) -> SeatClaims:
        jws = _jws.read("token", text, _MAX_TOKEN)
        self._require_signed_by_root(jws, _BORROWED_TYPE)
        seat = _seat_claims(jws.claims)
        if seat.expires_at - seat.not_before > _MAX_BORROWED_SECONDS:
            raise refuse(Reason.BORROWED_TOO_LONG, "token: lives longer than 30 days")
        if self._tenant is not None and self._tenant != seat.tenant:
            raise WrongTenantError("token: is for another tenant", reason=Reason.NOT_EXPECTED.value)
        self._require_expected(seat)
        _require_timely(seat, now)
        return seat

    def _require_signed_by_root(self, jws: CompactJws, kind: str) -> None:
        jws.require_header("PS512", kind)
        root = self._roots.get(jws.key_id)
        if root is None:
            raise refuse(
                Reason.UNKNOWN_ROOT, f"{jws.part}: its root is not pinned; is it another tenant's, or a new root?"
            )
        _require_root_signature(jws, root)

    def _require_expected(self, seat: SeatClaims) -> None:
        if self._product is not None and self._product != seat.product:
            raise WrongProductError("token: is for another product", reason=Reason.NOT_EXPECTED.value)
        if self._hardware_hash is not None and self._hardware_hash != seat.hardware_hash:
            raise WrongMachineError("token: is for another machine", reason=Reason.NOT_EXPECTED.value)


def claims_of(token: str) -> SeatClaims:
    """What a token says, not believed: for people to read.

    Raises:
        InvalidTokenError: It is no seat token.
    """
    return _seat_claims(_jws.read("token", token, _MAX_TOKEN).claims)


def hash_of(hardware_id: str) -> str:
    """What tokens carry of a hardware id."""
    return hashlib.sha256(hardware_id.encode("utf-8")).hexdigest()


def _require_not_revoked(seat: SeatClaims, revocations: RevocationList, now: float) -> None:
    if revocations.tenant != seat.tenant:
        raise refuse(Reason.TENANT_MISMATCH, "revocation list: it is another tenant's")
    _require_current(revocations, now)
    if revocations.revokes(seat):
        raise refuse(Reason.REVOKED, "token: its seat was given back or taken away")


def _require_timely_list(revocations: RevocationList, now: float) -> None:
    if _is_early(revocations.issued_at, now):
        raise refuse(Reason.LIST_NOT_YET_VALID, "revocation list: its time has not come")
    _require_current(revocations, now)


def _require_current(revocations: RevocationList, now: float) -> None:
    if now >= revocations.expires_at:
        raise refuse(Reason.LIST_EXPIRED, "revocation list: it has ended")


def _require_timely(seat: SeatClaims, now: Optional[float]) -> None:
    if now is not None and _is_early(seat.not_before, now):
        raise refuse(Reason.NOT_YET_VALID, "token: its time has not come; is this clock right?")
    if now is not None and now >= seat.expires_at:
        raise refuse(Reason.EXPIRED, "token: it has ended")


def _is_early(not_before: int, now: float) -> bool:
    return not_before > now + START_TOLERANCE


def _require_agreement(part: str, tenant: str, expires_at: int, certified: _Statement) -> None:
    if tenant != certified.tenant:
        raise refuse(Reason.TENANT_MISMATCH, f"{part}: the statement is another tenant's")
    if expires_at > certified.not_after:
        raise refuse(Reason.OUTLIVES_STATEMENT, f"{part}: ends after its statement")


def _require_signed(jws: CompactJws, kind: str, certified: _Statement) -> None:
    jws.require_header("ES256", kind)
    if jws.key_id != certified.leaf_id:
        raise refuse(Reason.UNKNOWN_LEAF, f"{jws.part}: the statement certifies another key")
    _require_leaf_signature(jws, certified.leaf)


def _require_root_signature(jws: CompactJws, root: RSAPublicKey) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
    from cryptography.hazmat.primitives.hashes import SHA512

    try:
        root.verify(jws.signature, jws.signing_input, PSS(MGF1(SHA512()), SHA512.digest_size), SHA512())
    except InvalidSignature:
        raise _bad_signature(jws) from None


def _require_leaf_signature(jws: CompactJws, leaf: EllipticCurvePublicKey) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    if len(jws.signature) != 2 * _COORDINATE_BYTES:
        raise _bad_signature(jws)
    r, s = (
        int.from_bytes(half, "big") for half in (jws.signature[:_COORDINATE_BYTES], jws.signature[_COORDINATE_BYTES:])
    )
    try:
        leaf.verify(encode_dss_signature(r, s), jws.signing_input, ECDSA(SHA256()))
    except InvalidSignature:
        raise _bad_signature(jws) from None


def _bad_signature(jws: CompactJws) -> Exception:
    return refuse(Reason.BAD_SIGNATURE, f"{jws.part}: the signature does not match")


def _terms(claims: Claims) -> tuple[str, int, int]:
    issuer = claims.text("iss", _MAX_TEXT)
    tenant, not_before, not_after = claims.text("tenant", _MAX_TEXT), claims.time("nbf"), claims.time("exp")
    claims.time("iat")
    claims.require_period("nbf", not_before, not_after)
    claims.require_issuer(issuer, tenant)
    if not_after - not_before > _MAX_STATEMENT_SECONDS:
        raise refuse(Reason.STATEMENT_TOO_LONG, "statement: lives longer than 24 h")
    return tenant, not_before, not_after


def _leaf(claims: Claims) -> tuple[EllipticCurvePublicKey, str]:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers

    jwk = Claims(claims.part, claims.members("cnf")).members("jwk")
    if set(jwk) != _LEAF_NAMES or jwk["kty"] != "EC" or jwk["crv"] != "P-256":
        raise _leaf_not_allowed()
    x, y = _coordinate(jwk["x"]), _coordinate(jwk["y"])
    try:
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key(), _thumbprint(jwk)
    except ValueError:
        raise _leaf_not_allowed() from None


def _coordinate(member: Any) -> int:
    """In the one form there is: a number from the field's order on would be another one again."""
    if not isinstance(member, str):
        raise _leaf_not_allowed()
    data = _jws.decode("statement", member)
    number = int.from_bytes(data, "big")
    if len(data) != _COORDINATE_BYTES or number >= _P256_FIELD:
        raise _leaf_not_allowed()
    return number


def _leaf_not_allowed() -> Exception:
    return refuse(Reason.LEAF_NOT_ALLOWED, 'statement: "cnf.jwk" must be a public key on P-256')


def _seat_claims(claims: Claims) -> SeatClaims:
    issuer = claims.text("iss", _MAX_TEXT)
    seat = SeatClaims(
        product=claims.text("aud", _MAX_TEXT),
        session_id=claims.text("sub", _MAX_TEXT),
        tenant=claims.text("tenant", _MAX_TEXT),
        pool=claims.text("pool", _MAX_TEXT),
        slot=claims.number("slot", 1, _MAX_SLOT),
        generation=claims.number("gen", 0, MAX_NUMBER),
        entitlements=claims.texts("ent", _MAX_ENTITLEMENTS, _MAX_TEXT),
        issued_at=claims.time("iat"),
        not_before=claims.time("nbf"),
        expires_at=claims.time("exp"),
        token_id=claims.text("jti", _MAX_TEXT),
        hardware_hash=claims.sha256("hwh"),
    )
    claims.require_period("nbf", seat.not_before, seat.expires_at)
    claims.require_issuer(issuer, seat.tenant)
    return seat


def _list_claims(claims: Claims) -> RevocationList:
    issuer = claims.text("iss", _MAX_TEXT)
    revocations = RevocationList(
        tenant=claims.text("tenant", _MAX_TEXT),
        sequence=claims.number("seq", 1, MAX_NUMBER),
        issued_at=claims.time("iat"),
        expires_at=claims.time("exp"),
        complete=claims.flag("complete"),
        revoked=_revoked(claims),
    )
    _require_coherent(claims, issuer, revocations)
    return revocations


def _last_list_claims(claims: Claims) -> RevocationList:
    issuer = claims.text("iss", _MAX_TEXT)
    revocations = RevocationList(
        tenant=claims.text("tenant", _MAX_TEXT),
        sequence=0,
        issued_at=claims.time("iat"),
        expires_at=claims.time("exp"),
        complete=True,
        revoked={},
        everything=True,
    )
    _require_coherent(claims, issuer, revocations)
    return revocations


def _require_coherent(claims: Claims, issuer: str, revocations: RevocationList) -> None:
    claims.require_period("iat", revocations.issued_at, revocations.expires_at)
    claims.require_issuer(issuer, revocations.tenant)


def _revoked(claims: Claims) -> dict[str, dict[int, int]]:
    revoked = {}
    for pool, slots in claims.members("revoked").items():
        if not 1 <= len(pool) <= _MAX_TEXT or not isinstance(slots, dict):
            raise _revoked_malformed(claims)
        revoked[pool] = {_slot(claims, name): _generation(claims, lowest) for name, lowest in slots.items()}
    if sum(map(len, revoked.values())) > _MAX_REVOKED:
        raise _revoked_malformed(claims)
    return revoked


def _slot(claims: Claims, name: str) -> int:
    if not _SLOT.fullmatch(name) or int(name) > _MAX_SLOT:
        raise _revoked_malformed(claims)
    return int(name)


def _generation(claims: Claims, value: Any) -> int:
    if not is_number(value, 1, MAX_NUMBER):
        raise _revoked_malformed(claims)
    return int(value)


def _revoked_malformed(claims: Claims) -> Exception:
    return claims.malformed("revoked", f"must map at most {_MAX_REVOKED} slots to generations, by pool")


def _roots(pem: str) -> list[RSAPublicKey]:
    text = pem.strip()
    blocks = _PEM.findall(text)
    # Nothing may stand between them: half a key, or a certificate, is a mistake that must not go unnoticed.
    if not 1 <= len(blocks) <= _MAX_ROOTS or "".join(blocks) != text:
        raise ConfigurationError(f"the pinned roots must be 1 to {_MAX_ROOTS} PEM blocks of type PUBLIC KEY")
    return [_root(block) for block in blocks]


def _root(pem: str) -> RSAPublicKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except ValueError as e:
        raise ConfigurationError(f"a pinned root is no public key: {e}") from None
    if (
        not isinstance(key, RSAPublicKey)
        or key.key_size < _MIN_ROOT_BITS
        or key.public_numbers().e < _MIN_ROOT_EXPONENT
    ):
        raise ConfigurationError(f"a pinned root must be RSA-{_MIN_ROOT_BITS} or stronger")
    return key


def _rsa_jwk(key: RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"e": _number_text(numbers.e), "kty": "RSA", "n": _number_text(numbers.n)}


def _number_text(number: int) -> str:
    return _jws.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638: SHA-256 of the required members, in the order of their names."""
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return _jws.encode(hashlib.sha256(text.encode("ascii")).digest())
