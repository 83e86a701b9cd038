// Pages of the documentation as HTML: what their Markdown means, that nothing in it becomes more than text, and that every page that is served is read
// whole.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { guideHtml } from '#apis/graphql-console/guide-html.ts';

const linkTo = (href: string): string | null => (href.startsWith('known') ? `/to/${href}` : null);
const html = (markdown: string): string => guideHtml(markdown, linkTo).body;

test('headings, texts, lists, tables and code', () => {
  assert.equal(guideHtml('# One & two\n\ntext', linkTo).title, 'One & two');
  for (const [markdown, wanted] of [
    ['## Whose data?', '<h2 id="whose-data">Whose data?</h2>'],
    ['one\ntwo', '<p>one two</p>'],
    ['- one\n- two\n  and more', '<ul>\n<li>one</li>\n<li>two and more</li>\n</ul>'],
    ['1. one\n2. two', '<ol>\n<li>one</li>\n<li>two</li>\n</ol>'],
    ['```sh\na < b\n\n- c\n```\nafter', '<pre tabindex="0"><code>a &lt; b\n\n- c</code></pre>\n<p>after</p>'],
    [
      '| a | b |\n|---|---|\n| `x \\| y` | 2 |',
      '<div class="wide" tabindex="0"><table>\n<thead><tr><th>a</th><th>b</th></tr></thead>\n<tbody>\n<tr><td><code>x | y</code></td><td>2</td></tr>\n</tbody>\n</table></div>',
    ],
    ['<!-- runs: "x" -->\ntext', '<p>text</p>'],
    ['**bold**, *light* and `**code**`', '<p><strong>bold</strong>, <em>light</em> and <code>**code**</code></p>'],
    ['[`a`](known.md#b) and [c](other.md)', '<p><a href="/to/known.md#b"><code>a</code></a> and c</p>'],
  ] as const)
    assert.equal(html(markdown), wanted);
});

test('nothing of a text becomes more than text', () => {
  const body = html('<script>x</script> & "q" `<b>` [<i>](known"onx=) [j](javascript:x)\n\n```\n</code><script>\n```');
  assert.doesNotMatch(body, /<script|<b>|<i>|javascript:|"onx/);
});

test('the pages of the APIs are read whole', () => {
  for (const name of [
    'how-to/fs-graphql',
    'how-to/fs-graphql-mutations',
    'how-to/fs-graphql-events',
    'how-to/fint-graphql',
    'how-to/read-data',
    'reference/errors',
    'reference/limits',
  ]) {
    const text = readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
    const { title, body } = guideHtml(text, () => null);
    assert.ok(title.length > 3, name);
    const shown = body.replaceAll(/<pre[^]*?<\/pre>|<code>[^]*?<\/code>/g, '');
    assert.doesNotMatch(shown, /```|\]\(|\*\*|^\||^#|<!--/m, name);
    assert.equal((body.match(/<h2 /g) ?? []).length, (text.match(/^## /gm) ?? []).length, name);
  }
});
