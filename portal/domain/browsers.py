"""What a browser calls itself in a few plain words, and the network it comes from."""

import ipaddress

# The first that is found names it; Edge and Opera also say Chrome, Chrome also says Safari.
PROGRAMS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux")),
)
# A household or an office has one of these; a single IPv6 address is nobody's in particular.
V4_PREFIX, V6_PREFIX = 24, 64


def name(user_agent: str) -> str:
    """Such as `Firefox on Linux`."""
    text = user_agent[:400]
    program = next((words for mark, words in PROGRAMS if mark in text), "A browser")
    system = next((words for mark, words in SYSTEMS if mark in text), "")
    return f"{program} on {system}" if system else program


def network(address: str | None) -> str:
    """The network of an address, `192.0.2.0/24` or `2001:db8::/64`; what is none is one network of its own."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    prefix = V4_PREFIX if found.version == 4 else V6_PREFIX
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))
