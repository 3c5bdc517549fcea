"""The settings: from arguments, the environment or a file, in that order, and where each came from."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional, Union
from urllib.parse import urlsplit

from .errors import AuthenticationError, ConfigurationError, LicenseError

ENVIRONMENT_PREFIX = "CODITECT_LICENSE_"
SETTINGS_FILE_VARIABLE = ENVIRONMENT_PREFIX + "SETTINGS_FILE"
SECTION = "license"
POD_TOKEN_FILE = Path("/var/run/secrets/licensing.coditect.ai/token")

_APPLICATION = "coditect-license"
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_MAX_TIMEOUT = 300.0


@dataclass(frozen=True)
class Origin:
    """Where a value came from."""

    kind: str
    place: str = ""

    def __str__(self) -> str:
        """For people: ``environment CODITECT_LICENSE_URL``."""
        return f"{self.kind} {self.place}".strip()


DEFAULT = Origin("default")

TokenSource = Callable[[], str]
"""Answers a bearer token. It is asked for each request, on whichever thread sends it, and keeps tokens by itself."""


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings.

    Attributes:
        name: In Python and in the settings file; the environment has it in capitals after ``CODITECT_``
            where it begins with ``license_``, else after ``CODITECT_LICENSE_``.
        parse: Makes the value of a text, or raises ValueError with what it must be.
        meaning: For the documentation.
        default: What holds where nobody says anything, as the documentation shows it.
        secret: Whether the value must not be shown.
        asked: Whether an argument may be a function that answers the value.
    """

    name: str
    parse: Callable[[str], Any]
    meaning: str
    default: Any = None
    secret: bool = False
    asked: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return ENVIRONMENT_PREFIX + self.name.removeprefix("license_").upper()


def _text(longest: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not 1 <= len(text) <= longest or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):  # noqa: PLR2004 - ASCII
            raise ValueError(f"must have 1 to {longest} characters and no control characters")
        return text

    return parse


def _secret(longest: int) -> Callable[[str], str]:
    text = _text(longest)

    def parse(value: str) -> str:
        # It travels in a header or is copied from a terminal: a blank in it is always a mistake.
        if any(c.isspace() for c in value):
            raise ValueError("must have no blanks and no line breaks")
        return text(value)

    return parse


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("must be a URL such as https://licences.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must have no user, password, query or fragment")
    return text.rstrip("/")


def _flag(text: str) -> bool:
    lower = text.strip().lower()
    if lower in _TRUE or lower in _FALSE:
        return lower in _TRUE
    raise ValueError("must be true or false")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _MAX_TIMEOUT:
        raise ValueError(f"must be a number of seconds, above 0 and at most {_MAX_TIMEOUT:.0f}")
    return seconds


def _path(text: str) -> Path:
    if not text.strip():
        raise ValueError("must be a path")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, but there is no such home: say the whole path") from None


TABLE: tuple[Setting, ...] = (
    Setting("url", _url, "Where the tenant's licence API is."),
    Setting("license_key", _secret(256), "The pool's licence key.", secret=True),
    Setting("license_key_file", _path, "A file that holds the licence key, as Kubernetes mounts a Secret."),
    Setting("pool", _text(253), "The pool, for a pod, which needs no licence key."),
    Setting(
        "product",
        _text(128),
        "The product that the seat must be for. A token of another one is refused, and the machine's fingerprint is"
        " hashed with it.",
    ),
    Setting("tenant", _text(48), "The tenant whose tokens are believed; needs `roots_file`."),
    Setting(
        "roots_file",
        _path,
        "The tenant's pinned roots (PEM). With them every token is verified, and the last one is stored, to run offline"
        " by it.",
    ),
    Setting("hardware_id", _text(1024), "Names the machine, in place of its fingerprint."),
    Setting("instance", _text(256), "Tells several programs of one machine apart, each with a seat of its own."),
    Setting(
        "token_file",
        _path,
        "A projected service-account token. Where it is there, and neither a licence key nor a hardware id is set, the"
        " pod itself is the holder.",
        default=POD_TOKEN_FILE,
    ),
    Setting(
        "bearer_token",
        _secret(16384),
        "A token of one of the tenant's OIDC issuers. As an argument also a function that answers one: it is asked for"
        " each request, since such tokens end within the hour.",
        secret=True,
        asked=True,
    ),
    Setting(
        "bearer_token_file",
        _path,
        "A file that holds such a token, read anew for each request.",
    ),
    Setting("state_dir", _path, "Where seats are stored to run offline.", default="the user's folder for state"),
    Setting("offline", _flag, "Whether to go by what is stored and ask nobody.", default=False),
    Setting("timeout", _seconds, "How long one request may take, in seconds.", default=10.0),
    Setting("proxy", _url, "The HTTP proxy, in place of those that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name."),
    Setting("ca_file", _path, "The certificate authorities (PEM) to trust, in place of the usual ones."),
)
_ORDER = {"argument": 0, "environment": 1, "file": 2}
_BY_NAME = {row.name: row for row in TABLE}


@dataclass(frozen=True)
class Settings:
    """All settings, checked.

    Attributes are described in :data:`TABLE`. ``str(settings)`` shows each value with its origin, and no secret.
    """

    url: Optional[str] = None
    license_key: Optional[str] = field(default=None, repr=False)
    license_key_file: Optional[Path] = None
    pool: Optional[str] = None
    product: Optional[str] = None
    tenant: Optional[str] = None
    roots_file: Optional[Path] = None
    hardware_id: Optional[str] = None
    instance: Optional[str] = None
    token_file: Path = POD_TOKEN_FILE
    bearer_token: Union[str, TokenSource, None] = field(default=None, repr=False)
    bearer_token_file: Optional[Path] = None
    state_dir: Path = Path()
    offline: bool = False
    timeout: float = 10.0
    proxy: Optional[str] = None
    ca_file: Optional[Path] = None
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False)

    def origin(self, name: str) -> Origin:
        """Where the value of a setting came from."""
        return self.origins.get(name, DEFAULT)

    def require_url(self) -> str:
        """The URL.

        Raises:
            ConfigurationError: There is none.
        """
        if self.url is None:
            raise ConfigurationError(missing("url", "where the licence API is"))
        return self.url

    def read_license_key(self) -> Optional[str]:
        """The licence key, read anew where a file holds it, since such a file is replaced when keys are rotated.

        Raises:
            ConfigurationError: The file cannot be read or holds no key.
        """
        if self.license_key is not None or self.license_key_file is None:
            return self.license_key
        return self._secret_in(self.license_key_file, "license_key")

    def read_bearer_token(self) -> Optional[str]:
        """The bearer token, asked for or read anew.

        Raises:
            AuthenticationError: The function that answers it failed.
            ConfigurationError: What it answered, or what the file holds, is no token, or the file cannot be read.
        """
        if callable(self.bearer_token):
            return str(_parsed(_BY_NAME["bearer_token"], _asked(self.bearer_token), self.origin("bearer_token")))
        if self.bearer_token is not None or self.bearer_token_file is None:
            return self.bearer_token
        return self._secret_in(self.bearer_token_file, "bearer_token")

    def _secret_in(self, file: Path, name: str) -> str:
        text = _read(file, f"{name}_file, from {self.origin(name + '_file')}")
        return str(_parsed(_BY_NAME[name], text.strip(), Origin("file", str(file))))

    def pinned_roots(self) -> Optional[str]:
        """The pinned roots as PEM.

        Raises:
            ConfigurationError: The file cannot be read.
        """
        if self.roots_file is None:
            return None
        return _read(self.roots_file, f"roots_file, from {self.origin('roots_file')}")

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, value and origin of each setting, in the table's order; secrets are not shown."""
        return [(row.name, self._shown(row), str(self.origin(row.name))) for row in TABLE]

    def _shown(self, row: Setting) -> str:
        value = getattr(self, row.name)
        if value is None:
            return "-"
        return "(set)" if row.secret else str(value)

    def __str__(self) -> str:
        """A table for people."""
        rows = self.rows()
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows)


def missing(name: str, what: str) -> str:
    """The message about a setting that must be there."""
    row = _BY_NAME[name]
    return f"{name} is missing: say {what} by the argument, {row.variable}, or {name} in the settings file"


def resolve(arguments: Mapping[str, Any], environment: Optional[Mapping[str, str]] = None) -> Settings:
    """Resolves each setting: an argument that is not None wins, then the environment, then the settings file.

    Args:
        arguments: By the names of :data:`TABLE`, and ``settings_file``.
        environment: Instead of the process's own.

    Raises:
        ConfigurationError: A value cannot be understood; says which, where it came from and what it must be.
    """
    environment = os.environ if environment is None else environment
    file, texts = _settings_file(arguments.get("settings_file"), environment)
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for row in TABLE:
        argument = arguments.get(row.name)
        if row.asked and callable(argument):
            values[row.name], origins[row.name] = argument, Origin("argument", row.name)
            continue
        found = _find(row, arguments, environment, texts, file)
        if found is not None:
            text, origins[row.name] = found
            values[row.name] = _parsed(row, text, origins[row.name])
    values.setdefault("state_dir", state_folder(environment))
    for name in ("license_key", "bearer_token"):
        _keep_one_of(name, name + "_file", values, origins)
    settings = Settings(**values, origins=origins)
    _require_consistent(settings)
    return settings


def _keep_one_of(secret: str, in_file: str, values: dict[str, Any], origins: dict[str, Origin]) -> None:
    """Of a secret and a file that holds it, the one that was said nearer to the program counts."""
    if secret in values and in_file in values:
        near, far = sorted((secret, in_file), key=lambda name: _ORDER[origins[name].kind])
        if origins[near].kind == origins[far].kind:
            raise ConfigurationError(f"{secret} and {in_file} are both set ({origins[near].kind}): set one of them")
        del values[far], origins[far]


def _asked(source: TokenSource) -> str:
    try:
        token = source()
    except LicenseError:
        raise
    except Exception as e:
        # It is the program's own code, and must not end the thread that keeps the seats.
        raise AuthenticationError(f"the function that answers bearer_token failed: {type(e).__name__}: {e}") from e
    if not isinstance(token, str):
        raise ConfigurationError(f"the function that answers bearer_token answered {type(token).__name__}, not a text")
    return token


def _require_consistent(settings: Settings) -> None:
    if settings.tenant is not None and settings.roots_file is None:
        raise ConfigurationError("tenant is set, but " + missing("roots_file", "which roots it is proved by"))
    if settings.offline and settings.roots_file is None:
        raise ConfigurationError(
            "offline is set, but " + missing("roots_file", "by which roots stored seats are proved")
        )


def _find(
    row: Setting,
    arguments: Mapping[str, Any],
    environment: Mapping[str, str],
    texts: Mapping[str, str],
    file: Optional[Path],
) -> Optional[tuple[str, Origin]]:
    argument = arguments.get(row.name)
    if argument is not None:
        return str(argument), Origin("argument", row.name)
    # A variable that is set to nothing is how shells and Kubernetes unset one.
    if environment.get(row.variable):
        return environment[row.variable], Origin("environment", row.variable)
    if row.name in texts:
        return texts[row.name], Origin("file", str(file))
    return None


def _parsed(row: Setting, text: str, origin: Origin) -> Any:
    try:
        return row.parse(text)
    except ValueError as e:
        shown = "" if row.secret else f" {text[:100]!r}"
        raise ConfigurationError(f"{row.name}{shown}, from {origin}, {e}") from None


def _settings_file(argument: Any, environment: Mapping[str, str]) -> tuple[Optional[Path], Mapping[str, str]]:
    named = argument if argument is not None else environment.get(SETTINGS_FILE_VARIABLE)
    if named:
        try:
            file = _path(str(named))
        except ValueError as e:
            raise ConfigurationError(f"settings_file {str(named)[:100]!r} {e}") from None
        return file, _file_texts(file)
    for file in usual_files(environment):
        if file.is_file():
            return file, _file_texts(file)
    return None, {}


def _file_texts(file: Path) -> Mapping[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(_read(file, "the settings file"))
    except configparser.Error as e:
        raise ConfigurationError(f"the settings file {file} is not an INI file: {e.message.splitlines()[0]}") from None
    if SECTION not in parser:
        raise ConfigurationError(f"the settings file {file} has no section [{SECTION}]")
    texts = dict(parser[SECTION])
    unknown = sorted(set(texts) - set(_BY_NAME))
    if unknown:
        raise ConfigurationError(
            f"the settings file {file} has the unknown setting {unknown[0]!r}; there are: {', '.join(_BY_NAME)}"
        )
    return texts


def _read(file: Path, what: str) -> str:
    try:
        # Editors on Windows begin a file with a byte order mark.
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "not UTF-8"
        raise ConfigurationError(f"cannot read {what}: {file}: {reason}") from None


def usual_files(environment: Mapping[str, str]) -> list[Path]:
    """Where settings files are looked for: the user's, then the machine's.

    On Windows the user's alone: every user may make folders at the root of a drive, and whoever names the URL is sent
    the licence key.
    """
    folders = [config_folder(environment)]
    if sys.platform != "win32":
        folders.append(Path("/etc") / _APPLICATION)
    return [folder / "settings.ini" for folder in folders]


def config_folder(environment: Mapping[str, str]) -> Path:
    """Where this user's settings file is looked for."""
    if sys.platform == "win32":
        return _folder(environment, "APPDATA", "AppData", "Roaming")
    if sys.platform == "darwin":
        return _home(environment) / "Library" / "Application Support" / _APPLICATION
    return _folder(environment, "XDG_CONFIG_HOME", ".config")


def state_folder(environment: Mapping[str, str]) -> Path:
    """Where this user's seats are stored by default."""
    if sys.platform == "win32":
        return _folder(environment, "LOCALAPPDATA", "AppData", "Local")
    if sys.platform == "darwin":
        return _home(environment) / "Library" / "Application Support" / _APPLICATION
    return _folder(environment, "XDG_STATE_HOME", ".local", "state")


def _folder(environment: Mapping[str, str], variable: str, *below_home: str) -> Path:
    named = environment.get(variable)
    return (Path(named) if named else _home(environment).joinpath(*below_home)) / _APPLICATION


def _home(environment: Mapping[str, str]) -> Path:
    named = environment.get("HOME") or environment.get("USERPROFILE")
    try:
        return Path(named) if named else Path.home()
    except RuntimeError:
        # No home at all, as of a user that a container was given by number.
        return Path("/nonexistent")
