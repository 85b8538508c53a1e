// What must never come out as HTML, and payloads that try: for the tests of the body and of the API that answers it.
import { parseHTML } from 'linkedom';

const ELEMENTS = new Set(
  'p h2 h3 h4 blockquote ul ol li strong em u s code sub sup a br span figure img figcaption table caption thead tbody tr th td iframe pre'.split(
    ' ',
  ),
);
const ATTRIBUTES: Record<string, string[]> = {
  a: ['href', 'rel'],
  img: ['src', 'alt', 'width', 'height'],
  iframe: ['src', 'title', 'data-provider', 'sandbox', 'referrerpolicy', 'loading', 'allowfullscreen'],
  span: ['class'],
  code: ['class'],
};

type Element = { localName: string; attributes: Iterable<{ name: string; value: string }> };

/** What in the HTML is neither an element nor an attribute nor an address that may be there. */
export function listDangers(html: string): string[] {
  const { document } = parseHTML(`<html><body>${html}</body></html>`) as unknown as {
    document: { body: { querySelectorAll(selector: string): Iterable<Element> } };
  };
  return Array.from(document.body.querySelectorAll('*')).flatMap((element) => {
    const dangers = ELEMENTS.has(element.localName) ? [] : [element.localName];
    for (const { name, value } of element.attributes) {
      if (!ATTRIBUTES[element.localName]?.includes(name)) dangers.push(`${element.localName}[${name}]`);
      else if (/^(?:href|src)$/.test(name) && !/^(?:https?:\/\/|mailto:|tel:|[^:]*$|[^:/?#]*[/?#])/i.test(value))
        dangers.push(value);
    }
    return dangers;
  });
}

export const ownPayloads = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href=" &#1;javascript:alert(1)">x</a>',
  '<a href="&#106;avascript&colon;alert(1)">x</a>',
  '<a href="vbscript:x">x</a><a href="data:text/html,<script>alert(1)</script>">y</a>',
  '<iframe src="javascript:alert(1)"></iframe><iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<form action="javascript:alert(1)"><button>x</button></form><base href="//evil">',
  '<p style="background:url(javascript:alert(1))">x</p><style>@import "//evil"</style>',
  '<xmp></xmp><img src=x onerror=alert(1)></xmp><textarea></textarea/><img src=x onerror=alert(1)>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '[x](javascript:alert(1)) ![x](javascript:alert(1)) <javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x] [y](<java script:alert(1)>) [z](JaVaScRiPt:alert(1))',
  '```"><img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```',
  '`<script>` ![" onerror="alert(1)](x "\\" onerror=\\"alert(1)")',
  '| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | c |',
];
