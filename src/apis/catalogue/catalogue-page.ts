// The catalogue as pages for people: the whole, and one API. Called by catalogue-api.ts. Pure; whatever is said is escaped here.
import { escapeHtml } from '#base/text.ts';
import type { Contact } from '#catalogue/catalogue.ts';
import type { Change, Words } from '#catalogue/contract.ts';
import { framed, linkFrom } from './page-frame.ts';
import {
  changeNames,
  dataClassNames,
  documentNames,
  inLanguage,
  pageTexts,
  rightsNames,
  type PageLanguage,
} from './page-texts.ts';
import { coming, dayOf, plannedDay, type Shown, type ShownApi } from './shown.ts';

type Say = {
  readonly words: (words: Words) => string;
  readonly text: (key: keyof typeof pageTexts) => string;
};

const sayIn = (language: PageLanguage): Say => {
  const words = (one: Words): string => escapeHtml(inLanguage(one, language));
  return { words, text: (key) => words(pageTexts[key]) };
};

export type Place = {
  /** The address of the page in the hub. */
  readonly at: string;
  readonly language: PageLanguage;
};

/** Everything at a glance. */
export const cataloguePage = (shown: Shown, { at, language }: Place): string => {
  const say = sayIn(language);
  const link = linkFrom(at);
  return framed({
    at,
    language,
    translated: true,
    title: inLanguage(shown.name, language),
    head: `<h1>${say.words(shown.name)}</h1>\n<p>${say.words(shown.description)}</p>`,
    main: [
      apisPart(shown, say, link),
      section('promises', say.text('promises'), definitions(shown.promises.values(), say)),
      section('releases', say.text('releases'), releasesPart(shown, say)),
      section(
        'policies',
        say.text('policies'),
        [...shown.policies.values()].map((one) => `<p>${say.words(one)}</p>`).join('\n'),
      ),
      section('changes', say.text('changes'), changesPart(coming(shown.changes), shown, say)),
      section('access', say.text('access'), `<p>${say.text('accessAbout')}</p>`),
      section('machines', say.text('machines'), machinesPart(say, link)),
    ].join('\n'),
    foot: `<p>${contactPart(shown.publisher, say)}</p>`,
  });
};

const section = (id: string, title: string, body: string): string =>
  `<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}\n</section>`;

/** A table that may be wider than a small screen: it is scrolled by itself, by keyboard too. */
const table = (caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${heads.map((one) => `<th scope="col">${one}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(([first = '', ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((one) => `<td>${one}</td>`).join('')}</tr>`).join('\n')}
</tbody>
</table></div>`;

const statusPart = ({ status, retiringAt }: ShownApi, { promises }: Shown, say: Say): string => {
  const name = promises.get(status)?.name;
  const ends = retiringAt === null ? '' : ` (${dayOf(retiringAt)})`;
  return `<span class="status">${name === undefined ? escapeHtml(status) : say.words(name)}${ends}</span>`;
};

const apisPart = (shown: Shown, say: Say, link: (path: string) => string): string =>
  section(
    'apis',
    say.text('apis'),
    table(
      say.text('apis'),
      [say.text('api'), say.text('status'), say.text('about')],
      shown.apis.map((api) => [
        `<a href="${link(`/catalogue/apis/${api.id}`)}">${say.words(api.name)}</a>`,
        statusPart(api, shown, say),
        say.words(api.description),
      ]),
    ),
  );

const definitions = (promises: Iterable<{ readonly name: Words; readonly promise: Words }>, say: Say): string =>
  `<dl>\n${[...promises].map(({ name, promise }) => `<dt>${say.words(name)}</dt><dd>${say.words(promise)}</dd>`).join('\n')}\n</dl>`;

const releasesPart = ({ releases, current, next }: Shown, say: Say): string => {
  const items = releases.map(
    ({ version, at }) => `${version}: ${dayOf(at)}${version === current?.version ? ` (${say.text('current')})` : ''}`,
  );
  const later = next.dated ? [] : [`${next.version}: ${say.text('expected')} ${dayOf(next.at)}`];
  return `<p>${say.text('releasesAbout')}</p>\n<ul>\n${[...items, ...later].map((one) => `<li>${one}</li>`).join('\n')}\n</ul>`;
};

const changesPart = (changes: readonly Change[], shown: Shown, say: Say): string =>
  changes.length === 0
    ? `<p>${say.text('noChanges')}</p>`
    : table(
        say.text('changes'),
        [say.text('change'), say.text('api'), say.text('parts'), say.text('earliest'), say.text('instead')],
        changes.map((change) => [
          `${say.words(changeNames[change.kind])}: ${say.words(change.text)}${change.migration === null ? '' : ` ${say.words(change.migration)}`}`,
          nameOf(change.api, shown, say),
          change.coordinates.map((one) => `<code>${escapeHtml(one)}</code>`).join(', '),
          plannedDay(change, shown) ?? '',
          change.replacement === null
            ? change.withoutReplacement === null
              ? ''
              : say.words(change.withoutReplacement)
            : `<code>${escapeHtml(change.replacement)}</code>`,
        ]),
      );

const nameOf = (id: string, { apis }: Shown, say: Say): string => {
  const api = apis.find((one) => one.id === id);
  return api === undefined ? escapeHtml(id) : say.words(api.name);
};

const machinesPart = (say: Say, link: (path: string) => string): string => {
  const all = [
    ['/catalogue', 'JSON'],
    ['/catalogue/apis', `JSON: ${say.text('apis')}`],
    ['/catalogue/changes', `JSON: ${say.text('changes')}`],
    ['/.well-known/api-catalog', 'RFC 9727'],
    ['/catalogue/dcat.ttl', 'DCAT-AP-NO (Turtle)'],
    ['/catalogue/dcat.jsonld', 'DCAT-AP-NO (JSON-LD)'],
    ['/catalogue/calendar.ics', say.text('calendar')],
    ['/catalogue/openapi.json', 'OpenAPI'],
  ] as const;
  return `<ul>\n${all.map(([path, text]) => `<li>${text}: <a href="${link(path)}"><code>${path}</code></a></li>`).join('\n')}\n</ul>`;
};

const contactPart = ({ name, email, url }: Contact, say: Say): string => {
  const to = url ?? (email === null ? null : `mailto:${email}`);
  return to === null ? say.words(name) : `<a href="${escapeHtml(to)}">${say.words(name)}</a>`;
};

/** One API with all that it promises. */
export const apiPage = (api: ShownApi, shown: Shown, { at, language }: Place): string => {
  const say = sayIn(language);
  const link = linkFrom(at);
  const part = (id: keyof typeof pageTexts, body: string): string => section(id, say.text(id), body);
  const promise = shown.promises.get(api.status)?.promise;
  const policy = shown.policies.get(api.policy);
  return framed({
    at,
    language,
    translated: true,
    title: `${inLanguage(api.name, language)} – ${inLanguage(shown.name, language)}`,
    head: `<p><a href="${link('/')}">${say.text('catalogue')}</a></p>\n<h1>${say.words(api.name)}</h1>\n<p>${say.words(api.description)}</p>`,
    main: [
      part(
        'status',
        `<p>${statusPart(api, shown, say)} ${say.text('since').toLowerCase()} ${api.since}. ${promise === undefined ? '' : say.words(promise)}</p>${policy === undefined ? '' : `\n<p>${say.words(policy)}</p>`}`,
      ),
      ...(api.reconstructed === null ? [] : [part('reconstructed', `<p>${say.words(api.reconstructed)}</p>`)]),
      ...(api.successor === null
        ? []
        : [
            part(
              'successor',
              `<p><a href="${link(`/catalogue/apis/${api.successor.api}`)}">${nameOf(api.successor.api, shown, say)}</a>. ${say.words(api.successor.migration)}</p>`,
            ),
          ]),
      ...(api.offered && api.path !== null
        ? [part('address', `<p><code>${escapeHtml(`${shown.hub}${api.path}`)}</code></p>`)]
        : []),
      ...(api.offered ? [part('documents', documentsPart(api, say, link))] : []),
      part(
        'access',
        `<p>${say.words(api.access)}</p>\n<p>${say.text('rights')} ${say.words(rightsNames[api.accessRights])}.</p>`,
      ),
      part('dataClasses', `<p>${api.dataClasses.map((one) => say.words(dataClassNames[one])).join(', ')}</p>`),
      ...(api.versions.length === 0 ? [] : [part('versions', versionsPart(api, say))]),
      part('changes', changesPart(coming(api.changes), shown, say)),
      ...(api.goals === null ? [] : [part('goals', goalsPart(api.goals, say))]),
      ...(api.offered ? [part('faults', faultsPart(api, say))] : []),
      ...(api.pilots.length === 0 ? [] : [part('pilots', `<p>${api.pilots.map(escapeHtml).join(', ')}</p>`)]),
      part('support', `<p>${contactPart(api.support, say)}</p>`),
      ...(api.feedback === null ? [] : [part('feedback', `<p>${contactPart(api.feedback, say)}</p>`)]),
    ].join('\n'),
    foot: `<p>${say.text('owner')}: ${contactPart(api.owner, say)}</p>`,
  });
};

const documentsPart = (api: ShownApi, say: Say, link: (path: string) => string): string => {
  const items = api.documents.map(({ kind, path, name, flags }) => {
    const text = name === null ? say.words(documentNames[kind]) : say.words(name);
    const kinds = name === null || kind === 'page' ? '' : `${say.words(documentNames[kind])}: `;
    const under = flags.length === 0 ? '' : ` (${say.text('flags')} <code>${escapeHtml(flags.join(', '))}</code>)`;
    return `${kinds}<a href="${link(escapeHtml(path))}">${text}</a>${under}`;
  });
  const contracts = api.documents.some(({ kind }) => kind === 'contracts')
    ? []
    : [`<a href="${link(`/catalogue/apis/${api.id}/contracts.json`)}">${say.text('contracts')}</a>`];
  const guides = api.documents.some(({ path }) => path.startsWith('/catalogue/guides/'));
  return `<ul>\n${[...items, ...contracts].map((one) => `<li>${one}</li>`).join('\n')}\n</ul>${guides ? `\n<p class="quiet">${say.text('guidesIn')}</p>` : ''}`;
};

const versionsPart = ({ versions }: ShownApi, say: Say): string =>
  table(
    say.text('versions'),
    [say.text('version'), say.text('since'), say.text('until')],
    versions.map(({ version, since, until }) => [escapeHtml(version), since, until ?? '']),
  );

const goalsPart = ({ availability, p95Ms, answerHours }: NonNullable<ShownApi['goals']>, say: Say): string => `<ul>
<li>${availability} % ${say.text('availability')}</li>
<li>95 % ${say.text('fast')} ${p95Ms} ms</li>
<li>${say.text('answered')}: ${answerHours}</li>
</ul>`;

const faultsPart = ({ knownFaults }: ShownApi, say: Say): string => {
  const open = knownFaults.filter(({ until }) => until === null);
  return open.length === 0
    ? `<p>${say.text('noFaults')}</p>`
    : `<ul>\n${open.map(({ since, text }) => `<li>${since}: ${say.words(text)}</li>`).join('\n')}\n</ul>`;
};
