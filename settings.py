"""Every setting: its name, its default and why. Read once, by manage.py; everything else is handed values."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

SITES = ("internal",)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PROXIES = ("0", "1", "2", "3")
DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


@dataclass(frozen=True)
class Settings:
    database_url: str = "sqlite:///var/kangtu.db"  # PostgreSQL in production: postgresql+psycopg://...
    data_folder: Path = Path("var")  # map geometry, the job queue: all of it can be made again
    site: str = "internal"
    host: str = "127.0.0.1"  # another one only where somebody has an account (manage.py add-account)
    port: int = 8050
    proxies: int = 0  # how many stand in front, exactly: each says on whose behalf it asks, and is believed
    plain_http: bool = False  # let people log in over an unencrypted network; better: a proxy with https

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check the KANGTU_ variables, once, at start-up. Raises ValueError that names the variable."""
        site = env.get("KANGTU_SITE", cls.site)
        if site not in SITES:
            raise ValueError(f"KANGTU_SITE is {site!r}; set it to one of {', '.join(SITES)}.")
        host = env.get("KANGTU_HOST", cls.host)
        if not is_address(host):
            raise ValueError(f"KANGTU_HOST is {host!r}; set it to an IP address of this machine, or localhost.")
        proxies = env.get("KANGTU_PROXIES", str(cls.proxies))
        if proxies not in PROXIES:
            raise ValueError(f"KANGTU_PROXIES is {proxies!r}; set it to how many proxies stand in front, 0 to 3.")
        plain_http = env.get("KANGTU_PLAIN_HTTP", "no")
        if plain_http not in ("yes", "no"):
            raise ValueError(f"KANGTU_PLAIN_HTTP is {plain_http!r}; set it to yes or no.")
        database_url = env.get("KANGTU_DATABASE_URL", cls.database_url)
        if not database_url.startswith(DATABASES):  # it is not repeated in the message: it may hold a password
            raise ValueError(f"KANGTU_DATABASE_URL does not begin with one of {', '.join(DATABASES)}.")
        port = env.get("KANGTU_PORT", str(cls.port))
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"KANGTU_PORT is {port!r}; set it to a port number from 1 to 65535.")
        return cls(
            database_url=database_url,
            data_folder=Path(env.get("KANGTU_DATA_FOLDER", str(cls.data_folder))),
            site=site,
            host=host,
            port=int(port),
            proxies=int(proxies),
            plain_http=plain_http == "yes",
        )


def is_address(host: str) -> bool:
    """Whether a site can listen there: an IP address, or localhost."""
    try:
        return host == "localhost" or bool(ip_address(host))
    except ValueError:
        return False
