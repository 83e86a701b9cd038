// A page of the documentation as HTML: as much of Markdown as those pages use, each text escaped, links only to what is served beside it. Called by
// guide-pages.ts. Pure.
import { escapeHtml } from '#base/text.ts';

/** Where a link of the page leads, as it may stand in HTML, or null: then its text stands alone. `href` is escaped. */
export type LinkTo = (href: string) => string | null;

export type GuideHtml = { readonly title: string; readonly body: string };

/** The page without its comments; the title is that of its first heading. */
export const guideHtml = (markdown: string, linkTo: LinkTo): GuideHtml => {
  const lines = markdown.replaceAll(/<!--[^]*?-->\n?/g, '').split('\n');
  const parts: string[] = [];
  let title = '';
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const block = blockAt(line);
    let end = at + 1;
    while (end < lines.length && goesOn(block, lines[end] ?? '')) end += 1;
    const own = lines.slice(at, block === 'code' ? end + 1 : end);
    at += Math.max(1, own.length);
    if (block === 'heading' && title === '') title = line.replace(/^#+ /, '');
    parts.push(htmlOf(block, own, linkTo));
  }
  return { title, body: parts.filter((part) => part !== '').join('\n') };
};

type Block = 'heading' | 'code' | 'table' | 'list' | 'numbers' | 'nothing' | 'text';

const blockAt = (line: string): Block => {
  if (/^#{1,4} /.test(line)) return 'heading';
  if (line.startsWith('```')) return 'code';
  if (line.startsWith('|')) return 'table';
  if (line.startsWith('- ')) return 'list';
  if (/^\d+\. /.test(line)) return 'numbers';
  return line.trim() === '' ? 'nothing' : 'text';
};

const goesOn = (block: Block, line: string): boolean => {
  switch (block) {
    case 'code':
      return !line.startsWith('```');
    case 'heading':
    case 'nothing':
      return false;
    case 'list':
    case 'numbers':
      return blockAt(line) === block || /^ {2,}\S/.test(line);
    case 'table':
    case 'text':
      return blockAt(line) === block;
  }
};

const htmlOf = (block: Block, lines: readonly string[], linkTo: LinkTo): string => {
  const [first = ''] = lines;
  switch (block) {
    case 'nothing':
      return '';
    case 'heading': {
      const [, marks = '#', text = ''] = /^(#+) (.*)$/.exec(first) ?? [];
      return `<h${marks.length} id="${slug(text)}">${inline(text, linkTo)}</h${marks.length}>`;
    }
    case 'code':
      return `<pre tabindex="0"><code>${escapeHtml(lines.slice(1, -1).join('\n'))}</code></pre>`;
    case 'table':
      return tableOf(lines, linkTo);
    case 'list':
    case 'numbers': {
      const items = lines
        .join('\n')
        .split(block === 'list' ? /^- /m : /^\d+\. /m)
        .slice(1);
      const tag = block === 'list' ? 'ul' : 'ol';
      return `<${tag}>\n${items.map((item) => `<li>${inline(item.trim().replaceAll(/\s*\n\s*/g, ' '), linkTo)}</li>`).join('\n')}\n</${tag}>`;
    }
    case 'text':
      return `<p>${inline(lines.join(' '), linkTo)}</p>`;
  }
};

const tableOf = ([head = '', , ...rows]: readonly string[], linkTo: LinkTo): string => {
  const cells = (row: string, tag: string): string =>
    row
      .replace(/^\|\s*/, '')
      .replace(/\s*\|\s*$/, '')
      .split(/\s*(?<!\\)\|\s*/)
      .map((cell) => `<${tag}>${inline(cell.replaceAll('\\|', '|'), linkTo)}</${tag}>`)
      .join('');
  return `<div class="wide" tabindex="0"><table>\n<thead><tr>${cells(head, 'th')}</tr></thead>\n<tbody>\n${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')}\n</tbody>\n</table></div>`;
};

/** Code, bold, italic and links; within code nothing means anything. */
const inline = (text: string, linkTo: LinkTo): string => {
  const codes: string[] = [];
  const marked = text.replaceAll('\0', '').replaceAll(/`([^`]+)`/g, (_, code: string) => `\0${codes.push(code) - 1}\0`);
  return escapeHtml(marked)
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '<em>$1</em>')
    .replaceAll(/\[([^\]]*)\]\(([^)\s]+)\)/g, (_, shown: string, href: string) => {
      const to = linkTo(href);
      return to === null ? shown : `<a href="${to}">${shown}</a>`;
    })
    .replaceAll(/\0(\d+)\0/g, (_, at: string) => `<code>${escapeHtml(codes[Number(at)] ?? '')}</code>`);
};

/** As pages name their headings in links: `#whose-data`. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
