"""Settings come from arguments, the environment or a file, in that order, and say which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coditect_license_client import AuthenticationError, ConfigurationError
from coditect_license_client._settings import TABLE, Settings, resolve, usual_files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def resolved(environment: dict[str, str], **arguments: Any) -> Settings:
    return resolve(arguments, {"HOME": "/home/nobody", **environment})


def test_argument_wins_over_environment_over_file(file: Path) -> None:
    file.write_text("[license]\nurl = https://file.example\nproduct = of-file\ninstance = of-file\n")
    settings = resolved(
        {"CODITECT_LICENSE_URL": "https://environment.example", "CODITECT_LICENSE_PRODUCT": "of-environment"},
        url="https://argument.example/",
        settings_file=file,
    )
    assert (settings.url, settings.product, settings.instance) == (
        "https://argument.example",
        "of-environment",
        "of-file",
    )
    assert [str(settings.origin(name)) for name in ("url", "product", "instance", "timeout")] == [
        "argument url",
        "environment CODITECT_LICENSE_PRODUCT",
        f"file {file}",
        "default",
    ]


def test_settings_file_is_found_in_its_usual_place(tmp_path: Path) -> None:
    place = tmp_path / "config" / "coditect-license"
    place.mkdir(parents=True)
    (place / "settings.ini").write_text("[license]\nurl = https://file.example\n")
    assert resolved({"XDG_CONFIG_HOME": str(tmp_path / "config")}).url == "https://file.example"


def test_the_variable_of_a_licence_key_is_short() -> None:
    settings = resolved({"CODITECT_LICENSE_KEY": "lk_x"})
    assert settings.read_license_key() == "lk_x"


def test_key_file_is_read_anew_each_time(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("lk_one\n")
    settings = resolved({}, license_key_file=key)
    assert settings.read_license_key() == "lk_one"
    key.write_text("lk_two\n")
    assert settings.read_license_key() == "lk_two"


def test_key_of_an_argument_wins_over_a_key_file_of_the_environment() -> None:
    settings = resolved({"CODITECT_LICENSE_KEY_FILE": "/nowhere"}, license_key="lk_argument")
    assert settings.read_license_key() == "lk_argument"


def test_key_file_of_an_argument_wins_over_a_key_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("lk_file")
    settings = resolved({"CODITECT_LICENSE_KEY": "lk_environment"}, license_key_file=tmp_path / "key")
    assert settings.read_license_key() == "lk_file"


def test_bearer_token_is_asked_for_or_read_anew_each_time(tmp_path: Path) -> None:
    tokens = iter(["one", "two"])
    asked = resolved({"CODITECT_LICENSE_BEARER_TOKEN_FILE": "/nowhere"}, bearer_token=lambda: next(tokens))
    assert [asked.read_bearer_token(), asked.read_bearer_token()] == ["one", "two"]
    assert str(asked.origin("bearer_token")) == "argument bearer_token"
    file = tmp_path / "token"
    file.write_text("three\n")
    read = resolved({"CODITECT_LICENSE_BEARER_TOKEN": "farther"}, bearer_token_file=file)
    assert read.read_bearer_token() == "three"
    file.write_text("four\n")
    assert read.read_bearer_token() == "four"
    assert resolved({"CODITECT_LICENSE_BEARER_TOKEN": "five"}).read_bearer_token() == "five"
    assert resolved({}).read_bearer_token() is None


def test_function_that_answers_no_token_is_told_of() -> None:
    def fails() -> str:
        raise OSError("the issuer is away")

    with pytest.raises(AuthenticationError, match="OSError: the issuer is away"):
        resolved({}, bearer_token=fails).read_bearer_token()
    for wrong, told in ((lambda: None, "answered NoneType"), (lambda: "se cret", "no blanks")):
        with pytest.raises(ConfigurationError, match=told) as raised:
            resolved({}, bearer_token=wrong).read_bearer_token()
        assert "se cret" not in str(raised.value)


def test_only_a_bearer_token_may_be_a_function() -> None:
    with pytest.raises(ConfigurationError, match="url"):
        resolved({}, url=lambda: "https://x")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"HOME": "/h"}, ["/h/.config/coditect-license", "/etc/coditect-license"]),
        ("darwin", {"HOME": "/h"}, ["/h/Library/Application Support/coditect-license", "/etc/coditect-license"]),
        ("win32", {"APPDATA": "/a", "USERPROFILE": "/u"}, ["/a/coditect-license"]),
        ("win32", {"USERPROFILE": "/u"}, ["/u/AppData/Roaming/coditect-license"]),
    ],
)
def test_usual_places(
    platform: str, environment: dict[str, str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert [file.parent.as_posix() for file in usual_files(environment)] == expected


def test_files_that_an_editor_on_windows_wrote_are_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbflk_windows\r\n")
    file = tmp_path / "settings.ini"
    file.write_bytes(f"\ufeff[license]\r\nlicense_key_file = {tmp_path / 'key'}\r\n".encode())
    assert resolved({}, settings_file=file).read_license_key() == "lk_windows"


def test_empty_variable_is_none() -> None:
    assert resolved({"CODITECT_LICENSE_URL": ""}).url is None


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    settings = resolved({"CODITECT_LICENSE_BEARER_TOKEN": "secret-token"}, license_key="secret-key")
    assert "secret-" not in str(settings) + repr(settings)
    assert "license_key" in str(settings)


def test_every_setting_is_an_attribute_with_a_row() -> None:
    assert {row[0] for row in resolved({}).rows()} == {row.name for row in TABLE}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"url": "ftp://x"}, "url 'ftp://x', from argument url, must be a URL such as https://"),
        ({"url": "https://"}, "must be a URL"),
        ({"url": "https://[::1"}, "must be a URL"),
        ({"url": "https://user:pass@x"}, "must have no user, password"),
        ({"license_key": "lk with blanks"}, "license_key, from argument license_key, must have no blanks"),
        ({"license_key": ""}, "1 to 256 characters"),
        ({"hardware_id": "a\nb"}, "no control characters"),
        ({"hardware_id": "x" * 1025}, "1 to 1024 characters"),
        ({"timeout": 0}, "timeout '0', from argument timeout, must be a number of seconds"),
        ({"timeout": "nan"}, "must be a number of seconds"),
        ({"timeout": "soon"}, "must be a number of seconds"),
        ({"offline": "perhaps"}, "must be true or false"),
        ({"offline": True}, "offline is set, but roots_file is missing"),
        ({"state_dir": "~nobody-of-this-name/x"}, "there is no such home"),
        ({"settings_file": "~nobody-of-this-name/x"}, "there is no such home"),
        ({"tenant": "acme"}, "tenant is set, but roots_file is missing"),
        ({"license_key": "lk_x", "license_key_file": "/x"}, "both set"),
        (
            {"settings_file": "/nowhere/settings.ini"},
            "cannot read the settings file: /nowhere/settings.ini: No such file",
        ),
    ],
)
def test_bad_value_is_told_with_its_place(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        resolved({}, **arguments)
    assert told in str(raised.value)


def test_bad_secret_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as raised:
        resolved({"CODITECT_LICENSE_KEY": "se cret"})
    assert "se cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("url = x", "is not an INI file"),
        ("[other]\nurl = x", "has no section [license]"),
        ("[license]\nurll = https://x", "unknown setting 'urll'; there are: url, "),
        ("[license]\nurl = x", "url 'x', from file "),
    ],
)
def test_bad_settings_file_is_told(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        resolved({}, settings_file=file)
    assert told in str(raised.value)


def test_missing_url_is_told_with_each_way_to_say_it() -> None:
    with pytest.raises(ConfigurationError, match=r"argument, CODITECT_LICENSE_URL, or url in the settings file"):
        resolved({}).require_url()


def test_without_a_home_there_are_defaults_all_the_same() -> None:
    assert resolve({}, {"PATH": "/bin"}).state_dir.name == "coditect-license"
